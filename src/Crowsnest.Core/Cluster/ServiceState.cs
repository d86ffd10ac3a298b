using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>What ECS said of one service: of each matter the newest word.</summary>
/// <remarks>Immutable, and a function of the set of events. How many of its tasks run is no part of it: views count them.</remarks>
public sealed record ServiceState : IResourceState
{
    /// <inheritdoc/>
    public required ResourceName Name { get; init; }

    /// <inheritdoc/>
    public EventOrder Order => ServiceEvent.Order(Last.Key);

    /// <summary>What resync says of a service that was deleted.</summary>
    internal const string NotSeenAgain = "SERVICE_NOT_SEEN_AGAIN";

    /// <summary>
    /// It was deleted. No event of ECS's says so, only resync; without that, one that nothing is heard of leaves the store with the day of its last event.
    /// One that is made anew under the name is heard of again.
    /// </summary>
    public bool IsStopped => Last.EventName == NotSeenAgain;

    /// <summary>The service's name.</summary>
    public required string Service { get; init; }

    /// <summary>Its ARN, or <see langword="null"/> when no event said it.</summary>
    public string? ServiceArn { get; init; }

    /// <summary>The newest event.</summary>
    public required ServiceEvent Last { get; init; }

    /// <summary>The newest SERVICE_STEADY_STATE.</summary>
    public ServiceEvent? Steady { get; init; }

    /// <summary>The newest event that tells of a failure.</summary>
    public ServiceEvent? Trouble { get; init; }

    /// <summary>The newest event of a deployment.</summary>
    public ServiceEvent? Deployment { get; init; }

    /// <summary>The newest event that says that a deployment is rolled back.</summary>
    public ServiceEvent? Rollback { get; init; }

    /// <summary>The newest event of a deployment's hook.</summary>
    public ServiceEvent? Hook { get; init; }

    /// <summary>How many tasks it wants, as far as an event said it.</summary>
    public SaidCount? Desired { get; init; }

    /// <summary>The names of the capacity providers that the newest event named which names any.</summary>
    public CapacityProviders? Providers { get; init; }

    /// <summary>Takes an event in. The state comes back as the same object when the event adds nothing.</summary>
    public static (Observation Observation, ServiceState Next) Observe(ServiceState? known, EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        if (ecsEvent.Detail is not ActionDetail action) throw new ArgumentException("The event is not about a service.", nameof(ecsEvent));

        var said = ServiceEvent.Of(ecsEvent, action);
        var count = action.DesiredCount is >= 0 and var desired ? new SaidCount(desired, SourceOf(ecsEvent), ecsEvent.Key) : null;
        var providers = action.CapacityProviderArns.Length > 0 ? CapacityProviders.Of(ecsEvent.Key, action.CapacityProviderArns) : null;
        if (known is null)
        {
            return (Observation.Changed, Take(new ServiceState { Name = ResourceName.OfService(ecsEvent), Service = ecsEvent.Service, Last = said }, ecsEvent, said) with
            {
                ServiceArn = action.ServiceArn, Desired = count, Providers = providers,
            });
        }

        var order = said.Key.CompareTo(known.Last.Key);
        var next = Take(known with { Last = order > 0 ? said : known.Last }, ecsEvent, said) with
        {
            // Of an ARN's two forms the greater one, so that the order of events does not matter.
            ServiceArn = string.CompareOrdinal(known.ServiceArn, action.ServiceArn) >= 0 ? known.ServiceArn : action.ServiceArn,
            Desired = known.Desired is null || (count is not null && count.Key.CompareTo(known.Desired.Key) > 0) ? count : known.Desired,
            Providers = known.Providers is null || (providers is not null && providers.Key.CompareTo(known.Providers.Key) > 0) ? providers : known.Providers,
        };
        return (order > 0 ? Observation.Changed : order == 0 ? Observation.Duplicate : Observation.Stale, next == known ? known : next);
    }

    private static ServiceState Take(ServiceState state, EcsEvent e, ServiceEvent said) => state with
    {
        Steady = ServiceEvent.Newer(state.Steady, said.EventName == "SERVICE_STEADY_STATE" ? said : null),
        Trouble = ServiceEvent.Newer(state.Trouble, EventDiagnoser.IsFailure(e.Kind, (ActionDetail)e.Detail) ? said : null),
        Deployment = ServiceEvent.Newer(state.Deployment, e.Kind == EventKind.Deployment ? said : null),
        Rollback = ServiceEvent.Newer(state.Rollback, e.Kind != EventKind.Hook && said.IsRollback ? said : null),
        Hook = ServiceEvent.Newer(state.Hook, e.Kind == EventKind.Hook ? said : null),
    };

    private static CountSource SourceOf(EcsEvent e) =>
        e.Source == OwnEvents.Source ? CountSource.Resync : e.Kind == EventKind.Deployment ? CountSource.Deployment : CountSource.ServiceEvent;
}

/// <summary>Names of capacity providers, and the event that named them.</summary>
public sealed record CapacityProviders(EventKey Key, string Names)
{
    // A service has at most 20: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html
    private const int NamesMax = 20;

    /// <summary>One by one.</summary>
    public IReadOnlyList<string> List => Names.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    internal static CapacityProviders Of(EventKey key, string[] arns) =>
        new(key, string.Join(' ', arns.Take(NamesMax).Select(arn => arn[(arn.LastIndexOf('/') + 1)..].Replace(' ', '_')).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
}
