using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Groups hits by the values of several fields.</summary>
/// <remarks>
/// Each field splits the groups that the fields before it made: an event's group is the child of its group so far at its value. Within a segment a table
/// of (group so far, value) leads to the child, so that an event costs an array's look-up a field, and text is only met once a value and segment.
/// </remarks>
internal sealed class EventGrouper(GroupsRequest request)
{
    private const int TableMax = 1 << 22;

    private readonly Dictionary<(int Parent, string Value), int> _children = [];
    private readonly List<(int Parent, string Value)> _nodes = [(-1, "")];
    private readonly Dictionary<int, Sum> _sums = [];
    private readonly Spellings _spellings = new();
    private ushort[] _ordinals = [];

    private sealed class Sum(int buckets)
    {
        public readonly long[] Counts = new long[buckets];
        public readonly List<long> Times = [];
        public long Count;
        public long FirstTime = long.MaxValue;
        public EventHit Newest;
        public long NewestTime = long.MinValue;
    }

    public EventGroups Group(SegmentWalk walk, SqliteConnection connection, CancellationToken cancellationToken)
    {
        var (from, to) = (request.From.ToUnixTimeMilliseconds(), request.To.ToUnixTimeMilliseconds());
        var width = Math.Max(1, (Math.Max(to, from + 1) - from + request.Buckets - 1) / request.Buckets);
        foreach (var (segment, hits) in walk.Parts)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(segment, hits, from, width);
        }

        var groups = _sums.Select(sum => (sum.Value, Values: ValuesOf(sum.Key))).OrderByDescending(group => group.Value.NewestTime)
            .ThenBy(group => string.Join('\0', group.Values), StringComparer.Ordinal).ToList();
        var listed = groups.Take(request.Limit).ToList();
        var newest = EventLoader.Load(connection, [.. listed.Take(request.NewestMax).Select(group => group.Value.Newest)], SearchRequest.UsualBytesMax);
        return new EventGroups(
            Moment(from), width, walk.Total, [.. listed.Select((group, place) => Shown(group.Value, group.Values, place < newest.Count ? newest[place] : null))],
            groups.Count - listed.Count, walk.Cut);
    }

    private EventGroup Shown(Sum sum, string[] values, StoredEvent? newest)
    {
        var since = request.Gap is { } gap ? EventGroup.StartOfLatestRun(sum.Times, gap) : sum.FirstTime;
        return new EventGroup([.. values.Select(_spellings.Of)], sum.Count, Moment(sum.FirstTime), Moment(since), Moment(sum.NewestTime), sum.Counts, newest);
    }

    private void Add(SegmentReader segment, EventBitmap hits, long from, long width)
    {
        // For each event the place of its group so far in the list of those that this segment has.
        var places = new int[hits.Count];
        List<int> nodes = [0];
        foreach (var field in request.By) nodes = Split(segment, hits, field, places, nodes);
        var sums = new Sum[nodes.Count];
        for (var i = 0; i < sums.Length; i++)
        {
            if (!_sums.TryGetValue(nodes[i], out var known)) _sums[nodes[i]] = known = new Sum(request.Buckets);
            sums[i] = known;
        }

        // A segment's events are in the order of their times, so the bucket only ever moves on.
        var times = segment.Times;
        var (bucket, edge) = (0, from + width);
        for (var at = hits.Next(0); at >= 0; at = hits.Next(at + 1))
        {
            var (sum, time) = (sums[places[at]], times[at]);
            for (; time >= edge && bucket < request.Buckets - 1; edge += width) bucket++;
            sum.Counts[bucket]++;
            sum.Count++;
            if (time < sum.FirstTime) sum.FirstTime = time;
            if (request.Gap is not null) sum.Times.Add(time);
            if (time < sum.NewestTime) continue;

            // Many events share a second; which of them is the newest matters only to who asks for it.
            if (time == sum.NewestTime && (request.NewestMax == 0 || segment.KeyAt(at).CompareTo(sum.Newest.Segment.KeyAt(sum.Newest.Ordinal)) < 0)) continue;
            (sum.Newest, sum.NewestTime) = (new EventHit(segment, at), time);
        }
    }

    private List<int> Split(SegmentReader segment, EventBitmap hits, FieldRef field, int[] places, List<int> nodes)
    {
        // 0 is the value of those that have none.
        var (valueOf, values) = ValuesOf(segment, hits, field);
        if (valueOf is null) return [.. nodes.Select(node => Child(node, values[0]))];

        var split = new List<int>();
        var table = (long)nodes.Count * values.Count <= TableMax ? new int[nodes.Count * values.Count] : null;
        Dictionary<long, int>? sparse = table is null ? [] : null;
        for (var at = hits.Next(0); at >= 0; at = hits.Next(at + 1))
        {
            var pair = ((long)places[at] * values.Count) + valueOf[at];
            var known = table is not null ? table[pair] : sparse!.GetValueOrDefault(pair);
            if (known == 0)
            {
                split.Add(Child(nodes[places[at]], values[valueOf[at]]));
                known = split.Count;
                if (table is not null) table[pair] = known;
                else sparse![pair] = known;
            }

            places[at] = known - 1;
        }

        return split;
    }

    // Each event's value as a place in the list; without places, all of them have its one value, as with accounts and regions nearly everywhere.
    private (int[]? ValueOf, List<string> Values) ValuesOf(SegmentReader segment, EventBitmap hits, FieldRef field)
    {
        List<string> values = [""];
        if (segment.Open(IndexedField.Of(field)) is not { } cursor) return (null, values);
        var valueOf = new int[hits.Count];
        var all = hits.Cardinality();
        if (_ordinals.Length < hits.Count) _ordinals = new ushort[hits.Count];
        while (cursor.Next())
        {
            // Values come in order, so the first one that an event has is the one it keeps.
            var (place, having) = (values.Count, 0);
            foreach (var at in _ordinals.AsSpan(0, cursor.ReadOrdinals(_ordinals)))
            {
                if (!hits[at]) continue;
                having++;
                if (valueOf[at] == 0) valueOf[at] = place;
            }

            if (having == 0) continue;
            var value = SegmentWalk.Text(field, cursor.Value);
            _spellings.Learn(value, cursor);
            if (place == 1 && having == all) return (null, [value]);
            values.Add(value);
        }

        return (valueOf, values);
    }

    private int Child(int parent, string value)
    {
        if (_children.TryGetValue((parent, value), out var known)) return known;
        _nodes.Add((parent, value));
        return _children[(parent, value)] = _nodes.Count - 1;
    }

    private string[] ValuesOf(int node)
    {
        var values = new string[request.By.Count];
        for (var i = values.Length - 1; i >= 0; i--) (node, values[i]) = _nodes[node];
        return values;
    }

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
