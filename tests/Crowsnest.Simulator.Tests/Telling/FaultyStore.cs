using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Simulator.Tests.Telling;

/// <summary>A process ended in the middle of what it did.</summary>
#pragma warning disable CA1032 // It has nothing to say.
internal sealed class SimulatedCrashException : Exception;
#pragma warning restore CA1032

/// <summary>A store whose writer may end before and after each commit.</summary>
internal sealed class FaultyStore(IStore inner, Action step) : IStore
{
    public IEventSearch Events => inner.Events;

    public IQuarantine Quarantine => inner.Quarantine;

    public IIncidentStore Incidents => inner.Incidents;

    public ICheckpointStore Checkpoints => inner.Checkpoints;

    public ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken) => inner.LookUpAsync(events, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => inner.LoadStatesAsync(keys, cancellationToken);

    public IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, CancellationToken cancellationToken) => inner.ReadStatesAsync(stoppedSince, cancellationToken);

    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        step();
        var outcome = await inner.CommitAsync(commit, cancellationToken);
        step();
        return outcome;
    }

    public ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) => inner.AccountingAsync(cancellationToken);

    public ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) => inner.DropOldAsync(retention, now, cancellationToken);

    public ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) => inner.DroppedAsync(cancellationToken);

    // The store outlives its processes.
    public ValueTask DisposeAsync() => default;
}
