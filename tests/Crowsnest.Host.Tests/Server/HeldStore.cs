using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Host.Tests.Server;

/// <summary>A store that holds what a test puts in, and fails when told to: for what the server does with answers, not for what stores do.</summary>
internal sealed class HeldStore : IStore, IQuarantine
{
    public Dictionary<string, Accounting> Sums { get; } = [];

    /// <summary>The ids of all events that were committed, in order.</summary>
    public List<string> CommittedIds { get; } = [];

    public List<QuarantineEntry> Entries { get; } = [];

    public StoreException? Failure { get; set; }

    /// <summary>Only commits fail; reads go on.</summary>
    public StoreException? WriteFailure { get; set; }

    /// <summary>What searches find; without it nobody may search.</summary>
    public IEventSearch? Found { get; set; }

    public IEventSearch Events => Found ?? throw new NotSupportedException();

    public Crowsnest.Core.History.ICheckpointStore Checkpoints => throw new NotSupportedException();

    public IQuarantine Quarantine => this;

    public IIncidentStore Incidents { get; } = new NoIncidents();

    public ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken) => new(new EventStanding[events.Count]);

    public ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        new(new Dictionary<string, ResourceState>());

    public IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, CancellationToken cancellationToken) => AsyncEnumerable.Empty<ResourceState>();

    public ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        if ((WriteFailure ?? Failure) is { } failure) throw failure;
        lock (CommittedIds) CommittedIds.AddRange(commit.Events.Select(e => e.Event.Id));
        Sums[commit.Source] = Sums.GetValueOrDefault(commit.Source) + commit.Accounting;
        return new(CommitOutcome.AsAsked);
    }

    public ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) =>
        Failure is null ? new(Sums) : throw Failure;

    public ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) => new(default(Dropped));

    public ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) => new(default(Dropped));

    public ValueTask<IReadOnlyList<QuarantineEntry>> ListAsync(long? before, int limit, CancellationToken cancellationToken) =>
        new([.. Entries.Where(e => before is null || e.Id < before).OrderByDescending(e => e.Id).Take(limit)]);

    public ValueTask<QuarantineEntry?> GetAsync(long id, CancellationToken cancellationToken) => new(Entries.Find(e => e.Id == id));

    public ValueTask<IReadOnlyDictionary<QuarantineReason, long>> CountsAsync(CancellationToken cancellationToken) =>
        new(Entries.GroupBy(e => e.Fault.Reason).ToDictionary(g => g.Key, g => g.LongCount()));

    public ValueTask<IReadOnlyDictionary<QuarantineReason, long>> TotalsAsync(CancellationToken cancellationToken) => CountsAsync(cancellationToken);

    public ValueTask<bool> RemoveAsync(long id, CancellationToken cancellationToken) => new(Entries.RemoveAll(e => e.Id == id) > 0);

    public ValueTask DisposeAsync() => default;

    private sealed class NoIncidents : IIncidentStore
    {
        public ValueTask<bool> LeadAsync(CancellationToken cancellationToken) => new(true);

        public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => new((DateTimeOffset?)null);

        public ValueTask<IIncidentPass> BeginAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => new([]);

        public ValueTask RecordAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken) => new([]);

        public ValueTask<OutboxEntry?> MessageAsync(string id, CancellationToken cancellationToken) => default;

        public ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken, IncidentPlace? after = null) => new([]);

        public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) => default;

        public ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) => new([]);

        public ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken) => new(new TellingCounts(0, 0, new Dictionary<(string, OutboxState), long>()));
    }
}
