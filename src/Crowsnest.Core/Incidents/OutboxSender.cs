using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;

namespace Crowsnest.Core.Incidents;

/// <summary>What a round of sending did.</summary>
/// <param name="Sent">Messages that arrived.</param>
/// <param name="Failed">Messages that were given up or refused.</param>
/// <param name="Waiting">Messages that will be tried again.</param>
/// <param name="LastError">What went wrong last, or empty.</param>
public sealed record SendReport(int Sent = 0, int Failed = 0, int Waiting = 0, string LastError = "")
{
    /// <summary>Messages that are told within another.</summary>
    public int Joined { get; init; }

    /// <summary>Of those that failed, the ones that a fallback is told of.</summary>
    public int PassedOn { get; init; }

    /// <summary>Both; of two errors the other's.</summary>
    internal SendReport And(SendReport other) => new(
        Sent + other.Sent, Failed + other.Failed, Waiting + other.Waiting, other.LastError.Length > 0 ? other.LastError : LastError)
    {
        Joined = Joined + other.Joined, PassedOn = PassedOn + other.PassedOn,
    };
}

/// <summary>Sends what is in the outbox. A message is recorded as sent after it was: a crash between the two repeats it, with its id.</summary>
/// <param name="store">Where the outbox is.</param>
/// <param name="receivers">Each receiver's integrations, in the order in which the tick counted them.</param>
/// <param name="maxAge">A message that waits longer is given up.</param>
/// <param name="time">Our clock.</param>
/// <param name="jitter">0 to 1, evenly: attempts of many messages must not meet.</param>
/// <param name="fallbacks">By receiver: who is told what it could not be told.</param>
/// <param name="complete">Puts into a message what is known only when it is sent, and is kept nowhere; it takes a few seconds at most and does not fail.</param>
public sealed class OutboxSender(
    IIncidentStore store, IReadOnlyDictionary<string, ImmutableArray<INotifier>> receivers, TimeSpan maxAge, TimeProvider time, Func<double> jitter,
    IReadOnlyDictionary<string, Fallback>? fallbacks = null, Func<Notification, CancellationToken, ValueTask<Notification>>? complete = null)
{
    // Enough that each integration whose messages may be joined shows a flood, should all of them have one at once.
    private readonly int _entriesARound = Math.Min(500 + (receivers.Values.Sum(all => all.Count(one => one.MayJoin)) * (FloodSummary.WaitingMax + 1)), 1_000);

    // With more for one integration, some are sent side by side, and the disk is waited for once for all of these. Otherwise each is recorded before the next is
    // sent: whoever comes after a crash repeats one message at most.
    private const int FloodMin = 100;
    private const int WaveMax = 32;

    // Of more messages at once nobody reads more than what happened; and none of them waits.
    private const int CompletedMax = 5;

    private static readonly Delivery NoReceiver = Delivery.Refused("The configuration has no such receiver any more.");

    private readonly ConcurrentDictionary<(string Receiver, int Integration), Breaker> _breakers = new();
    private readonly Fallbacks _fallbacks = new(store, fallbacks ?? ImmutableDictionary<string, Fallback>.Empty);
    private readonly Joining _joining = new(store);
    private long _undelivered;

    /// <summary>How the integrations fare that this process has sent to.</summary>
    public IReadOnlyList<IntegrationHealth> Health => [.. _breakers.Values.Select(breaker => breaker.Health)];

    /// <summary>Messages that failed since the start, and of which no fallback is told.</summary>
    public long Undelivered => Interlocked.Read(ref _undelivered);

    /// <summary>Sends everything that is due now; integrations side by side, the messages of one in turn, or in waves where very many wait. Those of a group stay in turn.</summary>
    /// <exception cref="OperationCanceledException">No further send was begun; what was under way may be sent again.</exception>
    public async ValueTask<SendReport> SendDueAsync(CancellationToken cancellationToken)
    {
        var total = new SendReport();
        while (await store.LeadAsync(cancellationToken).ConfigureAwait(false))
        {
            var found = await store.DueOutboxAsync(time.GetUtcNow(), _entriesARound, cancellationToken).ConfigureAwait(false);
            var due = await _joining.SettleAsync(found, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            var lanes = due.GroupBy(e => (e.Notification.Receiver, e.Integration)).Select(lane => LaneAsync([.. lane], cancellationToken));
            var before = total.PassedOn;
            foreach (var report in await Task.WhenAll(lanes).ConfigureAwait(false)) total = total.And(report);

            // What a fallback is to be told is due at once; fallbacks lead in no circle.
            if (found.Count < _entriesARound && total.PassedOn == before) return total;
        }

        return total;
    }

    private async Task<SendReport> LaneAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        var report = new SendReport();
        var first = entries[0];
        var breaker = _breakers.GetOrAdd((first.Notification.Receiver, first.Integration), key => new Breaker(key.Receiver, key.Integration, first.Kind, jitter));
        if (NotifierOf(first)?.MayJoin == true && breaker.IsDue(time.GetUtcNow()))
        {
            var joined = await _joining.JoinAsync(entries, time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            if (joined.Count < entries.Count) report = report with { Joined = entries.Count - joined.Count + 1 };
            entries = joined;
        }

        var waiting = new Queue<OutboxEntry>(InTurn(entries));
        while (waiting.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!breaker.IsDue(time.GetUtcNow()))
            {
                // A target that is away is not asked once for each message that waits for it: the others would wait for all of that.
                return report.And(await RecordAsync([.. waiting.Select(entry => NotNow(entry, breaker.Health))], cancellationToken).ConfigureAwait(false));
            }

            // Asked right before: whoever was paused and lost its turn meanwhile begins no further send.
            if (!await store.LeadAsync(cancellationToken).ConfigureAwait(false)) return report;
            var wave = WaveOf(waiting, isFlood: entries.Count > FloodMin && breaker.Health.FailingSince is null);
            var after = await SendAsync(wave, breaker, isMany: entries.Count > CompletedMax, cancellationToken).ConfigureAwait(false);
            report = report.And(await RecordAsync(after, cancellationToken).ConfigureAwait(false));
            if (after.Count < wave.Count) cancellationToken.ThrowIfCancellationRequested();
        }

        return report;
    }

    // Those that are sent next, side by side: one, or the next few of a flood, none of them of a group that another of them is of.
    private static List<OutboxEntry> WaveOf(Queue<OutboxEntry> waiting, bool isFlood)
    {
        var wave = new List<OutboxEntry> { waiting.Dequeue() };
        while (isFlood && wave.Count < WaveMax && waiting.TryPeek(out var next) && wave.TrueForAll(one => one.Notification.GroupKey != next.Notification.GroupKey)) wave.Add(waiting.Dequeue());
        return wave;
    }

    // What became of each; of those that were cancelled nothing did.
    private async Task<List<OutboxEntry>> SendAsync(List<OutboxEntry> wave, Breaker breaker, bool isMany, CancellationToken cancellationToken)
    {
        var attempts = wave.ConvertAll(async entry =>
        {
            try
            {
                var attempted = entry with { Reference = await EarlierAsync(entry, cancellationToken).ConfigureAwait(false) };
                return (Entry: attempted, Delivery: (Delivery?)await AttemptAsync(attempted, isMany, cancellationToken).ConfigureAwait(false));
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return (entry, null);
            }
        });
        var after = new List<OutboxEntry>(wave.Count);
        foreach (var (entry, delivery) in await Task.WhenAll(attempts).ConfigureAwait(false))
        {
            if (delivery is { } done) after.Add(After(entry, done, breaker));
        }

        return after;
    }

    private async Task<SendReport> RecordAsync(List<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        var report = new SendReport();

        // Not cancelled, and before anything else can fail: what has left must be known to have left.
        var settled = entries.FindAll(entry => entry.State != OutboxState.Failed);
        if (settled.Count > 0) await store.RecordAsync(settled, CancellationToken.None).ConfigureAwait(false);
        var failed = entries.FindAll(entry => entry.State == OutboxState.Failed);
        for (var i = 0; i < failed.Count; i++)
        {
            failed[i] = await _fallbacks.PassOnAsync(failed[i], time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
            await store.RecordAsync([failed[i]], CancellationToken.None).ConfigureAwait(false);
        }

        foreach (var after in settled.Concat(failed))
        {
            if (after is { State: OutboxState.Failed, ToldBy.Length: 0 }) Interlocked.Increment(ref _undelivered);
            var error = after.LastError.Length > 0 ? $"{after.Notification.Receiver} ({after.Kind}): {after.LastError}" : report.LastError;
            report = after.State switch
            {
                OutboxState.Sent => report with { Sent = report.Sent + 1 },
                OutboxState.Failed => report with { Failed = report.Failed + 1, PassedOn = report.PassedOn + (after.ToldBy.Length > 0 ? 1 : 0), LastError = error },
                _ => report with { Waiting = report.Waiting + 1, LastError = error },
            };
        }

        return report;
    }

    // A message that a target fails over and over is tried after those that it was not tried with, and so stops none; those of one group stay in their order.
    private static IEnumerable<OutboxEntry> InTurn(IReadOnlyList<OutboxEntry> entries)
    {
        var attempts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var entry in entries) attempts.TryAdd(entry.Notification.GroupKey, entry.Attempts);
        return entries.OrderBy(entry => attempts[entry.Notification.GroupKey]);
    }

    private async ValueTask<Delivery> AttemptAsync(OutboxEntry entry, bool isMany, CancellationToken cancellationToken)
    {
        if (NotifierOf(entry) is not { } notifier) return NoReceiver;
        var notification = complete is null || isMany ? entry.Notification : await complete(entry.Notification, cancellationToken).ConfigureAwait(false);
        return notifier is IEditingNotifier editing && entry.Reference.Length > 0
            ? await editing.EditAsync(notification, entry.Reference, cancellationToken).ConfigureAwait(false)
            : await notifier.SendAsync(notification, cancellationToken).ConfigureAwait(false);
    }

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

    private OutboxEntry After(OutboxEntry entry, Delivery delivery, Breaker breaker)
    {
        var now = time.GetUtcNow();
        var tried = entry with { Attempts = entry.Attempts + 1, LastError = delivery.Reason, DueAt = now };
        if (delivery.Outcome == DeliveryOutcome.NotNow)
        {
            // Of those that went side by side the first says it for all.
            if (breaker.IsDue(now)) breaker.Failed(now, entry.Attempts, delivery);
            return NotNow(tried, breaker.Health);
        }

        if (delivery != NoReceiver) breaker.Answered();
        return delivery.Outcome == DeliveryOutcome.Sent
            ? tried with { State = OutboxState.Sent, Reference = delivery.Reference }
            : tried with { State = OutboxState.Failed, Failure = delivery == NoReceiver ? SendFailure.NoReceiver : SendFailure.Refused };
    }

    // It waits for its integration, or has waited long enough: by its own time, and where somebody else can be told, by that of whoever failed before it.
    private OutboxEntry NotNow(OutboxEntry entry, IntegrationHealth health)
    {
        var now = time.GetUtcNow();
        var waiting = entry with { FailingSince = entry.FailingSince ?? now, DueAt = health.NextAt ?? now, LastError = health.LastError };
        var since = health.FailingSince < waiting.FailingSince ? health.FailingSince : waiting.FailingSince;
        var isGivenUp = now - entry.Notification.At > maxAge || now - since >= _fallbacks.After(entry.Notification.Receiver);
        return isGivenUp
            ? waiting with { State = OutboxState.Failed, Failure = SendFailure.GaveUp, DueAt = now, LastError = $"Given up after {Times(entry.Attempts)}: {health.LastError}" }
            : waiting;
    }

    private static string Times(int attempts) => attempts == 1 ? "1 attempt" : string.Create(CultureInfo.InvariantCulture, $"{attempts} attempts");
}
