using System.Text;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Tells which events are stored already, and which ids are known under another key, without a row an event.</summary>
/// <remarks>
/// A key is looked for in the segments of its own day; an id in all. Both ask a filter first, so that a new event reads nothing from disk.
/// Not thread-safe.
/// </remarks>
internal sealed class KnownEvents(SegmentCatalogue catalogue)
{
    private sealed record Filters(BloomFilter Keys, BloomFilter Ids);

    private readonly Dictionary<long, Filters> _filters = [];
    private readonly Dictionary<long, EventKey[]> _keys = [];

    public EventStanding[] LookUp(SqliteConnection connection, IReadOnlyList<EcsEvent> events)
    {
        var rows = catalogue.List(connection);
        Forget(rows);
        var byDay = rows.GroupBy(r => r.Day).ToDictionary(g => g.Key, g => g.ToArray());
        var standings = new EventStanding[events.Count];
        var keys = new HashSet<EventKey>(events.Count);
        var ids = new HashSet<string>(events.Count, EventIdComparer.Instance);
        for (var i = 0; i < events.Count; i++)
        {
            var known = events[i];
            standings[i] =
                !keys.Add(known.Key) || HasKey(connection, byDay.GetValueOrDefault(EventDay.Of(known.Key), []), known.Key) ? EventStanding.Duplicate
                : known.Id.Length > 0 && (!ids.Add(known.Id) || HasId(connection, rows, known.Id)) ? EventStanding.NewWithKnownId
                : EventStanding.New;
        }

        return standings;
    }

    private bool HasKey(SqliteConnection connection, SegmentRow[] rows, EventKey key)
    {
        foreach (var row in rows)
        {
            if (HasKey(connection, row, key)) return true;
        }

        return false;
    }

    private bool HasKey(SqliteConnection connection, SegmentRow row, EventKey key)
    {
        // Events without a time of their own are kept under the moment they were received: their segments' times say nothing about keys.
        if (key.TimeMilliseconds != 0 && (key.TimeMilliseconds < row.MinTime || key.TimeMilliseconds > row.MaxTime)) return false;
        if (!FiltersOf(connection, row).Keys.MayContain((ulong)key.Hash)) return false;
        if (!_keys.TryGetValue(row.Id, out var keys))
        {
            // 24 bytes an event; a replay meets few days at a time.
            if (_keys.Count >= 16) _keys.Clear();
            _keys[row.Id] = keys = catalogue.Open(connection, row).ReadKeys();
        }

        // For the same reason the keys of that day, 1970-01-01, are in no order.
        return EventDay.Of(key) == 0 ? Array.IndexOf(keys, key) >= 0 : Array.BinarySearch(keys, key) >= 0;
    }

    private bool HasId(SqliteConnection connection, IReadOnlyList<SegmentRow> rows, string id)
    {
        Span<byte> room = stackalloc byte[1024];
        Span<byte> raw = stackalloc byte[256];
        if (id.Length * 3 > raw.Length)
        {
            raw = new byte[id.Length * 3];
            room = new byte[id.Length * 9];
        }

        raw = raw[..Encoding.UTF8.GetBytes(id, raw)];
        var value = room[..NormalForm.Normalize(IndexedField.Id.Id, raw, room)];
        var hash = IndexedField.IdHash(value);
        foreach (var row in rows)
        {
            if (!FiltersOf(connection, row).Ids.MayContain(hash)) continue;
            var found = new EventBitmap(row.Count);
            catalogue.Open(connection, row).Find(IndexedField.Id, value, found);
            if (!found.IsEmpty) return true;
        }

        return false;
    }

    private Filters FiltersOf(SqliteConnection connection, SegmentRow row)
    {
        if (_filters.TryGetValue(row.Id, out var filters)) return filters;
        var (keys, ids) = catalogue.Open(connection, row).ReadFilters();
        return _filters[row.Id] = new Filters(BloomFilter.FromBytes(keys), BloomFilter.FromBytes(ids));
    }

    private void Forget(IReadOnlyList<SegmentRow> rows)
    {
        if (_filters.Count <= rows.Count * 2 + 16) return;
        var alive = rows.Select(r => r.Id).ToHashSet();
        foreach (var id in _filters.Keys.Where(id => !alive.Contains(id)).ToArray())
        {
            _filters.Remove(id);
            _keys.Remove(id);
        }
    }
}

/// <summary>The day that an event is kept under: that of its key's time, so that a key alone leads to its segments.</summary>
internal static class EventDay
{
    public const long Milliseconds = 24L * 60 * 60 * 1000;

    public static int Of(EventKey key) => (int)Math.Floor((double)key.TimeMilliseconds / Milliseconds);
}
