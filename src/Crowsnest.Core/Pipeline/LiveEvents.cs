using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline;

/// <summary>What was committed lately, in the order of commits, for those who listen. The writer never waits for a listener.</summary>
/// <remarks>
/// All listeners read from one ring, bounded in events and bytes, each at its own pace: who falls behind further than the ring reaches is told how many went
/// by. Nothing is recorded while nobody listens, but for a while after the last one left, so that it can come back and go on where it was.
/// </remarks>
public sealed class LiveEvents(TimeProvider time)
{
    /// <summary>Who may listen at once.</summary>
    public const int ListenersMax = 64;

    /// <summary>How many events the ring reaches back.</summary>
    public const int EventsMax = 4_096;

    /// <summary>How many bytes of events it holds; the newest event is always there.</summary>
    public const long BytesMax = 16 << 20;

    // Longer than a browser or 'tail' takes to come back after a restart of what stands between.
    private static readonly TimeSpan KeepAfterLast = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();

    // Read by the writer without the gate: whether there is anything to do at all.
    private volatile bool _isRecording;

    // All below is touched under the gate. The ring holds the events numbered from _first up to _next.
    private DiagnosedEvent[] _ring = [];
    private long _first;
    private long _next;
    private long _bytes;
    private int _listeners;
    private DateTimeOffset _leftAt;
    private TaskCompletionSource? _news;

    /// <summary>How many listen.</summary>
    public int Listeners
    {
        get
        {
            lock (_gate) return _listeners;
        }
    }

    /// <summary>These are committed, in this order. Called by the writer alone; what is kept of them is copied.</summary>
    public void Publish(IReadOnlyList<DiagnosedEvent> committed)
    {
        ArgumentNullException.ThrowIfNull(committed);
        if (!_isRecording || committed.Count == 0) return;
        TaskCompletionSource? news;
        lock (_gate)
        {
            if (_listeners == 0 && time.GetUtcNow() - _leftAt > KeepAfterLast)
            {
                ForgetLocked();
                return;
            }

            foreach (var (ecsEvent, diagnosis) in committed) AddLocked(new DiagnosedEvent(ecsEvent.Keep(), diagnosis));
            (news, _news) = (_news, null);
        }

        news?.TrySetResult();
    }

    /// <summary>Begins to listen: after the event with this key where it is still known, else from now on; <see langword="null"/> when too many listen.</summary>
    public LiveListener? TryListen(EventKey? after)
    {
        lock (_gate)
        {
            if (_listeners == ListenersMax) return null;
            _listeners++;
            _isRecording = true;
            if (_ring.Length == 0) _ring = new DiagnosedEvent[EventsMax];
            if (after is not { } key) return new LiveListener(this, _next, isResumed: true);
            for (var at = _next - 1; at >= _first; at--)
            {
                if (_ring[at % EventsMax].Event.Key == key) return new LiveListener(this, at + 1, isResumed: true);
            }

            return new LiveListener(this, _next, isResumed: false);
        }
    }

    // What comes next for a listener that has had everything before this number: at most so many, and how many went by.
    internal long Take(long position, int most, List<DiagnosedEvent> into, out long missed)
    {
        lock (_gate)
        {
            missed = Math.Max(0, _first - position);
            var at = Math.Max(position, _first);
            for (; at < _next && into.Count < most; at++) into.Add(_ring[at % EventsMax]);
            return at;
        }
    }

    // Completes once there is something after this number.
    internal Task WaitAsync(long position)
    {
        lock (_gate)
        {
            if (position < _next) return Task.CompletedTask;
            _news ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _news.Task;
        }
    }

    internal void Leave()
    {
        lock (_gate)
        {
            _listeners--;
            _leftAt = time.GetUtcNow();
        }
    }

    private void AddLocked(DiagnosedEvent diagnosed)
    {
        _bytes += diagnosed.Event.Raw.Length;
        while (_first < _next && (_next - _first == EventsMax || _bytes > BytesMax))
        {
            ref var oldest = ref _ring[_first++ % EventsMax];
            _bytes -= oldest.Event.Raw.Length;
            oldest = default;
        }

        _ring[_next++ % EventsMax] = diagnosed;
    }

    private void ForgetLocked()
    {
        _isRecording = false;
        _ring = [];
        _first = _next;
        _bytes = 0;
    }
}

/// <summary>One who listens, with a place of its own. For one reader at a time; leaves when disposed.</summary>
public sealed class LiveListener : IDisposable
{
    private readonly LiveEvents _live;
    private long _position;
    private bool _hasLeft;

    internal LiveListener(LiveEvents live, long position, bool isResumed) => (_live, _position, IsResumed) = (live, position, isResumed);

    /// <summary>Nothing lies between what it said it had and what comes; false when nobody knows what does.</summary>
    public bool IsResumed { get; }

    /// <summary>What has come since, in order, at most so many; <paramref name="missed"/> went by before it because this listener was too slow.</summary>
    public IReadOnlyList<DiagnosedEvent> Take(int most, out long missed)
    {
        var taken = new List<DiagnosedEvent>();
        _position = _live.Take(_position, most, taken, out missed);
        return taken;
    }

    /// <summary>Waits until something has come.</summary>
    public Task WaitAsync(CancellationToken cancellationToken) => _live.WaitAsync(_position).WaitAsync(cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_hasLeft) return;
        _hasLeft = true;
        _live.Leave();
    }
}
