using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Aws.Tests.Sqs;

/// <summary>A store whose commits wait until they are let go, and of which it may refuse the first.</summary>
internal sealed class HeldStore : IStore
{
    private readonly InMemoryStore _inner = new(TimeProvider.System);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _letGo = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private int _refusals;

    public Task Begun => _begun.Task;

    public void RefuseOnce() => _refusals = 1;

    public IEventSearch Events => _inner.Events;

    public Crowsnest.Core.History.ICheckpointStore Checkpoints => _inner.Checkpoints;

    public IQuarantine Quarantine => _inner.Quarantine;

    public IIncidentStore Incidents => _inner.Incidents;

    public void LetGo() => _letGo.TrySetResult();

    public ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken) => _inner.LookUpAsync(events, cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        _inner.LoadStatesAsync(keys, cancellationToken);

    public IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, CancellationToken cancellationToken) =>
        _inner.ReadStatesAsync(stoppedSince, cancellationToken);

    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        _begun.TrySetResult();
        await _letGo.Task;
        if (Interlocked.Exchange(ref _refusals, 0) > 0) throw new StoreException("damaged", "look", isTransient: false);
        return await _inner.CommitAsync(commit, cancellationToken);
    }

    public ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) => _inner.AccountingAsync(cancellationToken);

    public ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) => _inner.DropOldAsync(retention, now, cancellationToken);

    public ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) => _inner.DroppedAsync(cancellationToken);

    public ValueTask DisposeAsync() => _inner.DisposeAsync();
}
