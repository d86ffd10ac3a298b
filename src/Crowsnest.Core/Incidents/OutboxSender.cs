using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>What a round of sending did.</summary>
/// <param name="Sent">Messages that arrived.</param>
/// <param name="Failed">Messages that were given up or refused.</param>
/// <param name="Waiting">Messages that will be tried again.</param>
/// <param name="LastError">What went wrong last, or empty.</param>
public sealed record SendReport(int Sent = 0, int Failed = 0, int Waiting = 0, string LastError = "");

/// <summary>Sends what is in the outbox. A message is recorded as sent after it was: a crash between the two repeats it, with its id.</summary>
/// <param name="store">Where the outbox is.</param>
/// <param name="receivers">Each receiver's integrations, in the order in which the tick counted them.</param>
/// <param name="maxAge">A message that waits longer is given up.</param>
/// <param name="time">Our clock.</param>
/// <param name="jitter">0 to 1, evenly: attempts of many messages must not meet.</param>
public sealed class OutboxSender(
    IIncidentStore store, IReadOnlyDictionary<string, ImmutableArray<INotifier>> receivers, TimeSpan maxAge, TimeProvider time, Func<double> jitter)
{
    private const int EntriesARound = 100;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);
    private static readonly Delivery NoReceiver = Delivery.Refused("The configuration has no such receiver any more.");

    /// <summary>Sends everything that is due now; integrations side by side, the messages of one in turn.</summary>
    /// <exception cref="OperationCanceledException">No further send was begun; what was under way may be sent again.</exception>
    public async ValueTask<SendReport> SendDueAsync(CancellationToken cancellationToken)
    {
        var total = new SendReport();
        while (await store.LeadAsync(cancellationToken).ConfigureAwait(false))
        {
            var due = await store.DueOutboxAsync(time.GetUtcNow(), EntriesARound, cancellationToken).ConfigureAwait(false);
            var lanes = due.GroupBy(e => (e.Notification.Receiver, e.Integration)).Select(lane => LaneAsync([.. lane], cancellationToken));
            foreach (var report in await Task.WhenAll(lanes).ConfigureAwait(false))
            {
                total = new SendReport(
                    total.Sent + report.Sent, total.Failed + report.Failed, total.Waiting + report.Waiting, report.LastError.Length > 0 ? report.LastError : total.LastError);
            }

            if (due.Count < EntriesARound) return total;
        }

        return total;
    }

    private async Task<SendReport> LaneAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        var report = new SendReport();
        OutboxEntry? away = null;
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (away is not null)
            {
                // A target that is away is not asked once for each message that waits for it: the others would wait for all of that.
                await store.RecordAsync(entry with { DueAt = away.DueAt, LastError = away.LastError }, CancellationToken.None).ConfigureAwait(false);
                report = report with { Waiting = report.Waiting + 1 };
                continue;
            }

            // Asked right before: whoever was paused and lost its turn meanwhile begins no further send.
            if (!await store.LeadAsync(cancellationToken).ConfigureAwait(false)) return report;
            var attempted = entry with { Reference = await EarlierAsync(entry, cancellationToken).ConfigureAwait(false) };
            var after = After(attempted, await AttemptAsync(attempted, cancellationToken).ConfigureAwait(false));

            // Not cancelled: what has left must be known to have left.
            await store.RecordAsync(after, CancellationToken.None).ConfigureAwait(false);
            if (after.State == OutboxState.Waiting) away = after;
            var error = after.LastError.Length > 0 ? $"{entry.Notification.Receiver} ({entry.Kind}): {after.LastError}" : report.LastError;
            report = after.State switch
            {
                OutboxState.Sent => report with { Sent = report.Sent + 1 },
                OutboxState.Failed => report with { Failed = report.Failed + 1, LastError = error },
                _ => report with { Waiting = report.Waiting + 1, LastError = error },
            };
        }

        return report;
    }

    private ValueTask<Delivery> AttemptAsync(OutboxEntry entry, CancellationToken cancellationToken) => NotifierOf(entry) switch
    {
        null => ValueTask.FromResult(NoReceiver),
        IEditingNotifier editing when entry.Reference.Length > 0 => editing.EditAsync(entry.Notification, entry.Reference, cancellationToken),
        var notifier => notifier.SendAsync(entry.Notification, cancellationToken),
    };

    private INotifier? NotifierOf(OutboxEntry entry)
    {
        var integrations = receivers.GetValueOrDefault(entry.Notification.Receiver, []);
        return entry.Integration < integrations.Length && integrations[entry.Integration] is var notifier && notifier.Kind == entry.Kind ? notifier : null;
    }

    // What the group's messages so far made there. One that said that all is over stays as it is: what begins after it is told by a message of its own.
    private async ValueTask<string> EarlierAsync(OutboxEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Notification.PreviousId.Length == 0 || NotifierOf(entry) is not IEditingNotifier) return "";
        var earlier = await store.MessageAsync(OutboxEntry.IdOf(entry.Notification.PreviousId, entry.Integration), cancellationToken).ConfigureAwait(false);
        return earlier is null || earlier.Kind != entry.Kind || earlier is { State: OutboxState.Sent, Notification: { IsResolved: true, Truncated: 0 } } ? "" : earlier.Reference;
    }

    private OutboxEntry After(OutboxEntry entry, Delivery delivery)
    {
        var now = time.GetUtcNow();
        var tried = entry with { Attempts = entry.Attempts + 1, LastError = delivery.Reason, DueAt = now };
        if (delivery.Outcome == DeliveryOutcome.Sent) return tried with { State = OutboxState.Sent, Reference = delivery.Reference };
        if (delivery.Outcome == DeliveryOutcome.Refused) return tried with { State = OutboxState.Failed, Failure = delivery == NoReceiver ? SendFailure.NoReceiver : SendFailure.Refused };
        if (now - entry.Notification.At > maxAge) return tried with { State = OutboxState.Failed, Failure = SendFailure.GaveUp, LastError = $"Given up after {tried.Attempts} attempts: {delivery.Reason}" };

        // Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): anywhere from nothing to the whole wait.
        var longest = FirstWait * Math.Pow(2, Math.Min(entry.Attempts, 16));
        var wait = (longest < LongestWait ? longest : LongestWait) * jitter();
        return tried with { DueAt = now + (delivery.RetryAfter is { } asked && asked > wait ? asked : wait) };
    }
}
