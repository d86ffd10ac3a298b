using System.Collections.Immutable;
using System.Globalization;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Rules;

/// <summary>Makes the firing of a rule that an event matched.</summary>
internal static class FiringMaker
{
    // First, because media show only some of the evidence.
    private const string FoundLate = "found late: no event told of it, and ECS did when it was asked";

    private static readonly ImmutableArray<string> ByService = ["account", "region", "cluster", "service", "family", "kind"];
    private static readonly ImmutableArray<string> ByInstance = ["account", "region", "cluster", "instance"];

    /// <summary>The firing.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="ecsEvent">What it matched.</param>
    /// <param name="diagnosis">What is known of what the event is about.</param>
    public static Firing Fire(EventRule rule, EcsEvent ecsEvent, EventDiagnosis diagnosis) => Fire(rule.Name, ecsEvent, diagnosis, rule);

    /// <summary>The firing of a rule that has nothing of its own but a name.</summary>
    /// <param name="name">The rule's name.</param>
    /// <param name="ecsEvent">What it matched.</param>
    /// <param name="diagnosis">What is known of what the event is about.</param>
    /// <param name="rule">What else the rule says; <see langword="null"/>: nothing.</param>
    public static Firing Fire(string name, EcsEvent ecsEvent, EventDiagnosis diagnosis, EventRule? rule = null)
    {
        // A notice is told of each event; of a task's stop all events are one failure.
        var isStop = ecsEvent.Detail is TaskDetail && rule?.IsNotice != true;
        var severity = rule?.Severity ?? diagnosis.Severity;
        var isTask = ecsEvent.Detail is TaskDetail;
        var resource = isTask ? ecsEvent.TaskId : ecsEvent.Resource.Length > 0 ? ecsEvent.Resource : ecsEvent.Instance;
        var byInstance = diagnosis.Cause.GroupsByInstance && ecsEvent.Instance.Length > 0;
        return new Firing
        {
            // A task stops once, so all the events of its stop are one firing. Other resources fail again and again: each event is news of its own.
            // One that is synthetic may name a real task, and is not about it.
            Id = (ecsEvent.IsSynthetic ? "synthetic/" : "") + (isStop
                ? $"{name}/{ecsEvent.Account}/{ecsEvent.Region}/{resource}"
                : $"{name}/{ecsEvent.Account}/{ecsEvent.Region}/{resource}/{diagnosis.Kind}/{ecsEvent.Key}"),
            Rule = name,
            OccurredAt = ecsEvent.OccurredAt,
            Labels = Labels(name, ecsEvent, diagnosis, severity, byInstance, rule is { Labels: { IsDefault: false } own } ? own : []),
            GroupBy = rule is { GroupBy: { IsDefault: false } groupBy } ? groupBy : byInstance ? ByInstance : ByService,
            Resource = resource,
            Deployment = ecsEvent.Deployment,
            Summary = ecsEvent.IsSynthetic ? "This is a test of the way, and nothing failed: " + diagnosis.Summary : Often(rule?.Count) + diagnosis.Summary,
            NextStep = diagnosis.NextStep,
            Evidence = ecsEvent.IsOwn ? [FoundLate, .. diagnosis.Evidence] : [.. diagnosis.Evidence],
            Rank = diagnosis.Rank,
            Event = ecsEvent.Key,
            Severity = severity,
            Counted = ecsEvent.IsSynthetic ? null : rule?.Count,
            IsNotice = rule?.IsNotice == true,
        };
    }

    private static string Often(CountWindow? count) =>
        count is null ? "" : string.Create(CultureInfo.InvariantCulture, $"At least {count.AtLeast} times within {Incidents.MessageText.Took(count.Within)}: ");

    private static ImmutableSortedDictionary<string, string> Labels(
        string rule, EcsEvent ecsEvent, EventDiagnosis diagnosis, Severity severity, bool byInstance, ImmutableArray<KeyValuePair<string, string>> own)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        void Add(string name, string value)
        {
            if (value.Length > 0) labels[name] = value;
        }

        foreach (var (name, value) in byInstance ? ecsEvent.Tags.ClusterLabels : ecsEvent.Tags.Labels) Add(name, value);
        foreach (var (name, value) in own) Add(name, value);
        Add("alertname", rule);
        Add("severity", DiagnosisWords.Of(severity));
        Add("kind", diagnosis.Kind);
        Add("outcome", DiagnosisWords.Of(diagnosis.Outcome));
        Add("account", ecsEvent.Account);
        Add("region", ecsEvent.Region);
        Add("cluster", ecsEvent.Cluster);

        // What one host did to many services is told once, by the host: such labels carry no service.
        Add("service", byInstance ? "" : ecsEvent.Service);
        Add("family", byInstance || ecsEvent.Service.Length > 0 ? "" : ecsEvent.Family);
        Add("instance", byInstance ? ecsEvent.Instance : "");
        Add("synthetic", ecsEvent.IsSynthetic ? "true" : "");
        return labels.ToImmutable();
    }
}
