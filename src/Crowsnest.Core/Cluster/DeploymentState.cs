using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>What ECS said of one deployment of a service.</summary>
/// <remarks>Immutable, and a function of the set of events. A deployment that a later one is rolled back to goes on again after it was completed.</remarks>
public sealed record DeploymentState : IResourceState
{
    /// <inheritdoc/>
    public required ResourceName Name { get; init; }

    /// <inheritdoc/>
    public EventOrder Order => ServiceEvent.Order(Last.Key);

    /// <summary>It was completed, or it failed.</summary>
    public bool IsStopped => Last.IsEnd;

    /// <summary>The service's name, or empty.</summary>
    public required string Service { get; init; }

    /// <summary><c>ecs-svc/N</c>.</summary>
    public string DeploymentId => Last.DeploymentId;

    /// <summary>The newest event.</summary>
    public required ServiceEvent Last { get; init; }

    /// <summary>The oldest event.</summary>
    public required EventKey First { get; init; }

    /// <summary>The newest event that says that another deployment is rolled back to this one.</summary>
    public ServiceEvent? Rollback { get; init; }

    /// <summary>IN_PROGRESS, COMPLETED or FAILED, as the API's <c>rolloutState</c> has it; empty when an event has another name.</summary>
    public string RolloutState => RolloutStateOf(Last);

    internal static string RolloutStateOf(ServiceEvent? said) =>
        said?.EventName is { } name && name.StartsWith("SERVICE_DEPLOYMENT_", StringComparison.Ordinal) ? name["SERVICE_DEPLOYMENT_".Length..] : "";

    /// <summary>Takes an event in. The state comes back as the same object when the event adds nothing.</summary>
    public static (Observation Observation, DeploymentState Next) Observe(DeploymentState? known, EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        if (ecsEvent.Detail is not ActionDetail action) throw new ArgumentException("The event is not about a deployment.", nameof(ecsEvent));

        var said = ServiceEvent.Of(ecsEvent, action);
        var rollback = said.IsRollback ? said : null;
        if (known is null)
        {
            return (Observation.Changed, new DeploymentState
            {
                Name = ResourceName.OfDeployment(ecsEvent), Service = ecsEvent.Service, Last = said, First = said.Key, Rollback = rollback,
            });
        }

        var order = said.Key.CompareTo(known.Last.Key);
        var next = known with
        {
            // Where the newest event says that it is.
            Name = order > 0 ? ResourceName.OfDeployment(ecsEvent) : known.Name,
            Service = order > 0 ? ecsEvent.Service : known.Service,
            Last = order > 0 ? said : known.Last,
            First = said.Key.CompareTo(known.First) < 0 ? said.Key : known.First,
            Rollback = ServiceEvent.Newer(known.Rollback, rollback),
        };
        return (order > 0 ? Observation.Changed : order == 0 ? Observation.Duplicate : Observation.Stale, next == known ? known : next);
    }
}
