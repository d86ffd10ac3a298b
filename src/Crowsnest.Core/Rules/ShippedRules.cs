using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Rules;

/// <summary>The rules that come with the program, each with a name by which a configuration takes or leaves it.</summary>
/// <remarks>
/// <c>default</c> has <see cref="TaskFailed"/>: failures of severity error and above, one firing a stop. <c>blog</c> has <see cref="StoppedEssential"/>, the
/// rule of the AWS Compute Blog's "Monitor Cluster State with Amazon ECS Event Stream": it also tells batch tasks that exit 0, and misses every failure that
/// is not an essential container's, which is why it is off unless asked for.
/// </remarks>
public sealed class ShippedRules : IEventRules
{
    /// <summary>The set that is on without a configuration.</summary>
    public const string DefaultSet = "default";

    /// <summary>The blog post's own set.</summary>
    public const string BlogSet = "blog";

    /// <summary>Failures of severity error and above.</summary>
    public const string TaskFailed = "task-failed";

    /// <summary>Stopped tasks whose reason is "Essential container in task exited".</summary>
    public const string StoppedEssential = "essential-container-exited";

    private const string EssentialReason = "Essential container in task exited";

    // First, because media show only some of the evidence.
    private const string FoundLate = "found late: no event told of it, and ECS did when it was asked";

    private static readonly ImmutableArray<string> ByService = ["account", "region", "cluster", "service", "family", "kind"];
    private static readonly ImmutableArray<string> ByInstance = ["account", "region", "cluster", "instance"];

    private readonly bool _taskFailed;
    private readonly bool _stoppedEssential;

    /// <summary>The rules with these names.</summary>
    /// <exception cref="ArgumentException">A name that no shipped rule has.</exception>
    public ShippedRules(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(n => n is not (TaskFailed or StoppedEssential)) is { } unknown)
        {
            throw new ArgumentException($"There is no shipped rule '{unknown}'.", nameof(names));
        }

        _taskFailed = names.Contains(TaskFailed);
        _stoppedEssential = names.Contains(StoppedEssential);
    }

    /// <summary>The rules of each set.</summary>
    public static IReadOnlyDictionary<string, ImmutableArray<string>> Sets { get; } = new Dictionary<string, ImmutableArray<string>>(StringComparer.Ordinal)
    {
        [DefaultSet] = [TaskFailed],
        [BlogSet] = [StoppedEssential],
    };

    /// <inheritdoc/>
    public void Evaluate(EcsEvent ecsEvent, EventDiagnosis diagnosis, ICollection<Firing> firings)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        ArgumentNullException.ThrowIfNull(diagnosis);
        ArgumentNullException.ThrowIfNull(firings);
        if (_taskFailed && diagnosis is { Outcome: EventOutcome.Failure, Severity: >= Severity.Error }) firings.Add(Fire(TaskFailed, ecsEvent, diagnosis));
        if (_stoppedEssential && ecsEvent.Detail is TaskDetail { LastStatus: "STOPPED", StoppedReason: EssentialReason })
        {
            firings.Add(Fire(StoppedEssential, ecsEvent, diagnosis));
        }

        if (Recoveries.Of(ecsEvent, diagnosis) is { } recovery) firings.Add(recovery);
    }

    private static Firing Fire(string rule, EcsEvent ecsEvent, EventDiagnosis diagnosis)
    {
        var isTask = ecsEvent.Detail is TaskDetail;
        var resource = isTask ? ecsEvent.TaskId : ecsEvent.Resource.Length > 0 ? ecsEvent.Resource : ecsEvent.Instance;
        var byInstance = diagnosis.Cause.GroupsByInstance && ecsEvent.Instance.Length > 0;
        return new Firing
        {
            // A task stops once, so all the events of its stop are one firing. Other resources fail again and again: each event is news of its own.
            // One that is synthetic may name a real task, and is not about it.
            Id = (ecsEvent.IsSynthetic ? "synthetic/" : "") + (isTask
                ? $"{rule}/{ecsEvent.Account}/{ecsEvent.Region}/{resource}"
                : $"{rule}/{ecsEvent.Account}/{ecsEvent.Region}/{resource}/{diagnosis.Kind}/{ecsEvent.Key}"),
            Rule = rule,
            OccurredAt = ecsEvent.OccurredAt,
            Labels = Labels(rule, ecsEvent, diagnosis, byInstance),
            GroupBy = byInstance ? ByInstance : ByService,
            Resource = resource,
            Summary = ecsEvent.IsSynthetic ? "This is a test of the way, and nothing failed: " + diagnosis.Summary : diagnosis.Summary,
            NextStep = diagnosis.NextStep,
            Evidence = ecsEvent.IsOwn ? [FoundLate, .. diagnosis.Evidence] : [.. diagnosis.Evidence],
            Rank = diagnosis.Rank,
            Event = ecsEvent.Key,
            Severity = diagnosis.Severity,
        };
    }

    private static ImmutableSortedDictionary<string, string> Labels(string rule, EcsEvent ecsEvent, EventDiagnosis diagnosis, bool byInstance)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        void Add(string name, string value)
        {
            if (value.Length > 0) labels[name] = value;
        }

        Add("alertname", rule);
        Add("severity", NameOf(diagnosis.Severity));
        Add("kind", diagnosis.Kind);
        Add("outcome", NameOf(diagnosis.Outcome));
        Add("account", ecsEvent.Account);
        Add("region", ecsEvent.Region);
        Add("cluster", ecsEvent.Cluster);

        // What one host did to many services is told once, by the host: such labels carry no service.
        Add("service", byInstance ? "" : ecsEvent.Service);
        Add("family", byInstance || ecsEvent.Service.Length > 0 ? "" : ecsEvent.Family);
        Add("instance", byInstance ? ecsEvent.Instance : "");
        Add("synthetic", ecsEvent.IsSynthetic ? "true" : "");
        foreach (var (name, value) in byInstance ? ecsEvent.Tags.ClusterLabels : ecsEvent.Tags.Labels) Add(name, value);
        return labels.ToImmutable();
    }

    private static string NameOf(Severity severity) => severity switch
    {
        Severity.Info => "info",
        Severity.Warning => "warning",
        Severity.Error => "error",
        _ => "critical",
    };

    private static string NameOf(EventOutcome outcome) => outcome switch
    {
        EventOutcome.Failure => "failure",
        EventOutcome.Routine => "routine",
        EventOutcome.Info => "info",
        _ => "unknown",
    };
}
