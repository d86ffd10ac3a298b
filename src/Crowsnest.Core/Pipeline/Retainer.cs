namespace Crowsnest.Core.Pipeline;

/// <summary>What retention did last.</summary>
/// <param name="At">When it looked, by our clock.</param>
/// <param name="Dropped">What left then.</param>
/// <param name="Problem">Why it could not do all of it, and what a person can do; or empty.</param>
public sealed record RetentionPass(DateTimeOffset At, Dropped Dropped, string Problem);

/// <summary>Keeps to a <see cref="Retention"/>: looks at its start and each hour. Run by the process that writes.</summary>
public sealed class Retainer : IAsyncDisposable
{
    private static readonly TimeSpan Each = TimeSpan.FromHours(1);
    private static readonly TimeSpan AfterProblem = TimeSpan.FromMinutes(1);

    private readonly IStore _store;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Starts.</summary>
    public Retainer(IStore store, Retention retention, TimeProvider time)
    {
        (_store, Retention, _time) = (store, retention, time);
        Completion = Task.Run(RunAsync);
    }

    /// <summary>What it keeps to.</summary>
    public Retention Retention { get; }

    /// <summary>What it did last; <see langword="null"/> before the first look has ended.</summary>
    public RetentionPass? Last { get; private set; }

    /// <summary>Ends when it was stopped; faulted when it broke, which is fatal to the process.</summary>
    public Task Completion { get; }

    /// <summary>Ends after the step that is under way; the next start goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var now = _time.GetUtcNow();
                Last = await PassAsync(now).ConfigureAwait(false);
                await Task.Delay(Last.Problem.Length == 0 ? Each : AfterProblem, _time, _stopping.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // Stopped, as asked.
        }
    }

    private async Task<RetentionPass> PassAsync(DateTimeOffset now)
    {
        try
        {
            // Of several processes on one store, one looks after it.
            if (!await _store.Incidents.LeadAsync(_stopping.Token).ConfigureAwait(false)) return new RetentionPass(now, default, "");
            return new RetentionPass(now, await _store.DropOldAsync(Retention, now, _stopping.Token).ConfigureAwait(false), "");
        }
        catch (StoreException e)
        {
            return new RetentionPass(now, default, e.Hint.Length > 0 ? e.Message + " " + e.Hint : e.Message);
        }
    }
}
