using System.Text;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Search;

/// <summary>Searches a list of events one by one: the reference that stores are compared with, and enough for a test or a small file.</summary>
/// <remarks>Adding and searching may come from several threads; a search sees the events that were there when it began. Nothing is ever cut.</remarks>
public sealed class InMemoryEventSearch : IEventSearch
{
    private readonly Lock _gate = new();
    private readonly Dictionary<EventKey, Row> _rows = [];
    private readonly Dictionary<string, List<Row>> _byId = new(EventIdComparer.Instance);

    /// <summary>Adds events, seen all or none; one whose key is known changes nothing. Their bytes are copied.</summary>
    public void Add(IEnumerable<DiagnosedEvent> events)
    {
        ArgumentNullException.ThrowIfNull(events);
        var rows = new List<Row>();
        foreach (var diagnosed in events)
        {
            var ecs = diagnosed.Event;
            var stored = new StoredEvent(ecs.Key, ecs.OccurredAt, ecs.ReceivedAt, ecs.TimeUncertain, ecs.Raw.ToArray(), [.. ecs.Masked]);
            rows.Add(new Row(ecs.OccurredAt.ToUnixTimeMilliseconds(), stored, ecs.Id, EventTermSet.Of(diagnosed)));
        }

        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (!_rows.TryAdd(row.Stored.Key, row) || row.Id.Length == 0) continue;
                if (!_byId.TryGetValue(row.Id, out var same)) _byId[row.Id] = same = [];
                same.Add(row);
            }
        }
    }

    /// <summary>Forgets events.</summary>
    /// <returns>How many.</returns>
    public int RemoveWhere(Predicate<StoredEvent> isOld)
    {
        ArgumentNullException.ThrowIfNull(isOld);
        lock (_gate)
        {
            var old = _rows.Values.Where(row => isOld(row.Stored)).ToList();
            foreach (var row in old)
            {
                _rows.Remove(row.Stored.Key);
                if (row.Id.Length > 0) _byId[row.Id].Remove(row);
            }

            return old.Count;
        }
    }

    /// <inheritdoc/>
    public ValueTask<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var hits = Hits(request.Query, request.From, request.To);
        if (!request.OldestFirst) hits.Reverse();
        if (request.After is { } after)
            hits = [.. hits.Where(row => Compare(row, after) is var order && (request.OldestFirst ? order > 0 : order < 0))];

        var bytes = 0L;
        var page = hits.Take(request.Limit).TakeWhile((row, at) => (bytes += row.Stored.Raw.Length) <= request.BytesMax || at == 0).ToList();
        SearchCursor? next = hits.Count > page.Count && page.Count > 0 ? new SearchCursor(page[^1].Time, page[^1].Stored.Key) : null;
        return ValueTask.FromResult(new SearchPage([.. page.Select(row => row.Stored)], next, null));
    }

    /// <inheritdoc/>
    public ValueTask<Histogram> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var hits = Hits(request.Query, request.From, request.To);
        var from = request.From?.ToUnixTimeMilliseconds() ?? (hits.Count == 0 ? 0 : hits[0].Time);
        var to = request.To?.ToUnixTimeMilliseconds() ?? (hits.Count == 0 ? from + 1 : hits[^1].Time + 1);
        var width = Math.Max(1, (Math.Max(to, from + 1) - from + request.Buckets - 1) / request.Buckets);

        long[] Count(IEnumerable<Row> rows)
        {
            var counts = new long[request.Buckets];
            foreach (var row in rows) counts[(row.Time - from) / width]++;
            return counts;
        }

        var series = new List<HistogramSeries>();
        if (request.By is { } by)
        {
            var all = hits.SelectMany(row => row.Terms.Shown(by).Select(value => (value, row))).GroupBy(pair => pair.value, pair => pair.row)
                .Select(group => new HistogramSeries(group.Key, group.Count(), Count(group)))
                .OrderByDescending(one => one.Total).ThenBy(one => one.Value, StringComparer.Ordinal).ToList();
            series.AddRange(all.Take(request.TopValues).Select(one => one with { Value = Spelled(one.Value!, hits) }));
            if (all.Count > request.TopValues) series.Add(Rest(all.Skip(request.TopValues).ToList(), request.Buckets));
        }

        return ValueTask.FromResult(new Histogram(DateTimeOffset.FromUnixTimeMilliseconds(from), width, hits.Count, Count(hits), series, null));
    }

    /// <inheritdoc/>
    public ValueTask<FieldValues> ValuesAsync(ValuesRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var hits = Hits(request.Query, request.From, request.To);
        var values = hits.SelectMany(row => row.Terms.Shown(request.Field)).GroupBy(value => value, StringComparer.Ordinal)
            .Select(group => new ValueCount(group.Key, group.Count()))
            .OrderByDescending(value => value.Count).ThenBy(value => value.Value, StringComparer.Ordinal).Take(request.Limit);
        return ValueTask.FromResult(
            new FieldValues([.. values.Select(one => one with { Value = Spelled(one.Value, hits) })], hits.Count, hits.Count(row => !row.Terms.Shown(request.Field).Any()), null));
    }

    /// <inheritdoc/>
    public ValueTask<EventGroups> GroupsAsync(GroupsRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var hits = Hits(request.Query, request.From, request.To);
        var (from, to) = (request.From.ToUnixTimeMilliseconds(), request.To.ToUnixTimeMilliseconds());
        var width = Math.Max(1, (Math.Max(to, from + 1) - from + request.Buckets - 1) / request.Buckets);
        var groups = hits
            .GroupBy(row => string.Join('\0', request.By.Select(field => row.Terms.Shown(field).OrderBy(Encoding.UTF8.GetBytes, BytesInOrder).FirstOrDefault() ?? "")), StringComparer.Ordinal)
            .OrderByDescending(group => group.Max(row => row.Time)).ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
        EventGroup Group(IGrouping<string, Row> group, int place)
        {
            var counts = new long[request.Buckets];
            foreach (var row in group) counts[(row.Time - from) / width]++;
            var times = group.Select(row => row.Time).ToList();
            var since = request.Gap is { } gap ? EventGroup.StartOfLatestRun(times, gap) : times[0];
            return new EventGroup(
                [.. group.Key.Split('\0').Select(value => Spelled(value, hits))], times.Count, Moment(times[0]), Moment(since), Moment(times[^1]), counts,
                place < request.NewestMax ? group.Last().Stored : null);
        }

        return ValueTask.FromResult(new EventGroups(
            Moment(from), width, hits.Count, [.. groups.Take(request.Limit).Select(Group)], Math.Max(0, groups.Count - request.Limit), null));
    }

    /// <inheritdoc/>
    public ValueTask<StoredEvent?> GetAsync(EventKey key, CancellationToken cancellationToken)
    {
        lock (_gate) return ValueTask.FromResult(_rows.TryGetValue(key, out var row) ? row.Stored : null);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<StoredEvent>> GetByIdAsync(string id, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<StoredEvent>>(
                _byId.TryGetValue(id, out var same) ? [.. same.OrderBy(row => row.Time).ThenBy(row => row.Stored.Key).Take(100).Select(row => row.Stored)] : []);
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyList<string>> UnlistedFieldsAsync(int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<string>>(
            [.. Hits(new SearchQuery.All(), null, null).SelectMany(row => row.Terms.Fields).Distinct().Select(FieldPaths.PathOf).OfType<string>()
                .Order(StringComparer.Ordinal).Take(limit)]);

    private static readonly Comparer<byte[]> BytesInOrder = Comparer<byte[]>.Create((x, y) => x.AsSpan().SequenceCompareTo(y));

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static string Spelled(string value, List<Row> hits) => hits.Select(row => row.Terms.SpellingOf(value)).FirstOrDefault(spelling => spelling is not null) ?? value;

    // Oldest first.
    private List<Row> Hits(SearchQuery query, DateTimeOffset? from, DateTimeOffset? to)
    {
        List<Row> rows;
        lock (_gate) rows = [.. _rows.Values];
        return
        [
            .. rows.Where(row => (from is null || row.Time >= from.Value.ToUnixTimeMilliseconds()) && (to is null || row.Time < to.Value.ToUnixTimeMilliseconds()))
                .Where(row => QueryEvaluator.Holds(query, row.Terms)).OrderBy(row => row.Time).ThenBy(row => row.Stored.Key),
        ];
    }

    private static int Compare(Row row, SearchCursor place) =>
        row.Time.CompareTo(place.TimeMilliseconds) is var byTime && byTime != 0 ? byTime : row.Stored.Key.CompareTo(place.Key);

    private static HistogramSeries Rest(List<HistogramSeries> rest, int buckets) =>
        new(null, rest.Sum(one => one.Total), [.. Enumerable.Range(0, buckets).Select(bucket => rest.Sum(one => one.Counts[bucket]))]);

    private sealed record Row(long Time, StoredEvent Stored, string Id, EventTermSet Terms);
}
