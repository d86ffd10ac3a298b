using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>What is known of one container instance: the newest of its events, since when its agent is connected, and how healthy it says it is.</summary>
/// <remarks>Immutable, and a function of the set of events.</remarks>
public sealed record InstanceState(EventOrder Order, ResourceName Name, ContainerInstanceDetail Detail) : IResourceState
{
    private static readonly InstanceMachine Nothing = new();

    // Below every event, also below one that has neither version nor time.
    private static readonly EventOrder Unseen = new(-1, long.MinValue, new EventKey(long.MinValue, 0));

    /// <summary>What it is and which of its ports and GPUs are taken, as the newest event has it.</summary>
    public InstanceMachine Machine { get; init; } = Nothing;

    /// <summary>What was said of its agent; <see langword="null"/> while nothing was.</summary>
    public AgentHistory? Agent { get; init; }

    /// <summary>The newest health event; <see langword="null"/> when none was seen.</summary>
    public InstanceHealth? Health { get; init; }

    /// <summary>It is INACTIVE.</summary>
    public bool IsStopped => Detail.Status == "INACTIVE";

    /// <summary>Takes an event in, its own or one about its health. The state comes back as the same object when the event adds nothing.</summary>
    public static (Observation Observation, InstanceState Next) Observe(InstanceState? known, EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        return ecsEvent.Detail switch
        {
            ContainerInstanceDetail detail => Observe(known, ecsEvent, detail),
            InstanceHealthDetail health => Observe(known, ecsEvent, health),
            _ => throw new ArgumentException("The event is not about an instance.", nameof(ecsEvent)),
        };
    }

    private static (Observation Observation, InstanceState Next) Observe(InstanceState? known, EcsEvent ecsEvent, ContainerInstanceDetail detail)
    {
        var order = EventOrder.Of(ecsEvent);
        var agent = detail.AgentConnected is { } connected ? AgentHistory.With(known?.Agent, new AgentEntry(order.Version, order.At, connected)) : known?.Agent;
        if (known is null || order.CompareTo(known.Order) > 0)
            return (Observation.Changed, new InstanceState(order, ResourceName.OfInstance(ecsEvent), detail) { Machine = InstanceFields.Machine(ecsEvent), Agent = agent, Health = known?.Health });
        var isRepeat = order.Version == known.Order.Version && (order.Version >= 0 || order == known.Order);
        return (isRepeat ? Observation.Duplicate : Observation.Stale, ReferenceEquals(agent, known.Agent) ? known : known with { Agent = agent });
    }

    private static (Observation Observation, InstanceState Next) Observe(InstanceState? known, EcsEvent ecsEvent, InstanceHealthDetail detail)
    {
        known ??= new InstanceState(Unseen, ResourceName.OfInstance(ecsEvent), new ContainerInstanceDetail());
        var order = ecsEvent.Key.CompareTo(known.Health?.Key ?? new EventKey(long.MinValue, 0));
        if (order == 0) return (Observation.Duplicate, known);
        if (order < 0) return (Observation.Stale, known);

        // Until an event of its own says more, these are the only words on where it is and which machine it is.
        var isAlone = known.Order == Unseen;
        var name = isAlone ? ResourceName.OfInstance(ecsEvent) : known.Name;
        var own = isAlone
            ? new ContainerInstanceDetail { ContainerInstanceArn = detail.ContainerInstanceArn, Ec2InstanceId = detail.Ec2InstanceId, ClusterArn = detail.ClusterArn }
            : known.Detail;
        return (Observation.Changed, known with { Name = name, Detail = own, Health = new InstanceHealth(ecsEvent.Key, detail.OverallStatus, detail.HealthChecks) });
    }
}

/// <summary>How healthy a container instance is, as ECS Container Instance Health Change said last.</summary>
/// <param name="Key">The event that said so; these have no version and go by their time.</param>
/// <param name="OverallStatus">OK or IMPAIRED.</param>
/// <param name="Checks">The single checks.</param>
public sealed record InstanceHealth(EventKey Key, string? OverallStatus, HealthCheck[] Checks);
