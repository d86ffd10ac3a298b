using System.Globalization;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Shared;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;

namespace Crowsnest.Aws.DynamoDb.Incidents;

/// <summary>Incidents, groups and the outbox, written by the holder of the lease alone.</summary>
/// <remarks>
/// A pass that fits is one transaction with the lease. One that does not is kept as a journal first, and carried out in transactions that each hold only while
/// the lease is that pass's, so that a holder that was paused undoes nothing of what came later.
/// </remarks>
internal sealed class DynamoIncidentStore(Table table, DynamoFirings firings, Places places, string worker, TimeProvider clock)
    : SharedIncidentStore(new TellingLease(new DynamoLease(table), worker, clock))
{
    private const int ListAtOnce = 1_000;

    // What giving a firing its incident takes at most (DynamoFirings.Assign).
    private const int WritesAFiring = 3;

    private readonly DynamoStoredIncidents _stored = new(table, firings);

    public override async ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (await firings.AnyPendingAsync(cancellationToken).ConfigureAwait(false)) return DateTimeOffset.UnixEpoch;
        long? due = null;
        foreach (var (partition, name) in ((string, string)[])[(IncidentItems.Groups, "dueAt"), (IncidentItems.Open, "expiresAt"), (IncidentItems.Waiting, "dueAt")])
        {
            foreach (var item in await _stored.SmallAsync(partition, static _ => true, cancellationToken).ConfigureAwait(false)) due = Math.Min(due ?? long.MaxValue, item.Number(name));
        }

        return due is { } at ? DateTimeOffset.FromUnixTimeMilliseconds(at) : null;
    }

    public override async ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var due = await _stored.SmallAsync(IncidentItems.Waiting, item => item.Number("dueAt") <= now.ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        var found = (await _stored.OwnersAsync(due.OrderBy(item => item.Number("dueAt")).ThenBy(item => item.Number("place")).Take(limit), "message", cancellationToken).ConfigureAwait(false))
            .Select(item => (Place: item.Number("place"), Entry: IncidentItems.Message(item)));
        return [.. found.OrderBy(one => one.Entry.DueAt.ToUnixTimeMilliseconds()).ThenBy(one => one.Place).Select(one => one.Entry)];
    }

    public override async ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken)
    {
        var found = await ListAsync(IncidentItems.Messages, before ?? long.MaxValue, limit, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(item => (item.Number("place"), IncidentItems.Message(item)))];
    }

    public override async ValueTask<OutboxEntry?> MessageAsync(string id, CancellationToken cancellationToken) =>
        await table.GetAsync(IncidentItems.OfMessage(id), cancellationToken).ConfigureAwait(false) is { } found ? IncidentItems.Message(found) : null;

    public override async ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken, IncidentPlace? after = null)
    {
        // The index knows no order among those of one time: all of the last one's time are read, and the first of them by their ids stay.
        var incidents = new List<Incident>();
        for (var more = Math.Clamp(limit + 1, 1, ListAtOnce); ; more *= 2)
        {
            var found = await ListAsync(IncidentItems.Incidents, after is { } place ? place.LastAt + 1 : long.MaxValue, more, cancellationToken).ConfigureAwait(false);
            incidents.Clear();
            incidents.AddRange(found.Select(IncidentItems.Incident).Where(incident => after?.IsBefore(incident) != false)
                .OrderByDescending(incident => incident.LastAt.ToUnixTimeMilliseconds()).ThenBy(incident => incident.Id, StringComparer.Ordinal));
            if (found.Count < more) return [.. incidents.Take(limit)];
            var isLastTimeWhole = incidents.Count > limit && incidents[limit - 1].LastAt.ToUnixTimeMilliseconds() > incidents[^1].LastAt.ToUnixTimeMilliseconds();
            if (isLastTimeWhole) return [.. incidents.Take(limit)];
        }
    }

    public override async ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var firing = await _stored.SmallAsync(IncidentItems.Open, static item => item.Text("state") != nameof(IncidentState.Pending), cancellationToken).ConfigureAwait(false);
        var expired = await _stored.SmallAsync(IncidentItems.Over, static item => item.Text("state") == nameof(IncidentState.Expired), cancellationToken).ConfigureAwait(false);
        var outbox = new Dictionary<(string, OutboxState), long>();
        foreach (var partition in (string[])[IncidentItems.Waiting, IncidentItems.Done])
        {
            foreach (var item in await _stored.SmallAsync(partition, static _ => true, cancellationToken).ConfigureAwait(false))
            {
                var of = (item.Text("receiver") ?? "", Enum.Parse<OutboxState>(item.Text("state")!));
                outbox[of] = outbox.GetValueOrDefault(of) + 1;
            }
        }

        var sums = await LeaseAsync(cancellationToken).ConfigureAwait(false);
        return new TellingCounts(firing.Count, expired.Count, outbox) { Done = sums.Done, TooOld = sums.TooOld };
    }

    /// <summary>Lets go of incidents that are over, with their firings, and of messages that are done, all written long ago; answers how many incidents.</summary>
    public async Task<long> DropAsync(DateTimeOffset before, DateTimeOffset syntheticBefore, CancellationToken cancellationToken)
    {
        var old = await _stored.SmallAsync(
            IncidentItems.Over,
            item => item.Number("writtenAt") < (item.Text("state") == nameof(IncidentState.Synthetic) && syntheticBefore > before ? syntheticBefore : before).ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        foreach (var small in old)
        {
            await firings.DropAsync(small.Key.Sort, cancellationToken).ConfigureAwait(false);
            if (await table.GetAsync(IncidentItems.Owner(small, "incident"), cancellationToken).ConfigureAwait(false) is not { } item) continue;
            var incident = IncidentItems.Incident(item);
            await table.DeleteAsync([item.Key, new ItemKey(IncidentItems.OfGroupKey(incident.GroupKey), small.Key.Sort), small.Key], cancellationToken).ConfigureAwait(false);
        }

        var done = await _stored.SmallAsync(IncidentItems.Done, item => item.Number("dueAt") < before.ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        await table.DeleteAsync(done.SelectMany(small => (ItemKey[])[IncidentItems.Owner(small, "message"), small.Key]), cancellationToken).ConfigureAwait(false);
        return old.Count;
    }

    protected override ValueTask<IStoredIncidents> StoredAsync(CancellationToken cancellationToken) => new(_stored);

    protected override async Task CommitAsync(PassChanges changes)
    {
        var now = clock.GetUtcNow();
        var there = (await table.GetAsync([.. changes.Messages.Keys.Select(IncidentItems.OfMessage)], CancellationToken.None).ConfigureAwait(false)).Select(item => item.Key).ToHashSet();
        List<TableWrite> writes =
        [
            .. changes.Incidents.Values.SelectMany(one => IncidentItems.Write(one.Incident, one.IsRemoved, now)),
            .. changes.Groups.Values.SelectMany(one => IncidentItems.Write(one.Group, one.IsRemoved)),
            .. changes.Silences.Values.Select(one => IncidentItems.Write(one.Silence, one.IsRemoved)),
            .. changes.Messages.Values.Where(entry => !there.Contains(IncidentItems.OfMessage(entry.Id))).SelectMany(entry => IncidentItems.Write(entry, places.Next())),
        ];
        var journal = new PassJournal(writes, changes.Assigned);
        var state = State with { TooOld = State.TooOld + changes.TooOld };
        if (1 + writes.Count + (WritesAFiring * changes.Assigned.Count) <= Table.TransactionMax)
        {
            await WriteAsync(state, "", (record, over, _) => TogetherAsync(record, over, journal)).ConfigureAwait(false);
            return;
        }

        var name = string.Create(CultureInfo.InvariantCulture, $"{worker}-{state.Epoch}-{state.Pass}");
        await WriteAsync(state, await journal.SaveAsync(table, name, now, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false);
    }

    protected override async Task RecordWithinAsync(OutboxEntry entry)
    {
        if (await table.GetAsync(IncidentItems.OfMessage(entry.Id), CancellationToken.None).ConfigureAwait(false) is not { } known) return;
        var isDone = entry.Counts && known.Text("state") == nameof(OutboxState.Waiting);
        var journal = new PassJournal([.. IncidentItems.Write(entry, known.Number("place"))], new Dictionary<string, (string, int)>());
        await WriteAsync(
            isDone ? State.WithDone(entry.Notification.Receiver, entry.Failure) : State, "", (record, over, _) => TogetherAsync(record, over, journal)).ConfigureAwait(false);
    }

    protected override async Task ApplyAsync(LeaseState state)
    {
        if (state.Journal.Length == 0) return;
        var journal = await PassJournal.ReadAsync(table, state.Journal, CancellationToken.None).ConfigureAwait(false);
        foreach (var some in journal.Writes.Chunk(Table.TransactionMax - 1))
        {
            if (await table.WriteTogetherAsync([DynamoLease.Check(state), .. some], CancellationToken.None).ConfigureAwait(false) is not []) throw Taken();
        }

        foreach (var some in journal.Assigned.Chunk((Table.TransactionMax - 1) / WritesAFiring))
            if (!await AssignAsync(DynamoLease.Check(state), some.ToDictionary(StringComparer.Ordinal), []).ConfigureAwait(false)) throw Taken();
    }

    private async Task<string?> TogetherAsync(LeaseRecord record, string? over, PassJournal journal)
    {
        var mark = DynamoLease.NewMark();
        return await AssignAsync(DynamoLease.Write(record, over, mark), journal.Assigned, journal.Writes).ConfigureAwait(false) ? mark : null;
    }

    // Together with the lease; false when the lease is another's. A firing that became better meanwhile is read again, and goes on waiting.
    private async Task<bool> AssignAsync(TableWrite lease, IReadOnlyDictionary<string, (string Incident, int Rank)> assigned, IReadOnlyList<TableWrite> writes)
    {
        while (true)
        {
            var there = await firings.GetAsync(assigned.Keys, CancellationToken.None).ConfigureAwait(false);
            var failed = await table.WriteTogetherAsync(
                [lease, .. assigned.Where(one => there.ContainsKey(one.Key)).SelectMany(one => DynamoFirings.Assign(there[one.Key], one.Value.Incident, one.Value.Rank)), .. writes],
                CancellationToken.None).ConfigureAwait(false);
            if (failed.Count == 0) return true;
            if (failed.Contains(0)) return false;
        }
    }

    // The index is behind by a moment: what it lists and is gone is passed over.
    private async Task<List<Item>> ListAsync(string listed, long before, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var found = new List<Item>();
        if (limit <= 0) return found;
        await foreach (var item in table.ListAsync(listed, long.MinValue, before, cancellationToken, descending: true, page: limit).ConfigureAwait(false))
        {
            found.Add(item);
            if (found.Count == limit) break;
        }

        return found;
    }

    private static StoreException Taken() => new("Another process tells now, and carries out what this one had decided.", "", isTransient: true);
}
