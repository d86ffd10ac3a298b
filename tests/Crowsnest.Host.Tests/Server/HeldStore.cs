using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Host.Tests.Server;

/// <summary>A store that holds what a test puts in, and fails when told to: for what the server does with answers, not for what stores do.</summary>
internal sealed class HeldStore : IStore, IQuarantine, IIncidentStore
{
    public Dictionary<string, Accounting> Sums { get; } = [];

    public List<QuarantineEntry> Entries { get; } = [];

    public StoreException? Failure { get; set; }

    /// <summary>Only commits fail; reads go on.</summary>
    public StoreException? WriteFailure { get; set; }

    public IEventSearch Events => throw new NotSupportedException();

    public IQuarantine Quarantine => this;

    public IIncidentStore Incidents => this;

    public ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken) => new(new EventStanding[events.Count]);

    public ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        new(new Dictionary<string, ResourceState>());

    public ValueTask CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        if ((WriteFailure ?? Failure) is { } failure) throw failure;
        Sums[commit.Source] = Sums.GetValueOrDefault(commit.Source) + commit.Accounting;
        return default;
    }

    public ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) =>
        Failure is null ? new(Sums) : throw Failure;

    public ValueTask<IReadOnlyList<QuarantineEntry>> ListAsync(long? before, int limit, CancellationToken cancellationToken) =>
        new([.. Entries.Where(e => before is null || e.Id < before).OrderByDescending(e => e.Id).Take(limit)]);

    public ValueTask<QuarantineEntry?> GetAsync(long id, CancellationToken cancellationToken) => new(Entries.Find(e => e.Id == id));

    public ValueTask<IReadOnlyDictionary<QuarantineReason, long>> CountsAsync(CancellationToken cancellationToken) =>
        new(Entries.GroupBy(e => e.Fault.Reason).ToDictionary(g => g.Key, g => g.LongCount()));

    public ValueTask<bool> RemoveAsync(long id, CancellationToken cancellationToken) => new(Entries.RemoveAll(e => e.Id == id) > 0);

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => new((DateTimeOffset?)null);

    public ValueTask DisposeAsync() => default;
}
