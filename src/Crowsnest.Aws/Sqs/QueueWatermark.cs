namespace Crowsnest.Aws.Sqs;

/// <summary>Up to when everything that was put into a queue has been received and is on disk: what has to hold for a time is judged by it.</summary>
/// <remarks>
/// When the queue was asked and held nothing, waiting or received, it is the moment of the asking. Otherwise a backlog comes in, in about the order in which it
/// was sent, and it is the oldest sending time among the last minute's receives. When neither is known (nothing could be asked or received lately) it stays where
/// it was, since what still waits may say that things go on. Before the first answer it is the epoch: a process that just started ends nothing yet. From any thread.
/// </remarks>
internal sealed class QueueWatermark
{
    private static readonly TimeSpan Lately = TimeSpan.FromMinutes(1);

    // Receives so close to each other share an entry, so there are about sixty.
    private static readonly TimeSpan Together = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<Receives> _received = new();
    private Receives? _latest;
    private DateTimeOffset _reached = DateTimeOffset.UnixEpoch;

    /// <summary>Messages came, the oldest of which was sent then.</summary>
    public void Received(DateTimeOffset now, DateTimeOffset oldestSent)
    {
        lock (_gate)
        {
            ForgetLocked(now - Lately);
            if (_received.Count == 0 || _latest is null || now - _latest.Since >= Together) _received.Enqueue(_latest = new Receives(now, oldestSent));
            _latest.Add(now, oldestSent);
        }
    }

    /// <summary>The queue was asked at that moment what it holds.</summary>
    public void Asked(DateTimeOffset at, bool isDrained)
    {
        lock (_gate)
        {
            if (!isDrained) return;

            // What came before it was asked is on disk and deleted; what came while it answered is not counted in the answer.
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
            if (_received.Count > 0) _reached = _received.Min(r => r.OldestSent);
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
