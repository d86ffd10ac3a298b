namespace Crowsnest.Aws.Sqs;

/// <summary>Up to when everything that was put into a queue has been received and is on disk: what has to hold for a time is judged by it.</summary>
/// <remarks>
/// When the queue was asked and held nothing, waiting or received, it is the moment of the asking. Otherwise a backlog comes in, in about the order in which it
/// was sent, and it is the oldest sending time among the last minute's receives and those that are not on disk yet. When neither is known (nothing could be asked or received lately) it stays where
/// it was, since what still waits may say that things go on. Before the first answer it is the epoch: a process that just started ends nothing yet, because messages as old as the
/// queue keeps them may wait, and its own start says nothing about them. From any thread.
/// </remarks>
public sealed class QueueWatermark
{
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);

    // Receives so close to each other share an entry, so there are about sixty.
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<Receives> _received = new();

    // Sending times of receives that are not on disk: as many as may be on their way.
    private readonly LinkedList<DateTimeOffset> _unsettled = new();
    private Receives? _latest;
    private DateTimeOffset _since;
    private DateTimeOffset _reached = DateTimeOffset.UnixEpoch;

    /// <summary>Messages came, the oldest of which was sent then; <see langword="null"/> when that is not said, and then they move nothing.</summary>
    /// <returns>What is to be handed to <see cref="Settled"/>.</returns>
    public LinkedListNode<DateTimeOffset> Received(DateTimeOffset now, DateTimeOffset? oldestSent)
    {
        lock (_gate)
        {
            ForgetLocked(now - Lately);
            var sent = oldestSent ?? _reached;

            // Also when nobody looks for a while: what is this old has not been in before.
            if (sent < _reached) _reached = sent;
            if (_received.Count == 0) _since = now;
            if (_received.Count == 0 || _latest is null || now - _latest.Since >= Together) _received.Enqueue(_latest = new Receives(now, sent));
            _latest.Add(now, sent);
            return _unsettled.AddLast(sent);
        }
    }

    /// <summary>What was received is on disk and deleted, or has gone back to the queue.</summary>
    public void Settled(LinkedListNode<DateTimeOffset> received)
    {
        ArgumentNullException.ThrowIfNull(received);
        lock (_gate) _unsettled.Remove(received);
    }

    /// <summary>The queue was asked at that moment what it holds.</summary>
    public void Asked(DateTimeOffset at, bool isDrained)
    {
        lock (_gate)
        {
            if (!isDrained) return;

            // What came before it was asked is on disk and deleted, or unsettled, since it counts only about right; what came while it answered is not counted in the answer.
            ForgetLocked(at);
            if (_received.Count == 0 && at > _reached) _reached = at;
        }
    }

    /// <summary>Where it stands.</summary>
    public DateTimeOffset Read(DateTimeOffset now)
    {
        lock (_gate)
        {
            ForgetLocked(now - Lately);
            if (_received.Count > 0 || _unsettled.Count > 0)
            {
                var oldest = _received.Select(r => r.OldestSent).Concat(_unsettled).Min();

                // A queue gives no strict order, so the first that come need not be the oldest: only a whole minute of receives moves it on.
                if (oldest < _reached || (_received.Count > 0 && now - _since >= Lately)) _reached = oldest;
            }

            return _reached < now ? _reached : now;
        }
    }

    private void ForgetLocked(DateTimeOffset before)
    {
        while (_received.TryPeek(out var oldest) && oldest.Last < before) _received.Dequeue();
    }

    // Receives of about a second.
    private sealed class Receives(DateTimeOffset since, DateTimeOffset oldestSent)
    {
        public DateTimeOffset Since { get; } = since;

        public DateTimeOffset Last { get; private set; } = since;

        public DateTimeOffset OldestSent { get; private set; } = oldestSent;

        public void Add(DateTimeOffset now, DateTimeOffset sent)
        {
            if (now > Last) Last = now;
            if (sent < OldestSent) OldestSent = sent;
        }
    }
}
