using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>Something that ECS said of a service or of a deployment, as far as states keep it.</summary>
/// <param name="Key">Which event. These have no version: the envelope's time, which is when it was said, and then the key decide which is newer.</param>
/// <param name="EventType">INFO, WARN or ERROR.</param>
/// <param name="EventName">E.g. SERVICE_STEADY_STATE.</param>
/// <param name="Reason">Why, in ECS's words.</param>
/// <param name="DeploymentId"><c>ecs-svc/N</c>, or empty.</param>
public sealed record ServiceEvent(EventKey Key, string? EventType, string? EventName, string? Reason, string DeploymentId)
{
    private const int ReasonMax = 2_048;

    /// <summary>When it was said.</summary>
    public EventTime At => new(Key.TimeMilliseconds);

    /// <summary>Of a hook that waits: until when.</summary>
    public EventTime ExpiresAt { get; init; }

    /// <summary>It says that a deployment goes back to an earlier one. ECS says so in an INFO event's reason, and nowhere else.</summary>
    public bool IsRollback => Reason?.Contains("rolling back", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The deployment that it is about is over.</summary>
    public bool IsEnd => EventName is "SERVICE_DEPLOYMENT_COMPLETED" or "SERVICE_DEPLOYMENT_FAILED";

    internal static ServiceEvent Of(EcsEvent e, ActionDetail action) => new(
        e.Key, action.EventType, action.EventName, action.Reason is { Length: > ReasonMax } reason ? reason[..ReasonMax] : action.Reason, e.Deployment)
    {
        ExpiresAt = action.ExpiresAt,
    };

    internal static ServiceEvent? Newer(ServiceEvent? known, ServiceEvent? said) =>
        known is null ? said : said is null || said.Key.CompareTo(known.Key) <= 0 ? known : said;

    internal static EventOrder Order(EventKey key) => new(-1, key.TimeMilliseconds, key);
}

/// <summary>Where a number comes from.</summary>
public enum CountSource
{
    /// <summary>Nobody said it.</summary>
    None,

    /// <summary>Counted from what is known of the tasks.</summary>
    Tasks,

    /// <summary>A service's event said it.</summary>
    ServiceEvent,

    /// <summary>A deployment's event said it.</summary>
    Deployment,

    /// <summary>The ECS API said it.</summary>
    Resync,
}

/// <summary>A number that an event said.</summary>
/// <param name="Count">The number.</param>
/// <param name="From">Which kind of event.</param>
/// <param name="Key">Which event.</param>
public sealed record SaidCount(long Count, CountSource From, EventKey Key);
