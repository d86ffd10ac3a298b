using Crowsnest.Core.Events;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>The best hits so far of a page, over segments that are met in the order of their newest (or oldest) event.</summary>
internal sealed class PageHits(SearchRequest request)
{
    private readonly record struct Hit(long Time, EventKey Key, SegmentReader Segment, int Ordinal);

    // One more than the page, to know whether there is a next one.
    private readonly int _wanted = request.Limit + 1;
    private List<Hit> _hits = [];

    /// <summary>Whether no event from this time on can be in the page: it is full of better ones.</summary>
    public bool IsBeyond(long time) =>
        _hits.Count >= _wanted && (request.OldestFirst ? time > _hits[^1].Time : time < _hits[^1].Time);

    public void Add(SegmentReader segment, EventBitmap set)
    {
        TimeRange.Keep(segment, set, request.From, request.To);
        if (set.IsEmpty) return;
        var taken = 0;
        long? bound = _hits.Count >= _wanted ? _hits[^1].Time : null;
        for (var at = request.OldestFirst ? set.Next(0) : set.Previous(set.Count); at >= 0 && taken < _wanted; at = request.OldestFirst ? set.Next(at + 1) : set.Previous(at))
        {
            var hit = new Hit(segment.TimeAt(at), segment.KeyAt(at), segment, at);
            if (request.After is { } after && Compare(hit.Time, hit.Key, after.TimeMilliseconds, after.Key) <= 0) continue;
            if (bound is { } worst && (request.OldestFirst ? hit.Time > worst : hit.Time < worst)) break;
            _hits.Add(hit);
            taken++;
        }

        _hits.Sort((x, y) => Compare(x.Time, x.Key, y.Time, y.Key));
        if (_hits.Count > _wanted) _hits = _hits[.._wanted];
    }

    public (IReadOnlyList<StoredEvent> Events, SearchCursor? Next) Load(SqliteConnection connection)
    {
        var events = EventLoader.Load(connection, [.. _hits.Take(request.Limit).Select(h => new EventHit(h.Segment, h.Ordinal))], request.BytesMax);
        return (events, _hits.Count > events.Count ? new SearchCursor(_hits[events.Count - 1].Time, _hits[events.Count - 1].Key) : null);
    }

    // Order of the page: negative when x comes first.
    private int Compare(long xTime, EventKey xKey, long yTime, EventKey yKey)
    {
        var order = xTime != yTime ? xTime.CompareTo(yTime) : xKey.CompareTo(yKey);
        return request.OldestFirst ? order : -order;
    }
}

/// <summary>Cuts a set of events to a range of time.</summary>
internal static class TimeRange
{
    public static void Keep(SegmentReader segment, EventBitmap set, DateTimeOffset? from, DateTimeOffset? to)
    {
        var first = from is { } start && segment.Directory.MinTime < start.ToUnixTimeMilliseconds() ? LowerBound(segment, start.ToUnixTimeMilliseconds()) : 0;
        var last = to is { } end && segment.Directory.MaxTime >= end.ToUnixTimeMilliseconds() ? LowerBound(segment, end.ToUnixTimeMilliseconds()) : set.Count;
        if (first == 0 && last == set.Count) return;
        var range = new EventBitmap(set.Count);
        range.SetRange(first, Math.Max(first, last));
        set.And(range);
    }

    /// <summary>The first place whose time is not before this one.</summary>
    private static int LowerBound(SegmentReader segment, long time)
    {
        int low = 0, high = segment.Directory.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (segment.TimeAt(middle) < time) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
