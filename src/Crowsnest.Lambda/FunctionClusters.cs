using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Lambda;

/// <summary>
/// The clusters as they are, for conditions: read whole by an environment's first tick, and from then on what was written since. Known for the length of a tick
/// only, since an environment that waits for its next invocation hears of nothing.
/// </summary>
internal sealed class FunctionClusters(IStore store, EventDiagnoser diagnoser, TimeProvider time)
{
    private ClusterModel? _model;
    private IStateFollower? _follower;

    /// <summary>The clusters; <see langword="null"/> outside of a tick.</summary>
    public FleetView? View { get; private set; }

    /// <summary>Reads what is stored by now.</summary>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        if (_model is null)
        {
            // The follower first: what is written while all is read comes again.
            _follower = await store.FollowStatesAsync(cancellationToken);
            var model = new ClusterModel(diagnoser, time);
            await model.LoadAsync(since => store.ReadStatesAsync(since, cancellationToken), cancellationToken);
            _model = model;
        }

        var states = new List<IResourceState>();
        if (_follower is not null)
        {
            await foreach (var row in _follower.ReadAsync(cancellationToken))
            {
                if (StateDocument.Read(row) is { } state) states.Add(state);
            }
        }

        _model.Apply(states);
        View = _model.View;
    }

    /// <summary>The tick is over.</summary>
    public void Close() => View = null;
}
