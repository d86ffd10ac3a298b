using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>Incidents, groups and the outbox, written by the holder of the lease alone.</summary>
/// <remarks>
/// A pass first writes its journal into the lease's document, in one write that succeeds only while the lease is ours, and then carries it out; whoever has
/// the lease next carries it out again before anything else. Documents have the pass's number as their version, so that a holder that was paused in the
/// middle undoes nothing of what came later.
/// </remarks>
internal sealed class OpenSearchIncidentStore(
    Documents documents, BulkWriter bulk, OpenSearchFirings firings, Places places, IndexNames names, Lease lease, TimeProvider clock) : IIncidentStore, IAsyncDisposable
{
    private static readonly string[] Waiting = ["groups", "incidents", "outbox"];

    private readonly SemaphoreSlim _gate = new(1, 1);

    // A journal that was written and not carried out to its end.
    private bool _isUnfinished;
    private bool _isDisposed;

    /// <summary>Called once the journal of a pass is written and before it is carried out: where a test ends the process.</summary>
    public Action<string>? Reached { get; set; }

    public async ValueTask<bool> LeadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await LeadWithinAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await RefreshAsync(cancellationToken).ConfigureAwait(false);
        return await documents.CountAsync<DateTimeOffset?>(
            string.Join(',', names.Firings, names.Groups, names.Incidents, names.Outbox),
            json => json.Object("aggs", aggs =>
            {
                aggs.Object("firings", a => a.Object("filter", f => f.Object("term", t => t.WriteBoolean("pending", true))));
                aggs.Object("groups", a => Earliest(a, "dueAt", f => f.Object("exists", e => e.WriteString("field", "messages"))));
                aggs.Object("incidents", a => Earliest(a, "expiresAt", f => f.Object("term", t => t.WriteString("state", nameof(IncidentState.Firing)))));
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

    public async ValueTask<IIncidentPass> BeginAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await MustLeadAsync(cancellationToken).ConfigureAwait(false);
            await RefreshAsync(cancellationToken).ConfigureAwait(false);
            return new OpenSearchIncidentPass(documents, firings, places, names, clock.GetUtcNow(), (writes, tooOld, cancel) => WriteAsync(writes, lease.State with { TooOld = lease.State.TooOld + tooOld }, cancel), () => _gate.Release());
        }
        catch
        {
            _gate.Release();
            throw;
        }
    }

    public async ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
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

    public async ValueTask RecordAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entry);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await MustLeadAsync(CancellationToken.None).ConfigureAwait(false);
            if (await documents.GetAsync(names.Outbox, Documents.IdOf(entry.Id), CancellationToken.None).ConfigureAwait(false) is not { } known) return;
            var done = new Dictionary<(string, SendFailure), long>(lease.State.Done);
            if (entry.State != OutboxState.Waiting && known.Text("state") == nameof(OutboxState.Waiting))
                done[(entry.Notification.Receiver, entry.Failure)] = done.GetValueOrDefault((entry.Notification.Receiver, entry.Failure)) + 1;
            var writes = new PassWrites();
            writes.Put(names.Outbox, known.Id, json => IncidentRows.Write(json, entry, known.Number("place")));
            await WriteAsync(writes, lease.State with { Done = done }, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Outbox], cancellationToken).ConfigureAwait(false);
        var found = await documents.SearchAsync(names.Outbox, limit, json =>
        {
            json.Object("query", q => q.Object("range", r => r.Object("place", p => p.WriteNumber("lt", before ?? long.MaxValue))));
            json.Objects("sort", s => s.WriteString("place", "desc"));
        }, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(d => (d.Number("place"), IncidentDocument.ReadOutboxEntry(d.Inner)))];
    }

    public async ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken)
    {
        await documents.RefreshAsync([names.Incidents], cancellationToken).ConfigureAwait(false);
        var found = await documents.SearchAsync(names.Incidents, limit, json =>
        {
            json.Object("query", q => q.Object("bool", b => b.Objects("must_not", OpenSearchIncidentPass.Removed)));
            json.Objects("sort", s => s.WriteString("lastAt", "desc"), s => s.WriteString("id", "asc"));
        }, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(d => IncidentDocument.ReadIncident(d.Inner))];
    }

    public async ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await documents.RefreshAsync([names.Incidents, names.Outbox], cancellationToken).ConfigureAwait(false);
        var ledger = await documents.GetAsync(names.Ledger, "lease", cancellationToken).ConfigureAwait(false) is { } document ? LeaseState.Read(document) : LeaseState.Empty;
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

                return new TellingCounts(found.GetProperty("firing").GetProperty("doc_count").GetInt64(), found.GetProperty("expired").GetProperty("doc_count").GetInt64(), outbox) { Done = ledger.Done, TooOld = ledger.TooOld };
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives the lease away until this process asks for it again.</summary>
    public async ValueTask YieldAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await lease.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives the lease away; what waits, waits for the next.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await lease.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // The server is away: others wait until the lease has run out.
        }

        _gate.Dispose();
    }

    private async Task MustLeadAsync(CancellationToken cancellationToken)
    {
        if (!await LeadWithinAsync(cancellationToken).ConfigureAwait(false))
            throw new StoreException("Another process that shares this store tells.", "It takes over by itself when that one has stopped.", isTransient: true);
    }

    private async Task<bool> LeadWithinAsync(CancellationToken cancellationToken)
    {
        if (!await lease.TryTakeAsync(cancellationToken).ConfigureAwait(false)) return false;
        if (!_isUnfinished && !lease.IsFresh) return true;
        await PassWrites.Unpack(lease.State.Journal).ApplyAsync(bulk, firings, lease.State.Pass, cancellationToken).ConfigureAwait(false);
        lease.Done();
        _isUnfinished = false;
        return true;
    }

    private async Task WriteAsync(PassWrites writes, LeaseState state, CancellationToken cancellationToken)
    {
        if (writes.IsEmpty && state == lease.State) return;
        await lease.CommitAsync(state with { Pass = state.Pass + 1, Journal = writes.Pack() }, cancellationToken).ConfigureAwait(false);
        _isUnfinished = true;
        Reached?.Invoke("journal");
        await writes.ApplyAsync(bulk, firings, lease.State.Pass, cancellationToken).ConfigureAwait(false);
        _isUnfinished = false;
    }

    private Task RefreshAsync(CancellationToken cancellationToken) => documents.RefreshAsync([names.Firings, names.Groups, names.Incidents, names.Outbox], cancellationToken);

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
