using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>What is known of one task: the newest of its events, and all that any of them said of its stop.</summary>
/// <remarks>Immutable, and a function of the set of events: any order, and repeats, fold to the same state.</remarks>
public sealed class TaskState : IResourceState
{
    private TaskState(EventOrder order, ResourceName name, string service, string family, string instance, TaskDetail detail, TaskNetwork? network, TaskClaims? claims, StopEvidence? stop)
    {
        Order = order;
        Name = name;
        Service = service;
        Family = family;
        Instance = instance;
        Detail = detail;
        Network = network;
        Claims = claims;
        Stop = stop;
    }

    /// <summary>Where the newest event stands.</summary>
    public EventOrder Order { get; }

    /// <summary>Which task it is.</summary>
    public ResourceName Name { get; }

    /// <summary>The service's name, or empty.</summary>
    public string Service { get; }

    /// <summary>The task definition's family, or empty.</summary>
    public string Family { get; }

    /// <summary>The container instance's id, or empty.</summary>
    public string Instance { get; }

    /// <summary>The newest event's detail, under ECS's own names.</summary>
    public TaskDetail Detail { get; }

    /// <summary>Its network interface as the newest event has it; <see langword="null"/> where it has none of its own.</summary>
    public TaskNetwork? Network { get; }

    /// <summary>The ports and GPUs that it has of its container instance, as the newest event has it; <see langword="null"/> where it has none.</summary>
    public TaskClaims? Claims { get; }

    /// <summary>What its events have said of its stop; <see langword="null"/> while it is not stopping.</summary>
    public StopEvidence? Stop { get; }

    /// <summary>The stop code of the newest event that has one: a later event of a stop may lack it.</summary>
    public string? StopCode => Detail.StopCode is { Length: > 0 } code ? code : Stop?.StopCode;

    /// <summary>The stopped reason of the newest event that has one.</summary>
    public string? StoppedReason => Detail.StoppedReason is { Length: > 0 } reason ? reason : Stop?.StoppedReason;

    /// <summary>It is STOPPED.</summary>
    public bool IsStopped => StopEvidence.IsStoppedStatus(Detail.LastStatus);

    /// <summary>Takes an event in. The state comes back as the same object when the event adds nothing.</summary>
    public static (Observation Observation, TaskState Next) Observe(TaskState? known, EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        if (ecsEvent.Detail is not TaskDetail detail) throw new ArgumentException("The event is not about a task.", nameof(ecsEvent));

        var order = EventOrder.Of(ecsEvent);
        var said = StopEvidence.From(ecsEvent);
        if (known is null || order.CompareTo(known.Order) > 0)
        {
            return (Observation.Changed, new TaskState(
                order, ResourceName.OfTask(ecsEvent), ecsEvent.Service, ecsEvent.Family, ecsEvent.Instance, detail, TaskAttachments.Network(ecsEvent),
                TaskClaims.Of(ecsEvent), StopEvidence.MergeAny(known?.Stop, said)));
        }

        var observation = order.Version == known.Order.Version && (order.Version >= 0 || order == known.Order) ? Observation.Duplicate : Observation.Stale;
        var stop = StopEvidence.MergeAny(known.Stop, said);
        var adds = stop is not null && !stop.SameAs(known.Stop);
        return (observation, adds ? new TaskState(known.Order, known.Name, known.Service, known.Family, known.Instance, known.Detail, known.Network, known.Claims, stop) : known);
    }

    internal static TaskState Restore(
        EventOrder order, ResourceName name, string service, string family, string instance, TaskDetail detail, TaskNetwork? network, TaskClaims? claims, StopEvidence? stop) =>
        new(order, name, service, family, instance, detail, network, claims, stop);
}
