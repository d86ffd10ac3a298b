using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Shared;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>Incidents, groups and the outbox, written by the holder of the lease alone.</summary>
/// <remarks>
/// Documents have the pass's number as their version, so that a holder that was paused while it carried out its journal undoes nothing of what came later.
/// </remarks>
internal sealed class OpenSearchIncidentStore(
    Documents documents, BulkWriter bulk, OpenSearchFirings firings, Places places, IndexNames names, string worker, TimeProvider clock)
    : SharedIncidentStore(new TellingLease(new OpenSearchLease(documents, names), worker, clock))
{
    private static readonly string[] Waiting = ["groups", "incidents", "outbox"];

    private readonly OpenSearchStoredIncidents _stored = new(documents, firings, names);

    public override async ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return await documents.CountAsync<DateTimeOffset?>(
            string.Join(',', names.Firings, names.Groups, names.Incidents, names.Outbox),
            json => json.Object("aggs", aggs =>
            {
                aggs.Object("firings", a => a.Object("filter", f => f.Object("term", t => t.WriteBoolean("pending", true))));
                aggs.Object("groups", a => Earliest(a, "dueAt", f => f.Object("exists", e => e.WriteString("field", "messages"))));
                aggs.Object("incidents", a => Earliest(a, "expiresAt", OpenSearchStoredIncidents.Open));
                aggs.Object("outbox", a => Earliest(a, "dueAt", f => f.Object("term", t => t.WriteString("state", nameof(OutboxState.Waiting)))));
            }),
            answer =>
            {
                var found = answer.GetProperty("aggregations");
                if (found.GetProperty("firings").GetProperty("doc_count").GetInt64() > 0) return DateTimeOffset.UnixEpoch;
                var due = Waiting.Select(name => found.GetProperty(name).GetProperty("due").GetProperty("value"))
                    .Where(value => value.ValueKind == JsonValueKind.Number).Select(value => (long)value.GetDouble()).ToList();
                return due.Count == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(due.Min());
            },
            cancellationToken).ConfigureAwait(false);
    }

    public override async ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await documents.RefreshAsync([names.Outbox], cancellationToken).ConfigureAwait(false);
        var found = await documents.SearchAsync(names.Outbox, limit, json =>
        {
            json.Object("query", q => q.Object("bool", b => b.Objects("filter",
                f => f.Object("term", t => t.WriteString("state", nameof(OutboxState.Waiting))),
                f => f.Object("range", r => r.Object("dueAt", at => at.WriteNumber("lte", now.ToUnixTimeMilliseconds()))))));
            json.Objects("sort", s => s.WriteString("dueAt", "asc"), s => s.WriteString("place", "asc"));
        }, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(d => IncidentDocument.ReadOutboxEntry(d.Inner))];
    }

    public override async ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Outbox], cancellationToken).ConfigureAwait(false);
        var found = await documents.SearchAsync(names.Outbox, limit, json =>
        {
            json.Object("query", q => q.Object("range", r => r.Object("place", p => p.WriteNumber("lt", before ?? long.MaxValue))));
            json.Objects("sort", s => s.WriteString("place", "desc"));
        }, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(d => (d.Number("place"), IncidentDocument.ReadOutboxEntry(d.Inner)))];
    }

    public override async ValueTask<OutboxEntry?> MessageAsync(string id, CancellationToken cancellationToken) =>
        await documents.GetAsync(names.Outbox, Documents.IdOf(id), cancellationToken).ConfigureAwait(false) is { } found ? IncidentDocument.ReadOutboxEntry(found.Inner) : null;

    public override async ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken, IncidentPlace? after = null)
    {
        await documents.RefreshAsync([names.Incidents], cancellationToken).ConfigureAwait(false);
        var found = await documents.SearchAsync(names.Incidents, limit, json =>
        {
            json.Object("query", q => q.Object("bool", b => b.Objects("must_not", OpenSearchStoredIncidents.Removed)));
            json.Objects("sort", s => s.WriteString("lastAt", "desc"), s => s.WriteString("id", "asc"));
            if (after is not { } place) return;
            json.WriteStartArray("search_after");
            json.WriteNumberValue(place.LastAt);
            json.WriteStringValue(Documents.IdOf(place.Id));
            json.WriteEndArray();
        }, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(d => IncidentDocument.ReadIncident(d.Inner))];
    }

    public override async ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await documents.RefreshAsync([names.Incidents, names.Outbox], cancellationToken).ConfigureAwait(false);
        var sums = await LeaseAsync(cancellationToken).ConfigureAwait(false);
        return await documents.CountAsync(
            $"{names.Incidents},{names.Outbox}",
            json => json.Object("aggs", aggs =>
            {
                aggs.Object("firing", a => a.Object("filter", f => f.Object("term", t => t.WriteString("state", nameof(IncidentState.Firing)))));
                aggs.Object("expired", a => a.Object("filter", f => f.Object("term", t => t.WriteString("state", nameof(IncidentState.Expired)))));
                aggs.Object("receivers", a =>
                {
                    Terms(a, "receiver");
                    a.Object("aggs", inner => inner.Object("states", s => Terms(s, "state")));
                });
            }),
            answer =>
            {
                var found = answer.GetProperty("aggregations");
                var outbox = new Dictionary<(string, OutboxState), long>();
                foreach (var receiver in found.GetProperty("receivers").GetProperty("buckets").EnumerateArray())
                {
                    foreach (var state in receiver.GetProperty("states").GetProperty("buckets").EnumerateArray())
                        outbox[(receiver.GetProperty("key").GetString()!, Enum.Parse<OutboxState>(state.GetProperty("key").GetString()!))] = state.GetProperty("doc_count").GetInt64();
                }

                return new TellingCounts(found.GetProperty("firing").GetProperty("doc_count").GetInt64(), found.GetProperty("expired").GetProperty("doc_count").GetInt64(), outbox) { Done = sums.Done, TooOld = sums.TooOld };
            },
            cancellationToken).ConfigureAwait(false);
    }

    protected override async ValueTask<IStoredIncidents> StoredAsync(CancellationToken cancellationToken)
    {
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return _stored;
    }

    protected override async Task CommitAsync(PassChanges changes)
    {
        var (writes, now) = (new PassWrites(), clock.GetUtcNow());
        foreach (var (id, (incident, isRemoved)) in changes.Incidents)
            writes.Put(names.Incidents, Documents.IdOf(id), json => IncidentRows.Write(json, incident, isRemoved, now));
        foreach (var (key, (group, isRemoved)) in changes.Groups) writes.Put(names.Groups, Documents.IdOf(key), json => IncidentRows.Write(json, group, isRemoved));
        foreach (var (id, (silence, isRemoved)) in changes.Silences) writes.Put(names.Silences, Documents.IdOf(id), json => IncidentRows.Write(json, silence, isRemoved));
        var there = await documents.GetAsync(names.Outbox, [.. changes.Messages.Keys.Select(Documents.IdOf)], CancellationToken.None).ConfigureAwait(false);
        foreach (var entry in changes.Messages.Values.Where(entry => there.All(d => d.Id != Documents.IdOf(entry.Id))))
        {
            var place = places.Next();
            writes.Put(names.Outbox, Documents.IdOf(entry.Id), json => IncidentRows.Write(json, entry, place));
        }

        foreach (var (firing, assigned) in changes.Assigned) writes.Assigned[firing] = assigned;
        await WriteAsync(State with { TooOld = State.TooOld + changes.TooOld }, writes.Pack()).ConfigureAwait(false);
    }

    protected override async Task RecordWithinAsync(OutboxEntry entry)
    {
        if (await documents.GetAsync(names.Outbox, Documents.IdOf(entry.Id), CancellationToken.None).ConfigureAwait(false) is not { } known) return;
        var isDone = entry.Counts && known.Text("state") == nameof(OutboxState.Waiting);
        var writes = new PassWrites();
        writes.Put(names.Outbox, known.Id, json => IncidentRows.Write(json, entry, known.Number("place")));
        await WriteAsync(isDone ? State.WithDone(entry.Notification.Receiver, entry.Failure) : State, writes.Pack()).ConfigureAwait(false);
    }

    protected override Task ApplyAsync(LeaseState state) => PassWrites.Unpack(state.Journal).ApplyAsync(bulk, firings, state.Pass, CancellationToken.None);

    private Task RefreshAsync(CancellationToken cancellationToken) => documents.RefreshAsync([names.Firings, names.Groups, names.Incidents, names.Outbox, names.Silences], cancellationToken);

    private static void Earliest(Utf8JsonWriter json, string field, Action<Utf8JsonWriter> filter)
    {
        json.Object("filter", filter);
        json.Object("aggs", aggs => aggs.Object("due", due => due.Object("min", min => min.WriteString("field", field))));
    }

    private static void Terms(Utf8JsonWriter json, string field) => json.Object("terms", t =>
    {
        t.WriteString("field", field);
        t.WriteNumber("size", 1_000);
    });
}
