using Crowsnest.Core.Cluster;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>
/// Takes what is stored of the clusters into memory, beside everything else, and what other processes write: a start does not wait for it, and a store that is away
/// is tried again.
/// </summary>
internal sealed class ClusterLoading : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    // How late what other processes write is seen, beside the store's own refresh.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>Begins.</summary>
    /// <param name="model">What is stored goes in here.</param>
    /// <param name="store">Where it is.</param>
    /// <param name="onOthers">Hears of the states that other processes wrote.</param>
    /// <param name="time">The clock.</param>
    public ClusterLoading(ClusterModel model, IStore store, Action<IReadOnlyCollection<IResourceState>> onOthers, TimeProvider time) => Completion = RunAsync(model, store, onOthers, time);

    /// <summary>Ends only when it is disposed, or broke: what is stored cannot be read, which is fatal to the process.</summary>
    public Task Completion { get; }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Completion.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task RunAsync(ClusterModel model, IStore store, Action<IReadOnlyCollection<IResourceState>> onOthers, TimeProvider time)
    {
        // The embedded store reads on the thread that asks.
        await Task.Yield();
        var follower = await TryAsync(async () => await store.FollowStatesAsync(_stopping.Token), time);
        await TryAsync(async () =>
        {
            await model.LoadAsync(since => store.ReadStatesAsync(since, _stopping.Token), _stopping.Token);
            return true;
        }, time);
        while (true)
        {
            await Task.Delay(follower is null ? Timeout.InfiniteTimeSpan : Pause, time, _stopping.Token);
            await TryAsync(() => FollowAsync(onOthers, follower!), time);
        }
    }

    private async Task<bool> FollowAsync(Action<IReadOnlyCollection<IResourceState>> onOthers, IStateFollower follower)
    {
        var states = new List<IResourceState>();
        await foreach (var row in follower.ReadAsync(_stopping.Token))
        {
            if (StateDocument.Read(row) is { } state) states.Add(state);
        }

        if (states.Count > 0) onOthers(states);
        return true;
    }

    private async Task<T> TryAsync<T>(Func<Task<T>> work, TimeProvider time)
    {
        while (true)
        {
            try
            {
                return await work();
            }
            catch (StoreException e) when (e.IsTransient)
            {
                await Task.Delay(Again, time, _stopping.Token);
            }
        }
    }
}
