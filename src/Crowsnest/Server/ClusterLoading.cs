using Crowsnest.Core.Cluster;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Takes what is stored of the clusters into memory, beside everything else: a start does not wait for it, and a store that is away is tried again.</summary>
internal sealed class ClusterLoading : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins.</summary>
    public ClusterLoading(ClusterModel model, IStore store, TimeProvider time) => Completion = RunAsync(model, store, time);

    /// <summary>Ends only when it is disposed, or broke: what is stored cannot be read, which is fatal to the process.</summary>
    public Task Completion { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(ClusterModel model, IStore store, TimeProvider time)
    {
        // The embedded store reads on the thread that asks.
        await Task.Yield();
        while (true)
        {
            try
            {
                await model.LoadAsync(since => store.ReadStatesAsync(since, _stopping.Token), _stopping.Token);
                break;
            }
            catch (StoreException e) when (e.IsTransient)
            {
                await Task.Delay(Again, time, _stopping.Token);
            }
        }

        await Task.Delay(Timeout.InfiniteTimeSpan, time, _stopping.Token);
    }
}
