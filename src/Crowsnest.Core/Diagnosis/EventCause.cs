using System.Globalization;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Diagnosis;

/// <summary>A row of the table for events that are not a task's stop: what the event means by its name.</summary>
internal sealed record EventCause(string Name, string Kind, EventOutcome Outcome, Severity Severity, string Words, string NextStep = "", bool GroupsByInstance = false)
    : ICauseWords
{
    private const int FactMax = 240;
    private readonly Cause _cause = new(Kind, Sentence.Say(Words, _ => null), NextStep, GroupsByInstance);
    private EventDiagnosis? _plain;

    /// <summary>The diagnosis of such an event; one for all where nobody will ask for the details.</summary>
    public EventDiagnosis About(EcsEvent ecsEvent) => Outcome == EventOutcome.Failure || Severity > Severity.Info
        ? new EventDiagnosis(_cause, Outcome, Severity, rank: 50, this, ecsEvent)
        : _plain ??= new EventDiagnosis(_cause, Outcome, Severity, rank: 50, words: null, subject: null);

    public string? Summary(object? subject) => Sentence.Say(Words, name => Fact(name, (EcsEvent)subject!));

    public IReadOnlyList<string>? Evidence(object? subject)
    {
        var e = (EcsEvent)subject!;
        var said = new List<string>();
        foreach (var name in (ReadOnlySpan<string>)["eventType", "eventName", "reason", "failureType", "status", "statusReason", "checks", "message"])
        {
            if (Fact(name, e) is { Length: > 0 } fact) said.Add(name + "=" + fact);
        }

        return said;
    }

    private static string? Fact(string name, EcsEvent e)
    {
        var value = (name, e.Detail) switch
        {
            ("service", _) => e.Service,
            ("cluster", _) => e.Cluster,
            ("instance", _) => e.Instance,
            ("deployment", _) => e.Deployment,
            ("detailType", _) => e.DetailType,
            ("eventType", ActionDetail a) => a.EventType,
            ("eventName", ActionDetail a) => a.EventName,
            ("reason", ActionDetail a) => a.Reason,
            ("failureType", ActionDetail a) => a.FailureType,
            ("stage", ActionDetail a) => a.LifecycleStage,
            ("until", ActionDetail a) => a.ExpiresAt.ToDateTimeOffset()?.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            ("status", ContainerInstanceDetail i) => i.Status,
            ("statusReason", ContainerInstanceDetail i) => i.StatusReason,
            ("ec2", ContainerInstanceDetail i) => i.Ec2InstanceId,
            ("status", InstanceHealthDetail h) => h.OverallStatus,
            ("ec2", InstanceHealthDetail h) => h.Ec2InstanceId,
            ("checks", InstanceHealthDetail h) => string.Join(", ", h.HealthChecks.Where(c => c.Status == "IMPAIRED").Take(8)
                .Select(c => c.StatusReason is { Length: > 0 } why ? $"{c.Type} ({why})" : c.Type)),
            ("status", RelatedDetail r) => r.Status,
            ("eventName", RelatedDetail r) => r.Name,
            ("message", RelatedDetail r) => r.Message,
            ("ec2", RelatedDetail r) => r.Ec2InstanceId,
            _ => null,
        };
        return string.IsNullOrEmpty(value) ? null : HostileText.Quote(value, FactMax);
    }
}
