using System.Collections.Frozen;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Diagnosis;

/// <summary>Says what an event, or a task's stop, means: looks it up in the table of causes.</summary>
/// <remarks>Immutable and safe for any number of threads. An event that needs no explaining costs no allocation.</remarks>
public sealed class EventDiagnoser
{
    private static readonly string[] KnownCodes =
        ["", "TaskFailedToStart", "EssentialContainerExited", "UserInitiated", "ServiceSchedulerInitiated", "SpotInterruption", "TerminationNotice", "InfrastructureHealth"];

    private readonly FrozenDictionary<string, StopCause[]> _rowsByCode;
    private readonly StopCause[] _rows;

    /// <summary>The table as it ships, believing AWS alone.</summary>
    public EventDiagnoser()
        : this([], TrustedSources.Default)
    {
    }

    /// <summary>The user's own causes before the table's, and the sources that are believed.</summary>
    public EventDiagnoser(IReadOnlyList<StopCause> causes, TrustedSources trusted)
    {
        ArgumentNullException.ThrowIfNull(causes);
        ArgumentNullException.ThrowIfNull(trusted);
        Trusted = trusted;
        _rows = [.. causes, .. StopCauses.All];

        // A row that wants another stop code need not be asked: what is left for each code is a handful.
        _rowsByCode = KnownCodes.ToFrozenDictionary(
            code => code, code => _rows.Where(r => r.StopCodes.IsEmpty || r.StopCodes.Contains(code)).ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Whose events are diagnosed and change state.</summary>
    public TrustedSources Trusted { get; }

    /// <summary>What an event means by itself.</summary>
    public EventDiagnosis Diagnose(EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        if (ecsEvent.Kind == EventKind.Heartbeat) return EventCauses.Heartbeat.About(ecsEvent);
        if (!ecsEvent.IsSynthetic && !Trusted.Includes(ecsEvent)) return EventCauses.Untrusted.About(ecsEvent);

        return ecsEvent.Detail switch
        {
            TaskDetail task when StopEvidence.IsStop(task) => DiagnoseStop(new StopFacts(ecsEvent, task), ecsEvent),
            TaskDetail task => OfLiveTask(task).About(ecsEvent),
            ContainerInstanceDetail instance => OfInstance(instance).About(ecsEvent),
            ActionDetail action => OfAction(ecsEvent.Kind, action).About(ecsEvent),
            InstanceHealthDetail health => OfHealth(health).About(ecsEvent),
            RelatedDetail related => OfRelated(ecsEvent, related).About(ecsEvent),
            _ => EventCauses.Notice.About(ecsEvent),
        };
    }

    /// <summary>Why a task stopped, by all that its events have said so far.</summary>
    public EventDiagnosis Diagnose(StopEvidence evidence)
    {
        ArgumentNullException.ThrowIfNull(evidence);
        return DiagnoseStop(new StopFacts(evidence), evidence);
    }

    private EventDiagnosis DiagnoseStop(in StopFacts stop, object subject)
    {
        foreach (var row in _rowsByCode.GetValueOrDefault(stop.EffectiveCode, _rows))
        {
            if (row.Matches(stop)) return new EventDiagnosis(row.Cause, row.Outcome, row.Severity, row.Rank, row, subject);
        }

        throw new System.Diagnostics.UnreachableException("The table's last row holds for every stop.");
    }

    private static EventCause OfLiveTask(TaskDetail task) => task.LastStatus switch
    {
        "RUNNING" => EventCauses.Running,
        "PROVISIONING" or "PENDING" or "ACTIVATING" => EventCauses.Starting,
        _ => EventCauses.NotStopping,
    };

    // An agent that is away for a moment is normal; only together with INACTIVE does it say that the instance is gone.
    private static EventCause OfInstance(ContainerInstanceDetail instance) => instance.Status switch
    {
        "INACTIVE" when instance.AgentConnected == false => EventCauses.HostGone,
        "REGISTRATION_FAILED" => EventCauses.RegistrationFailed,
        _ => EventCauses.InstanceSnapshot,
    };

    private static EventCause OfHealth(InstanceHealthDetail health) => health.OverallStatus switch
    {
        "IMPAIRED" => Array.TrueForAll(health.HealthChecks, c => c.Status != "IMPAIRED" || c.Type == "AGENT_CONNECTIVITY")
            && Array.Exists(health.HealthChecks, c => c.Status == "IMPAIRED") ? EventCauses.AgentAway : EventCauses.InstanceImpaired,
        "OK" => EventCauses.InstanceHealthy,
        _ => EventCauses.InstanceHealthUnsure,
    };

    /// <summary>Whether the action of a service, a deployment, a hook or a daemon tells of a failure.</summary>
    internal static bool IsFailure(EventKind kind, ActionDetail action) => OfAction(kind, action).Outcome == EventOutcome.Failure;

    private static EventCause OfAction(EventKind kind, ActionDetail action)
    {
        var known = action.EventName is { } name ? EventCauses.ByName.GetValueOrDefault(name) : null;
        if (known is { Outcome: EventOutcome.Failure }) return known;

        // Real events disagree or lack one: type and name are each enough for a failure, and new names are read by what they say.
        var isError = action.EventType is "ERROR" || (known is null && SaysFailure(action.EventName));
        if (isError || action.EventType is "WARN" or "WARNING")
        {
            return kind switch
            {
                EventKind.Deployment or EventKind.Hook or EventKind.DaemonDeployment => EventCauses.DeploymentTrouble,
                EventKind.DaemonAction => EventCauses.DaemonTrouble,
                _ => isError ? EventCauses.ServiceError : EventCauses.ServiceWarning,
            };
        }

        if (kind is EventKind.Deployment or EventKind.ServiceAction or EventKind.DaemonDeployment
            && action.Reason?.Contains("rolling back", StringComparison.OrdinalIgnoreCase) == true) return EventCauses.RolledBack;
        if (known is not null) return known;
        return kind == EventKind.Hook || (action.EventType is null && action.EventName is null) ? EventCauses.Notice : EventCauses.NormalStep;
    }

    private static bool SaysFailure(string? eventName) =>
        eventName is not null && (eventName.EndsWith("_FAILED", StringComparison.Ordinal) || eventName.EndsWith("_FAILURE", StringComparison.Ordinal)
            || eventName.EndsWith("_IMPAIRED", StringComparison.Ordinal) || eventName.EndsWith("_UNHEALTHY", StringComparison.Ordinal)
            || eventName.EndsWith("_VIOLATED", StringComparison.Ordinal) || eventName.EndsWith("_TIMED_OUT", StringComparison.Ordinal));

    private static EventCause OfRelated(EcsEvent ecsEvent, RelatedDetail related) => ecsEvent.Kind switch
    {
        EventKind.SpotInterruption => EventCauses.SpotWarning,
        EventKind.Health => related.Status == "issue" ? EventCauses.HealthIssue : EventCauses.HealthNotice,
        EventKind.AutoScaling when ecsEvent.DetailType.Contains("Unsuccessful", StringComparison.Ordinal) => EventCauses.LaunchFailed,
        EventKind.Ec2Instance when ecsEvent.DetailType.Contains("Rebalance", StringComparison.Ordinal) => EventCauses.Rebalance,
        _ => EventCauses.Notice,
    };
}
