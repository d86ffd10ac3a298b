using System.Globalization;
using System.Net;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.OpenSearch.Events;
using Crowsnest.OpenSearch.Http;
using Crowsnest.OpenSearch.Incidents;

namespace Crowsnest.OpenSearch;

/// <summary>Lets go of what is older than it is kept: whole indices of events; of the small indices, what is over.</summary>
internal sealed class OpenSearchRetention(
    OpenSearchClient client, Documents documents, OpenSearchQuarantine quarantine, Ledger ledger, Places numbers, EventPlaces places, IndexNames names)
{
    /// <summary>Drops what is old.</summary>
    public async Task<Dropped> DropAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (events, left) = await DropDaysAsync(retention, now, cancellationToken).ConfigureAwait(false);
        var dropped = new Dropped(
            retention.Events is { } archived ? await DropArchivedAsync(now - archived, cancellationToken).ConfigureAwait(false) : 0,
            await quarantine.DropAsync(retention, now, cancellationToken).ConfigureAwait(false),
            retention.Events is { } kept ? await DropStatesAsync(now - kept, left, cancellationToken).ConfigureAwait(false) : 0,
            await DropIncidentsAsync(now - retention.Incidents, now - Retention.SyntheticIncidents, cancellationToken).ConfigureAwait(false));
        await ledger.NoteDropAsync(numbers.Next().ToString(CultureInfo.InvariantCulture), dropped, cancellationToken).ConfigureAwait(false);
        return dropped + new Dropped(events, 0, 0, 0);
    }

    private async Task<(long Events, IReadOnlyCollection<EventDay> Left)> DropDaysAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var days = await DaysAsync(cancellationToken).ConfigureAwait(false);
        var left = new Queue<EventDay>(days.OrderBy(day => day.Leaves).ThenBy(day => day.Day));
        var bytes = days.Sum(day => day.Bytes);
        var dropped = 0L;
        while (left.TryPeek(out var oldest)
            && ((retention.Events is { } kept && oldest.Leaves < now - kept) || (left.Count > 1 && bytes > retention.SizeBytes)))
        {
            // What leaves is noted under the index's own name first: a crash between the two counts it once all the same.
            await ledger.NoteDropAsync($"{oldest.Index}-{oldest.Uuid}", new Dropped(oldest.Events, 0, 0, 0), cancellationToken).ConfigureAwait(false);
            await client.SendAsync(HttpMethod.Delete, oldest.Index, default, cancellationToken, isLines: false, HttpStatusCode.NotFound).ConfigureAwait(false);
            left.Dequeue();
            bytes -= oldest.Bytes;
            dropped += oldest.Events;
        }

        places.Know(left.Select(day => day.Index));
        return (dropped, left);
    }

    // The archive has all times in one index, so what is old in it leaves document by document; little ever comes there.
    private Task<long> DropArchivedAsync(DateTimeOffset before, CancellationToken cancellationToken) =>
        documents.DeleteWhereAsync(names.Archive, json => json.Object("bool", b => b.Objects("filter",
            f => Before(f, EventFieldNames.WrittenAt, before), f => Before(f, EventFieldNames.KeyTime, before))), cancellationToken);

    private async Task<long> DropStatesAsync(DateTimeOffset before, IReadOnlyCollection<EventDay> days, CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.States], cancellationToken).ConfigureAwait(false);
        return await documents.DeleteWhereAsync(names.States, json => json.Object("bool", b =>
        {
            // No event says that a service was deleted.
            b.Objects("should", s => s.Object("term", t => t.WriteBoolean("stopped", true)), s => s.Object("term", t => t.WriteString("type", "service")), s => s.Object("term", t => t.WriteString("type", "tags")));
            b.WriteNumber("minimum_should_match", 1);
            b.Objects("filter", f => Before(f, "keyTime", before));
            b.Objects("must_not", days.Where(day => day.Day < before).Select(day => (Action<Utf8JsonWriter>)(m => m.Object("range", r => r.Object("keyTime", k =>
            {
                k.WriteNumber("gte", day.Day.ToUnixTimeMilliseconds());
                k.WriteNumber("lt", EventPlaces.EndOf(day.Day).ToUnixTimeMilliseconds());
            })))));
        }), cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> DropIncidentsAsync(DateTimeOffset before, DateTimeOffset syntheticBefore, CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Incidents, names.Outbox, names.Firings, names.Groups, names.Silences], cancellationToken).ConfigureAwait(false);
        var dropped = 0L;
        while (true)
        {
            var over = await documents.SearchAsync(names.Incidents, 1_000, json => json.Object("query", q => q.Object("bool", b =>
            {
                b.Objects(
                    "should",
                    s => s.Object("bool", late => late.Objects("filter", f => Before(f, "writtenAt", before))),
                    s => s.Object("bool", tried => tried.Objects("filter", f => Before(f, "writtenAt", syntheticBefore), f => f.Object("term", t => t.WriteString("state", nameof(IncidentState.Synthetic))))));
                b.WriteNumber("minimum_should_match", 1);
                b.Objects("must_not", OpenSearchStoredIncidents.Open);
            })), cancellationToken).ConfigureAwait(false);
            if (over.Count == 0) break;
            await documents.DeleteWhereAsync(names.Firings, json => json.Object("bool", b => b.Objects("filter",
                f => f.Object("term", t => t.WriteBoolean("pending", false)),
                f => f.Object("terms", t => Strings(t, "incident", over.Select(d => d.Text("id")!))))), cancellationToken).ConfigureAwait(false);
            await documents.DeleteWhereAsync(names.Incidents, json => json.Object("ids", i => Strings(i, "values", over.Select(d => d.Id))), cancellationToken).ConfigureAwait(false);
            dropped += over.Count(d => !d.Is("removed"));
        }

        await documents.DeleteWhereAsync(names.Outbox, json => json.Object("bool", b =>
        {
            b.Objects("filter", f => Before(f, "dueAt", before));
            b.Objects("must_not", m => m.Object("term", t => t.WriteString("state", nameof(OutboxState.Waiting))));
        }), cancellationToken).ConfigureAwait(false);
        await documents.DeleteWhereAsync(names.Groups, json => json.Object("bool", b => b.Objects("filter",
            f => Before(f, "dueAt", before), f => f.Object("term", t => t.WriteBoolean("removed", true)))), cancellationToken).ConfigureAwait(false);
        await documents.DeleteWhereAsync(names.Silences, json => json.Object("bool", b => b.Objects("filter",
            f => Before(f, "endsAt", before), f => f.Object("term", t => t.WriteBoolean("removed", true)))), cancellationToken).ConfigureAwait(false);
        return dropped;
    }

    // https://docs.opensearch.org/docs/latest/api-reference/cat/cat-indices/
    private async Task<List<EventDay>> DaysAsync(CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Events], cancellationToken).ConfigureAwait(false);
        var listed = await client.SendAsync(
            HttpMethod.Get, $"_cat/indices/{names.Events}?format=json&bytes=b&h=index,uuid,docs.count,pri.store.size&expand_wildcards=open", default, cancellationToken).ConfigureAwait(false);
        var written = await LastWrittenAsync(cancellationToken).ConfigureAwait(false);
        var days = new List<EventDay>();
        foreach (var index in listed.Json.EnumerateArray())
        {
            var name = index.GetProperty("index").GetString()!;
            if (names.DayOf(name) is not { } day) continue;
            var last = written.TryGetValue(name, out var at) ? DateTimeOffset.FromUnixTimeMilliseconds(at) : day;
            days.Add(new EventDay(name, index.GetProperty("uuid").GetString()!, day, EventPlaces.EndOf(day) > last ? EventPlaces.EndOf(day) : last, Number(index, "docs.count"), Number(index, "pri.store.size")));
        }

        return days;
    }

    private Task<Dictionary<string, long>> LastWrittenAsync(CancellationToken cancellationToken) => documents.CountAsync(
        names.Events,
        json => json.Object("aggs", aggs => aggs.Object("indices", a =>
        {
            a.Object("terms", t =>
            {
                t.WriteString("field", "_index");
                t.WriteNumber("size", 10_000);
            });
            a.Object("aggs", inner => inner.Object("last", l => l.Object("max", m => m.WriteString("field", EventFieldNames.WrittenAt))));
        })),
        answer => !answer.TryGetProperty("aggregations", out var found) ? [] : found.GetProperty("indices").GetProperty("buckets").EnumerateArray()
            .Where(bucket => bucket.GetProperty("last").GetProperty("value").ValueKind == JsonValueKind.Number)
            .ToDictionary(bucket => bucket.GetProperty("key").GetString()!, bucket => (long)bucket.GetProperty("last").GetProperty("value").GetDouble(), StringComparer.Ordinal),
        cancellationToken);

    private static void Before(Utf8JsonWriter json, string field, DateTimeOffset moment) =>
        json.Object("range", r => r.Object(field, f => f.WriteNumber("lt", moment.ToUnixTimeMilliseconds())));

    private static void Strings(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static long Number(JsonElement row, string name) =>
        row.TryGetProperty(name, out var value) && long.TryParse(value.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    /// <summary>A day's index: when it may leave is the later of the day's end and its last write.</summary>
    private sealed record EventDay(string Index, string Uuid, DateTimeOffset Day, DateTimeOffset Leaves, long Events, long Bytes);
}
