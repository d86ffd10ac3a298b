using Crowsnest.Core.Events;

namespace Crowsnest.Core.Diagnosis;

/// <summary>
/// Where an event stands among the events of its resource: by version, then by the time it speaks of, then by key.
/// </summary>
/// <remarks>
/// A total order over distinct events that needs nothing but the event itself, so that every order of delivery folds to the same state. An event
/// without a version stands below every event that has one.
/// </remarks>
/// <param name="Version">The event's <c>detail.version</c>; -1 when it has none.</param>
/// <param name="At">Its <c>detail.updatedAt</c>, else its own time; milliseconds since 1970 UTC.</param>
/// <param name="Key">Its key.</param>
public sealed record EventOrder(long Version, long At, EventKey Key) : IComparable<EventOrder>
{
    /// <summary>The event's place.</summary>
    public static EventOrder Of(EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        var detail = ecsEvent.Detail;

        // The key's time and not OccurredAt: that one is our clock when the event names no time, and would make the state depend on when we saw it.
        return new EventOrder(detail.Version ?? -1, detail.UpdatedAt.HasValue ? detail.UpdatedAt.UnixMilliseconds : ecsEvent.Key.TimeMilliseconds, ecsEvent.Key);
    }

    /// <inheritdoc/>
    public int CompareTo(EventOrder? other)
    {
        if (other is null) return 1;
        if (ReferenceEquals(this, other)) return 0;

        var byVersion = Version.CompareTo(other.Version);
        if (byVersion != 0) return byVersion;
        var byTime = At.CompareTo(other.At);
        return byTime != 0 ? byTime : Key.CompareTo(other.Key);
    }
}
