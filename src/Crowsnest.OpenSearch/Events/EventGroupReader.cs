using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Events;

/// <summary>Groups hits by several fields: reads the fields' values of each hit, latest first, and counts here. The server has no aggregation that takes one value of many.</summary>
internal sealed class EventGroupReader(Func<Action<Utf8JsonWriter>, CancellationToken, Task<OpenSearchAnswer>> ask)
{
    private const int PageSize = 5_000;
    private const int HitsMax = 100_000;
    private const string Cut = "There are more than 100,000 hits; the oldest are not in the groups.";

    private static readonly Comparer<string> ByBytes = Comparer<string>.Create((x, y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)));

    /// <summary>The groups.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="get">Gives an event by its key.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<EventGroups> ReadAsync(GroupsRequest request, Func<EventKey, CancellationToken, ValueTask<StoredEvent?>> get, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        cancellationToken.ThrowIfCancellationRequested();
        var (start, end) = (request.From.ToUnixTimeMilliseconds(), request.To.ToUnixTimeMilliseconds());
        var width = Math.Max(1, (Math.Max(end, start + 1) - start + request.Buckets - 1) / request.Buckets);
        var groups = new Dictionary<string, Group>(StringComparer.Ordinal);
        var (total, cut) = (0L, (string?)null);
        JsonElement[]? after = null;
        while (true)
        {
            var answer = await ask(json => Page(json, request, after), cancellationToken).ConfigureAwait(false);
            var found = answer.Json.GetProperty("hits");
            var hits = found.GetProperty("hits");
            if (after is null && found.TryGetProperty("total", out var all)) total = all.GetProperty("value").GetInt64();
            foreach (var hit in hits.EnumerateArray()) Add(groups, hit, request, start, width);
            if (hits.GetArrayLength() < PageSize) break;
            if (groups.Values.Sum(group => (long)group.Times.Count) >= HitsMax)
            {
                cut = Cut;
                break;
            }

            after = [.. hits[hits.GetArrayLength() - 1].GetProperty("sort").EnumerateArray()];
        }

        var ordered = groups.OrderByDescending(group => group.Value.Times[0]).ThenBy(group => group.Key, StringComparer.Ordinal).Take(request.Limit).Select(group => group.Value).ToList();
        var list = new List<EventGroup>();
        foreach (var group in ordered)
        {
            var newest = list.Count < request.NewestMax ? await get(group.Newest, cancellationToken).ConfigureAwait(false) : null;
            var since = request.Gap is { } gap ? EventGroup.StartOfLatestRun(group.Times, gap) : group.Times[^1];
            list.Add(new EventGroup(group.Values, group.Times.Count, Moment(group.Times[^1]), Moment(since), Moment(group.Times[0]), group.Counts, newest));
        }

        return new EventGroups(Moment(start), width, total, list, Math.Max(0, groups.Count - request.Limit), cut);
    }

    private static void Add(Dictionary<string, Group> groups, JsonElement hit, GroupsRequest request, long start, long width)
    {
        hit.TryGetProperty("fields", out var fields);
        var values = new string[request.By.Count];
        for (var i = 0; i < values.Length; i++) values[i] = Smallest(fields, request.By[i]);
        var key = string.Join('\0', values.Select(NormalForm.Lower));
        var time = long.Parse(fields.GetProperty(EventFieldNames.Time)[0].GetString()!, CultureInfo.InvariantCulture);
        if (!groups.TryGetValue(key, out var group))
        {
            if (!EventKey.TryParse(hit.GetProperty("_id").GetString(), out var newest)) return;
            groups[key] = group = new Group(values, newest, new long[request.Buckets]);
        }

        group.Times.Add(time);
        group.Counts[(time - start) / width]++;
    }

    private static string Smallest(JsonElement fields, FieldRef field)
    {
        if (fields.ValueKind != JsonValueKind.Object) return "";
        if (field.Listed is { } listed) return Values(fields, EventFieldNames.Column(listed), field).MinBy(NormalForm.Lower, ByBytes) ?? "";
        var normal = Values(fields, EventFieldNames.Unlisted, field).Min(ByBytes) ?? "";
        return Values(fields, EventFieldNames.Spelled, field).FirstOrDefault(spelled => NormalForm.Lower(spelled) == normal, normal);
    }

    private static IEnumerable<string> Values(JsonElement fields, string member, FieldRef field)
    {
        if (!fields.TryGetProperty(member, out var values)) return [];
        var prefix = EventFieldNames.TermName(field) + "=";
        return values.EnumerateArray()
            .Where(value => field.Listed is not null || value.GetString()!.StartsWith(prefix, StringComparison.Ordinal))
            .Select(value => field.Listed?.Type == FieldType.Time ? Moment(long.Parse(value.GetString()!, CultureInfo.InvariantCulture)).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture) : FieldCounts.Shown(value, field));
    }

    private static void Page(Utf8JsonWriter json, GroupsRequest request, JsonElement[]? after)
    {
        json.WriteNumber("size", PageSize);
        json.WriteBoolean("track_total_hits", after is null);
        json.WriteBoolean("_source", false);
        QueryDsl.Write(json, request.Query, request.From, request.To);
        json.Objects("docvalue_fields", request.By.SelectMany(field => ColumnsOf(field).Select(column => (Column: column, IsTime: field.Listed?.Type == FieldType.Time))).Append((EventFieldNames.Time, true)).DistinctBy(one => one.Item1)
            .Select(one => (Action<Utf8JsonWriter>)(f =>
            {
                f.WriteString("field", one.Item1);
                if (one.Item2) f.WriteString("format", "epoch_millis");
            })));
        json.Objects("sort", new[] { (EventFieldNames.Time, "date"), (EventFieldNames.KeyTime, "long"), (EventFieldNames.KeyHash, "keyword") }.Select(one => (Action<Utf8JsonWriter>)(sort => sort.Object(one.Item1, s =>
        {
            s.WriteString("order", "desc");
            s.WriteString("unmapped_type", one.Item2);
        }))));
        if (after is null) return;
        json.WriteStartArray("search_after");
        foreach (var value in after) value.WriteTo(json);
        json.WriteEndArray();
    }

    private static string[] ColumnsOf(FieldRef field) => field.Listed is { } listed ? [EventFieldNames.Column(listed)] : [EventFieldNames.Unlisted, EventFieldNames.Spelled];

    private static DateTimeOffset Moment(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    // Times latest first, as they come.
    private sealed record Group(string[] Values, EventKey Newest, long[] Counts)
    {
        public List<long> Times { get; } = [];
    }
}
