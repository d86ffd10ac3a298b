using Crowsnest.Core.History;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>
/// Makes checkpoints of how the clusters were, beside everything else, and lets go of those that nothing is stored for any more. Of several processes on one store
/// the one that leads does it.
/// </summary>
internal sealed class HistoryKeeping : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan CleanEach = TimeSpan.FromHours(1);

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins; without a maker there is no past to keep.</summary>
    public HistoryKeeping(CheckpointMaker? maker, IStore store, TimeProvider time) => Completion = maker is null ? Task.Delay(Timeout.InfiniteTimeSpan, time, _stopping.Token) : RunAsync(maker, store, time);

    /// <summary>Ends only when it is disposed, or broke, which is fatal to the process.</summary>
    public Task Completion { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(CheckpointMaker maker, IStore store, TimeProvider time)
    {
        // The embedded store reads on the thread that asks.
        await Task.Yield();
        long? cleanedAt = null;
        while (true)
        {
            try
            {
                var isLeader = await store.Incidents.LeadAsync(_stopping.Token);
                if (isLeader && await maker.NextAsync(_stopping.Token)) continue;
                if (isLeader && (cleanedAt is not { } at || time.GetElapsedTime(at) > CleanEach))
                {
                    cleanedAt = time.GetTimestamp();
                    await maker.DropOldAsync(_stopping.Token);
                }
            }
            catch (StoreException e) when (e.IsTransient)
            {
                // It is tried again; what reads the past then has more to fold, and says when it is too much.
            }

            await Task.Delay(Pause, time, _stopping.Token);
        }
    }
}
