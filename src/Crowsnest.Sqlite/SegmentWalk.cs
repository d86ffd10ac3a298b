using System.Globalization;
using System.Text;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;

namespace Crowsnest.Sqlite;

/// <summary>The hits of a query, segment by segment.</summary>
internal sealed class SegmentWalk(string cutMessage)
{
    private readonly List<(SegmentReader Segment, EventBitmap Hits)> _parts = [];
    private bool _cut;

    public IReadOnlyList<(SegmentReader Segment, EventBitmap Hits)> Parts => _parts;

    public string? Cut => _cut ? cutMessage : null;

    public long Total { get; private set; }

    public void Add(SegmentReader segment, EventBitmap hits, bool cut)
    {
        _cut |= cut;
        if (hits.IsEmpty) return;
        _parts.Add((segment, hits));
        Total += hits.Cardinality();
    }

    /// <summary>A value as it is counted: in normal form, numbers and times as people read them.</summary>
    public static string Text(FieldRef field, ReadOnlySpan<byte> value) => field.Listed?.Type switch
    {
        FieldType.Number => NormalForm.ReadOrdered(value).ToString("R", CultureInfo.InvariantCulture),
        FieldType.Time => TimeText((long)NormalForm.ReadOrdered(value)),
        _ => Encoding.UTF8.GetString(value),
    };

    public static string TimeText(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);
}

/// <summary>Values as events spell them, learned as they are met: what is counted together without regard to case is shown as somebody wrote it.</summary>
internal sealed class Spellings
{
    private readonly Dictionary<string, string> _spelled = new(StringComparer.Ordinal);

    public void Learn(string value, FieldCursor cursor)
    {
        if (_spelled.ContainsKey(value)) return;
        Span<byte> room = stackalloc byte[1024];
        if (cursor.Value.Length > room.Length) room = new byte[cursor.Value.Length];
        if (cursor.Spelling(room) is > 0 and var length) _spelled[value] = Encoding.UTF8.GetString(room[..length]);
    }

    public string Of(string value) => _spelled.GetValueOrDefault(value, value);
}

/// <summary>How many hits have each value of a field.</summary>
internal static class FieldCounts
{
    public static FieldValues Top(SegmentWalk walk, FieldRef field, int limit)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        var spellings = new Spellings();
        var with = 0L;
        foreach (var (segment, hits) in walk.Parts)
        {
            var any = new EventBitmap(hits.Count);
            ForEach(segment, hits, field, spellings, (value, set) =>
            {
                counts[value] = counts.GetValueOrDefault(value) + set.Cardinality();
                any.Or(set);
            });
            with += any.Cardinality();
        }

        var top = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(limit).Select(c => new ValueCount(spellings.Of(c.Key), c.Value));
        return new FieldValues([.. top], walk.Total, walk.Total - with, walk.Cut);
    }

    /// <summary>Every value of the field that a hit has, with the hits that have it.</summary>
    public static void ForEach(SegmentReader segment, EventBitmap hits, FieldRef field, Spellings spellings, Action<string, EventBitmap> found)
    {
        if (field.Listed is { } listed && SearchFields.IsColumn(listed.Id))
        {
            ForEachColumn(segment, hits, listed, found);
            return;
        }

        if (segment.Open(IndexedField.Of(field)) is not { } cursor) return;
        while (cursor.Next())
        {
            var set = new EventBitmap(hits.Count);
            cursor.AddTo(set);
            set.And(hits);
            if (set.IsEmpty) continue;
            var value = SegmentWalk.Text(field, cursor.Value);
            spellings.Learn(value, cursor);
            found(value, set);
        }
    }

    private static void ForEachColumn(SegmentReader segment, EventBitmap hits, SearchField column, Action<string, EventBitmap> found)
    {
        var places = column.Id == SearchFields.ReceivedAt.Id ? segment.ReadPlaces() : [];
        var sets = new Dictionary<string, EventBitmap>(StringComparer.Ordinal);
        for (var at = hits.Next(0); at >= 0; at = hits.Next(at + 1))
        {
            var value = column.Id == SearchFields.Key.Id ? segment.KeyAt(at).ToString()
                : SegmentWalk.TimeText(places.Length > 0 ? places[at].Received : segment.TimeAt(at));
            if (!sets.TryGetValue(value, out var set)) sets[value] = set = new EventBitmap(hits.Count);
            set.Set(at);
        }

        foreach (var (value, set) in sets) found(value, set);
    }
}

/// <summary>Counts hits by buckets of time, and by the values of a field.</summary>
internal sealed class HistogramBuilder(SegmentWalk walk)
{
    public Histogram Build(HistogramRequest request)
    {
        var (from, to) = Range(request);
        var width = Math.Max(1, (to - from + request.Buckets - 1) / request.Buckets);
        var counts = new long[request.Buckets];
        var byValue = new Dictionary<string, long[]>(StringComparer.Ordinal);
        var spellings = new Spellings();
        foreach (var (segment, hits) in walk.Parts)
        {
            Count(segment, hits, from, width, counts);
            if (request.By is not { } field) continue;
            FieldCounts.ForEach(segment, hits, field, spellings, (value, set) =>
            {
                if (!byValue.TryGetValue(value, out var mine)) byValue[value] = mine = new long[request.Buckets];
                Count(segment, set, from, width, mine);
            });
        }

        return new Histogram(DateTimeOffset.FromUnixTimeMilliseconds(from), width, walk.Total, counts, Series(request, byValue, spellings), walk.Cut);
    }

    private static List<HistogramSeries> Series(HistogramRequest request, Dictionary<string, long[]> byValue, Spellings spellings)
    {
        var ordered = byValue.Select(v => new HistogramSeries(v.Key, v.Value.Sum(), v.Value))
            .OrderByDescending(s => s.Total).ThenBy(s => s.Value, StringComparer.Ordinal).ToList();
        if (ordered.Count <= request.TopValues) return [.. ordered.Select(Shown)];
        var rest = new long[request.Buckets];
        foreach (var series in ordered.Skip(request.TopValues))
        {
            for (var i = 0; i < rest.Length; i++) rest[i] += series.Counts[i];
        }

        return [.. ordered.Take(request.TopValues).Select(Shown), new HistogramSeries(null, rest.Sum(), rest)];

        HistogramSeries Shown(HistogramSeries series) => series with { Value = spellings.Of(series.Value!) };
    }

    private static void Count(SegmentReader segment, EventBitmap set, long from, long width, long[] counts)
    {
        var times = segment.Times;
        for (var at = set.Next(0); at >= 0; at = set.Next(at + 1)) counts[Math.Clamp((times[at] - from) / width, 0, counts.Length - 1)]++;
    }

    private (long From, long To) Range(HistogramRequest request)
    {
        long min = long.MaxValue, max = long.MinValue;
        foreach (var (segment, hits) in walk.Parts)
        {
            min = Math.Min(min, segment.TimeAt(hits.Next(0)));
            max = Math.Max(max, segment.TimeAt(hits.Previous(hits.Count)));
        }

        var from = request.From?.ToUnixTimeMilliseconds() ?? (walk.Total == 0 ? 0 : min);
        var to = request.To?.ToUnixTimeMilliseconds() ?? (walk.Total == 0 ? from + 1 : max + 1);
        return (from, Math.Max(to, from + 1));
    }
}
