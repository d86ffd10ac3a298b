using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Pipeline;

/// <summary>The events of the commit that is being written, which the store cannot be asked about yet.</summary>
internal sealed class EventsInFlight
{
    private readonly HashSet<EventKey> _keys = [];
    private readonly HashSet<string> _ids = new(EventIdComparer.Instance);

    /// <summary>What an event is, given what the store says of it: the store may or may not have the commit in flight already.</summary>
    public EventStanding Standing(EcsEvent ecsEvent, EventStanding stored) =>
        stored == EventStanding.Duplicate || _keys.Contains(ecsEvent.Key) ? EventStanding.Duplicate
        : ecsEvent.Id.Length > 0 && _ids.Contains(ecsEvent.Id) ? EventStanding.NewWithKnownId
        : stored;

    /// <summary>These are in flight from now on, and no others.</summary>
    public void Replace(IReadOnlyList<DiagnosedEvent> events)
    {
        Clear();
        foreach (var (ecsEvent, _) in events)
        {
            _keys.Add(ecsEvent.Key);
            if (ecsEvent.Id.Length > 0) _ids.Add(ecsEvent.Id);
        }
    }

    /// <summary>Nothing is in flight.</summary>
    public void Clear()
    {
        _keys.Clear();
        _ids.Clear();
    }
}
