namespace Crowsnest.Core.Incidents;

/// <summary>Joins the messages of a flood to one, within the outbox.</summary>
/// <remarks>
/// The summary is in the outbox, with the ids of what it joins, before any of these is recorded as joined; and it stands before them in the queue. So after a
/// crash between the two it is met first, and takes the rest of its own with it: none is lost, and none is sent by itself as well.
/// </remarks>
/// <param name="store">Where the outbox is.</param>
internal sealed class Joining(IIncidentStore store)
{
    // Summaries of which everything that they join is known to be recorded; of one from before a restart it is looked up once.
    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Records what the summaries among these join; answers what is left to be sent.</summary>
    public async ValueTask<IReadOnlyList<OutboxEntry>> SettleAsync(IReadOnlyList<OutboxEntry> due, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var taken = new HashSet<string>(StringComparer.Ordinal);
        foreach (var summary in due.Where(entry => !entry.Joins.IsEmpty && !IsSettled(entry.Id)))
        {
            var joined = new List<OutboxEntry>();
            foreach (var id in summary.Joins)
            {
                if (await store.MessageAsync(id, cancellationToken).ConfigureAwait(false) is not { State: OutboxState.Waiting } waiting) continue;
                joined.Add(Joined(waiting, summary, now));
                taken.Add(id);
            }

            if (joined.Count > 0) await store.RecordAsync(joined, CancellationToken.None).ConfigureAwait(false);
            Settled(summary.Id);
        }

        return taken.Count == 0 ? due : [.. due.Where(entry => !taken.Contains(entry.Id))];
    }

    /// <summary>Where too many of one integration's messages wait, joins them to one; answers what is to be sent instead.</summary>
    public async ValueTask<IReadOnlyList<OutboxEntry>> JoinAsync(IReadOnlyList<OutboxEntry> lane, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What tries the way is waited for by itself.
        List<OutboxEntry> plain = [.. lane.Where(entry => entry.Joins.IsEmpty && !entry.Notification.GroupLabels.ContainsKey("synthetic"))];
        if (plain.Count <= FloodSummary.WaitingMax) return lane;
        var summary = FloodSummary.Of(plain, now);
        var pass = await store.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (pass.ConfigureAwait(false))
        {
            pass.Enqueue(summary);
            await pass.CommitAsync(cancellationToken).ConfigureAwait(false);
        }

        await store.RecordAsync([.. plain.Select(entry => Joined(entry, summary, now))], CancellationToken.None).ConfigureAwait(false);
        Settled(summary.Id);
        return [.. lane.Except(plain), summary];
    }

    private static OutboxEntry Joined(OutboxEntry entry, OutboxEntry summary, DateTimeOffset now) =>
        entry with { State = OutboxState.Joined, ToldBy = summary.Notification.NotificationId, DueAt = now, LastError = "" };

    private bool IsSettled(string id)
    {
        lock (_gate) return _settled.Contains(id);
    }

    private void Settled(string id)
    {
        lock (_gate) _settled.Add(id);
    }
}
