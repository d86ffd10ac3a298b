using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>What is known of one container instance: the newest of its events.</summary>
/// <remarks>Immutable, and a function of the set of events.</remarks>
public sealed record InstanceState(EventOrder Order, ResourceName Name, ContainerInstanceDetail Detail)
{
    /// <summary>It is INACTIVE.</summary>
    public bool IsStopped => Detail.Status == "INACTIVE";

    /// <summary>Takes an event in. The state comes back as the same object when the event adds nothing.</summary>
    public static (Observation Observation, InstanceState Next) Observe(InstanceState? known, EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        if (ecsEvent.Detail is not ContainerInstanceDetail detail) throw new ArgumentException("The event is not about an instance.", nameof(ecsEvent));

        var order = EventOrder.Of(ecsEvent);
        if (known is null || order.CompareTo(known.Order) > 0) return (Observation.Changed, new InstanceState(order, ResourceName.OfInstance(ecsEvent), detail));
        var isRepeat = order.Version == known.Order.Version && (order.Version >= 0 || order == known.Order);
        return (isRepeat ? Observation.Duplicate : Observation.Stale, known);
    }
}
