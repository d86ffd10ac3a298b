using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Incidents;

/// <summary>Keeps telling: a tick when something is due, and the outbox after it. Run by whoever holds the lease.</summary>
/// <remarks>
/// It looks right after a commit that wrote firings (<see cref="Wake"/>), and every second. Sending has a loop of its own, so that a slow receiver delays no tick.
/// A store that fails for now is tried again a second later, and <see cref="Problem"/> says why nothing is told.
/// </remarks>
public sealed class Teller : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private readonly IIncidentStore _store;
    private volatile IncidentTick _tick;
    private volatile OutboxSender _sender;
    private readonly TimeProvider _time;
    private readonly Func<DateTimeOffset> _watermark;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly SemaphoreSlim _send = new(0, 1);
    private long _tooOld;
    private readonly ITimer _look;
    private int _isWoken = 1;
    private long _undeliveredBefore;

    /// <summary>Starts.</summary>
    /// <param name="store">What waits.</param>
    /// <param name="tick">What looks at it.</param>
    /// <param name="sender">What sends.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="watermark">Up to when everything that came in is stored (<see cref="Pipeline.IngestPipeline.Watermark"/>).</param>
    public Teller(IIncidentStore store, IncidentTick tick, OutboxSender sender, TimeProvider time, Func<DateTimeOffset> watermark)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_store, _tick, _sender, _time, _watermark) = (store, tick, sender, time, watermark);
        _look = time.CreateTimer(_ => LookAround(), null, Look, Look);
        Completion = Task.WhenAll(
            LoopAsync(_wake, TickAsync),
            LoopAsync(_send, async stop => await _sender.SendDueAsync(stop).ConfigureAwait(false)));
    }

    /// <summary>Ends when it was stopped; faulted when it broke, which is fatal to the process.</summary>
    public Task Completion { get; }

    /// <summary>Why nothing is told for now, or empty.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Firings that were recorded and not told since the start, because they were too old.</summary>
    public long TooOld => Interlocked.Read(ref _tooOld);

    /// <summary>How the integrations fare that this process has sent to; others, where another process tells.</summary>
    public IReadOnlyList<IntegrationHealth> Health => _sender.Health;

    /// <summary>Messages that failed since the start, and of which no fallback is told.</summary>
    public long Undelivered => Interlocked.Read(ref _undeliveredBefore) + _sender.Undelivered;

    /// <summary>Others tick and send from now on; what is under way ends as it began.</summary>
    public void Replace(IncidentTick tick, OutboxSender sender)
    {
        Interlocked.Add(ref _undeliveredBefore, _sender.Undelivered);
        (_tick, _sender) = (tick, sender);
        Wake();
    }

    /// <summary>Something was written that may be due. From any thread.</summary>
    public void Wake()
    {
        Volatile.Write(ref _isWoken, 1);
        Signal(_wake);
    }

    /// <summary>Begins no further tick and no further send, and waits for those under way.</summary>
    public async ValueTask DisposeAsync()
    {
        await _look.DisposeAsync().ConfigureAwait(false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
        _wake.Dispose();
        _send.Dispose();
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        var tick = _tick;
        var isWoken = Interlocked.Exchange(ref _isWoken, 0) == 1;
        if (!await _store.LeadAsync(cancellationToken).ConfigureAwait(false))
        {
            tick.Forget();
            return;
        }

        // The watermark first: what is stored by now is seen by the tick.
        var (watermark, now) = (_watermark(), _time.GetUtcNow());
        if (!isWoken && !await IsDueAsync(now, cancellationToken).ConfigureAwait(false) && !await tick.HasNewsAsync(now, watermark, cancellationToken).ConfigureAwait(false)) return;
        var report = await tick.RunAsync(_store, now, watermark, isLast: false, cancellationToken, onMessages: () => Signal(_send)).ConfigureAwait(false);
        Interlocked.Add(ref _tooOld, report.TooOld);
    }

    private async ValueTask<bool> IsDueAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        await _store.NextDueAsync(cancellationToken).ConfigureAwait(false) is { } due && due <= now;

    private async Task LoopAsync(SemaphoreSlim signal, Func<CancellationToken, Task> pass)
    {
        try
        {
            while (true)
            {
                try
                {
                    await pass(_stopping.Token).ConfigureAwait(false);
                    Problem = "";
                }
                catch (StoreException e)
                {
                    Problem = e.Hint.Length > 0 ? e.Message + " " + e.Hint : e.Message;
                }

                await signal.WaitAsync(_stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped, as asked.
        }
    }

    private void LookAround()
    {
        Signal(_wake);
        Signal(_send);
    }

    private static void Signal(SemaphoreSlim signal)
    {
        try
        {
            signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is awake, or will be.
        }
        catch (ObjectDisposedException)
        {
            // A commit at the very end: the next start looks first.
        }
    }
}
