using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Events;

/// <summary>Finding events by the server's own search.</summary>
internal sealed class OpenSearchEventSearch(OpenSearchClient client, IndexNames names) : IEventSearch
{
    // How long the server looks before it answers with what it has.
    private const string TimeBound = "10s";
    private const string Late = "The store took longer than 10 s; what it had not looked at by then is missing.";
    private const int SliceFirst = 64;
    private const int SliceMax = 1_000;

    // So many values of an unlisted field beyond the top ones are counted as the rest.
    private const int RestMax = 200;

    private readonly string _events = names.Events;

    public async ValueTask<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var events = new List<StoredEvent>();
        var (after, bytes, cut) = (request.After, 0L, (string?)null);
        while (true)
        {
            // Not knowing how large events are, it asks for some, and then for as many as ought to fit; one more tells whether there is a next page.
            var wanted = (long)request.Limit - events.Count + 1;
            var size = events.Count == 0 ? SliceFirst : (int)Math.Clamp((request.BytesMax - bytes) * events.Count / Math.Max(1, bytes), SliceFirst, SliceMax);
            size = (int)Math.Min(size, wanted);
            var answer = await AskAsync(json => Page(json, request, after, size), cancellationToken).ConfigureAwait(false);
            cut ??= CutOf(answer.Json);
            var hits = answer.Json.GetProperty("hits").GetProperty("hits");
            foreach (var hit in hits.EnumerateArray())
            {
                var stored = StoredEventReader.Read(hit);
                if (events.Count == request.Limit || (events.Count > 0 && bytes + stored.Raw.Length > request.BytesMax)) return new SearchPage(events, PlaceOf(events), cut);
                events.Add(stored);
                bytes += stored.Raw.Length;
            }

            if (hits.GetArrayLength() < size) return new SearchPage(events, null, cut);
            after = PlaceOf(events);
        }
    }

    public async ValueTask<Histogram> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var (from, to) = (request.From?.ToUnixTimeMilliseconds(), request.To?.ToUnixTimeMilliseconds());
        List<Counted> values = [];
        string? cut = null;
        if (from is null || to is null || request.By is not null)
        {
            var first = await AskAsync(
                json =>
                {
                    Counting(json, request.Query, request.From, request.To);
                    json.Object("aggs", aggs =>
                    {
                        aggs.Object("first", a => a.Object("min", m => m.WriteString("field", EventFieldNames.Time)));
                        aggs.Object("last", a => a.Object("max", m => m.WriteString("field", EventFieldNames.Time)));
                        if (request.By is { } by) FieldCounts.Write(aggs, "values", by);
                    });
                },
                cancellationToken).ConfigureAwait(false);
            cut = CutOf(first.Json);
            if (first.Json.TryGetProperty("aggregations", out var found))
            {
                from ??= Number(found, "first");
                to ??= Number(found, "last") + 1;
                if (request.By is { } by)
                {
                    (values, var isCut) = FieldCounts.Read(found, "values", by);
                    if (isCut) cut ??= FieldCounts.Cut;
                }
            }
        }

        var start = from ?? 0;
        var end = to ?? start + 1;
        var width = Math.Max(1, (Math.Max(end, start + 1) - start + request.Buckets - 1) / request.Buckets);
        // All values of a listed field can be counted at once, and what the top ones leave is the rest. Unlisted fields share a column: each value is asked for.
        var isListed = request.By?.Listed is not null;
        if (!isListed && values.Count > request.TopValues + RestMax) cut ??= FieldCounts.Cut;
        List<Counted> asked = [.. values.Take(request.TopValues + (isListed ? 0 : RestMax))];
        var answer = await AskAsync(json => Buckets(json, request, start, end, width, asked), cancellationToken).ConfigureAwait(false);
        cut ??= CutOf(answer.Json);
        answer.Json.TryGetProperty("aggregations", out var aggregations);
        var counts = Read(aggregations, "all", start, width, request.Buckets, "doc_count");
        var series = asked.Select((value, i) => new HistogramSeries(
            value.Spellings[0], value.Count, aggregations.TryGetProperty("v" + i.ToString(CultureInfo.InvariantCulture), out var one) ? Read(one, "over", start, width, request.Buckets, "doc_count") : new long[request.Buckets])).ToList();
        if (values.Count > request.TopValues)
        {
            var rest = isListed ? Less(Read(aggregations, "all", start, width, request.Buckets, "values"), series) : Sum(series.Skip(request.TopValues), request.Buckets);
            series = [.. series.Take(request.TopValues), new HistogramSeries(null, values.Skip(request.TopValues).Sum(value => value.Count), rest)];
        }

        return new Histogram(DateTimeOffset.FromUnixTimeMilliseconds(start), width, counts.Sum(), counts, series, cut);
    }

    public async ValueTask<FieldValues> ValuesAsync(ValuesRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var answer = await AskAsync(
            json =>
            {
                Counting(json, request.Query, request.From, request.To);
                json.Object("aggs", aggs =>
                {
                    FieldCounts.Write(aggs, "values", request.Field);
                    aggs.Object("with", a => a.Object("filter", f => QueryDsl.Has(f, request.Field)));
                });
            },
            cancellationToken).ConfigureAwait(false);
        var total = answer.Json.GetProperty("hits").GetProperty("total").GetProperty("value").GetInt64();
        var cut = CutOf(answer.Json);
        if (!answer.Json.TryGetProperty("aggregations", out var found)) return new FieldValues([], total, total, cut);
        var (values, isCut) = FieldCounts.Read(found, "values", request.Field);
        return new FieldValues(
            [.. values.Take(request.Limit).Select(value => new ValueCount(value.Spellings[0], value.Count))], total,
            total - found.GetProperty("with").GetProperty("doc_count").GetInt64(), cut ?? (isCut ? FieldCounts.Cut : null));
    }

    public ValueTask<EventGroups> GroupsAsync(GroupsRequest request, CancellationToken cancellationToken) =>
        new EventGroupReader(AskAsync).ReadAsync(request, GetAsync, cancellationToken);

    public async ValueTask<StoredEvent?> GetAsync(EventKey key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string[] indices = [.. EventPlaces.PossibleOf(key, names)];
        var answer = await client.PostAsync(
            "_mget",
            json => json.Objects("docs", indices.Select(index => (Action<Utf8JsonWriter>)(doc =>
            {
                doc.WriteString("_index", index);
                doc.WriteString("_id", key.ToString());
                Source(doc, StoredEventReader.Members);
            }))),
            cancellationToken).ConfigureAwait(false);
        foreach (var doc in answer.Json.GetProperty("docs").EnumerateArray())
        {
            if (doc.TryGetProperty("found", out var found) && found.GetBoolean()) return StoredEventReader.Read(doc);
        }

        return null;
    }

    public async ValueTask<IReadOnlyList<StoredEvent>> GetByIdAsync(string id, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (id.Length == 0) return [];
        SearchFields.TryGet("id", out FieldRef field);
        var normal = NormalForm.Lower(NormalForm.Cut(id, NormalForm.KeywordMax));
        var page = await SearchAsync(
            new SearchRequest(new SearchQuery.Match(field, new SearchValue(normal, 0, [])), null, null, 100, null, OldestFirst: true), cancellationToken).ConfigureAwait(false);
        return page.Events;
    }

    public async ValueTask<IReadOnlyList<string>> UnlistedFieldsAsync(int limit, CancellationToken cancellationToken)
    {
        var answer = await AskAsync(
            json =>
            {
                json.WriteNumber("size", 0);
                json.Object("aggs", aggs => aggs.Object("names", a => a.Object("terms", t =>
                {
                    t.WriteString("field", EventFieldNames.Fields);
                    t.WriteNumber("size", FieldPaths.Max);
                })));
            },
            cancellationToken).ConfigureAwait(false);
        return !answer.Json.TryGetProperty("aggregations", out var found) || !found.TryGetProperty("names", out var fields) ? []
            : [.. fields.GetProperty("buckets").EnumerateArray().Select(bucket => bucket.GetProperty("key").GetString()![1..].Replace('\u001f', '=')).Order(StringComparer.Ordinal).Take(limit)];
    }

    private Task<OpenSearchAnswer> AskAsync(Action<Utf8JsonWriter> write, CancellationToken cancellationToken) =>
        client.PostAsync(
            $"{_events}/_search?ignore_unavailable=true&allow_no_indices=true",
            json =>
            {
                json.WriteString("timeout", TimeBound);
                write(json);
            },
            cancellationToken);

    private static void Page(Utf8JsonWriter json, SearchRequest request, SearchCursor? after, int size)
    {
        var order = request.OldestFirst ? "asc" : "desc";
        json.WriteNumber("size", size);
        json.WriteBoolean("track_total_hits", false);
        Source(json, StoredEventReader.Members);
        QueryDsl.Write(json, request.Query, request.From, request.To);
        json.Objects(
            "sort",
            s => Sort(s, EventFieldNames.Time, order, "date"), s => Sort(s, EventFieldNames.KeyTime, order, "long"), s => Sort(s, EventFieldNames.KeyHash, order, "keyword"));
        if (after is not { } place) return;
        json.WriteStartArray("search_after");
        json.WriteNumberValue(place.TimeMilliseconds);
        json.WriteNumberValue(place.Key.TimeMilliseconds);
        json.WriteStringValue(place.Key.Hash.ToString("x32", CultureInfo.InvariantCulture));
        json.WriteEndArray();
    }

    private static void Sort(Utf8JsonWriter json, string field, string order, string type) => json.Object(field, s =>
    {
        s.WriteString("order", order);
        s.WriteString("unmapped_type", type);
    });

    private static void Buckets(Utf8JsonWriter json, HistogramRequest request, long start, long end, long width, List<Counted> top)
    {
        // Bounded even where the request is not: what came since the bounds were found belongs to no bucket.
        Counting(json, request.Query, DateTimeOffset.FromUnixTimeMilliseconds(start), DateTimeOffset.FromUnixTimeMilliseconds(end));
        json.Object("aggs", aggs =>
        {
            aggs.Object("all", all =>
            {
                Over(all, start, width);
                if (request.By?.Listed is { } listed)
                    all.Object("aggs", inner => inner.Object("values", v => v.Object("value_count", count => count.WriteString("field", EventFieldNames.Column(listed)))));
            });
            for (var i = 0; i < top.Count; i++)
            {
                var value = top[i];
                aggs.Object("v" + i.ToString(CultureInfo.InvariantCulture), one =>
                {
                    one.Object("filter", filter => Spelled(filter, request.By!.Value, value));
                    one.Object("aggs", inner => inner.Object("over", over => Over(over, start, width)));
                });
            }
        });
    }

    // Text is counted by whole values, and a query on it means tokens; the column has the whole.
    private static void Spelled(Utf8JsonWriter json, FieldRef field, Counted value)
    {
        if (field.Listed is { Type: FieldType.Text } text) json.Object("terms", t => Strings(t, EventFieldNames.Column(text), value.Spellings));
        else QueryDsl.Clause(json, FieldCounts.Having(field, value));
    }

    private static long[] Less(long[] all, List<HistogramSeries> series) => [.. all.Select((count, i) => count - series.Sum(one => one.Counts[i]))];

    private static long[] Sum(IEnumerable<HistogramSeries> series, int buckets) =>
        series.Aggregate(new long[buckets], (sums, one) => [.. sums.Select((sum, i) => sum + one.Counts[i])]);

    private static void Over(Utf8JsonWriter json, long start, long width) => json.Object("date_histogram", h =>
    {
        h.WriteString("field", EventFieldNames.Time);
        h.WriteString("fixed_interval", string.Create(CultureInfo.InvariantCulture, $"{width}ms"));
        h.WriteString("offset", string.Create(CultureInfo.InvariantCulture, $"{(start % width + width) % width}ms"));
        h.WriteNumber("min_doc_count", 1);
    });

    private static void Counting(Utf8JsonWriter json, SearchQuery query, DateTimeOffset? from, DateTimeOffset? to)
    {
        json.WriteNumber("size", 0);
        json.WriteBoolean("track_total_hits", true);
        QueryDsl.Write(json, query, from, to);
    }

    private static long[] Read(JsonElement aggregations, string name, long start, long width, int buckets, string count)
    {
        var counts = new long[buckets];
        if (aggregations.ValueKind != JsonValueKind.Object || !aggregations.TryGetProperty(name, out var histogram)) return counts;
        foreach (var bucket in histogram.GetProperty("buckets").EnumerateArray())
        {
            var at = (bucket.GetProperty("key").GetInt64() - start) / width;
            var value = bucket.GetProperty(count);
            counts[at] += value.ValueKind == JsonValueKind.Object ? (long)value.GetProperty("value").GetDouble() : value.GetInt64();
        }

        return counts;
    }

    internal static void Source(Utf8JsonWriter json, IEnumerable<string> members) => Strings(json, "_source", members);

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static long? Number(JsonElement aggregations, string name) =>
        aggregations.GetProperty(name).GetProperty("value") is { ValueKind: JsonValueKind.Number } value ? (long)value.GetDouble() : null;

    private static SearchCursor PlaceOf(List<StoredEvent> events) => new(events[^1].OccurredAt.ToUnixTimeMilliseconds(), events[^1].Key);

    private static string? CutOf(JsonElement answer) => answer.TryGetProperty("timed_out", out var late) && late.GetBoolean() ? Late : null;
}
