using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.InMemory;

/// <summary>A store in memory, for tests of what speaks to one: it keeps the contracts in <c>Contracts/</c> as every store does. Closing it loses nothing.</summary>
[SuppressMessage("Reliability", "CA2213", Justification = "A closed store is opened again as it is; the semaphore holds nothing but memory.")]
public sealed class InMemoryStore : IStore, IQuarantine
{
    private readonly InMemoryEventSearch _events = new();

    // Held by a commit, a pass or a record: one writes at a time, all others read what was there before.
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile InMemoryTables _tables = new();

    public InMemoryStore(TimeProvider clock) => Incidents = new InMemoryIncidents(() => _tables, tables => _tables = tables, _writing, clock);

    public IEventSearch Events => _events;

    public IQuarantine Quarantine => this;

    public IIncidentStore Incidents { get; }

    public ICheckpointStore Checkpoints { get; init; } = new InMemoryCheckpoints();

    public async ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var keys = new HashSet<EventKey>();
        var ids = new HashSet<string>(EventIdComparer.Instance);
        var standings = new EventStanding[events.Count];
        for (var i = 0; i < standings.Length; i++)
        {
            var (key, id) = (events[i].Key, events[i].Id);
            standings[i] = !keys.Add(key) || await _events.GetAsync(key, cancellationToken) is not null ? EventStanding.Duplicate
                : id.Length > 0 && (!ids.Add(id) || (await _events.GetByIdAsync(id, cancellationToken)).Count > 0) ? EventStanding.NewWithKnownId
                : EventStanding.New;
        }

        return standings;
    }

    public ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var states = _tables.States;
        return new(keys.Distinct(StringComparer.Ordinal).Where(states.ContainsKey).ToDictionary(key => key, key => states[key], StringComparer.Ordinal));
    }

    public async IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var state in _tables.States.Values.Where(s => !s.IsStopped || s.Event.TimeMilliseconds >= stoppedSince?.ToUnixTimeMilliseconds()))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return state;
        }
    }

    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            commit.MustAddUp();
            var after = _tables.With(commit);
            _events.Add(commit.Events);
            _tables = after;
            return CommitOutcome.AsAsked;
        }
        finally
        {
            _writing.Release();
        }
    }

    public ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(_tables.Accounting);
    }

    public async ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var all = await _events.SearchAsync(new SearchRequest(new SearchQuery.All(), null, null, int.MaxValue, null, OldestFirst: true), cancellationToken);
            var bytes = all.Events.GroupBy(e => InMemoryTables.DayOf(e.Key)).ToDictionary(day => day.Key, day => day.Sum(e => (long)e.Raw.Length));
            var (after, days) = InMemoryRetention.Drop(_tables, retention, now, bytes);
            var events = _events.RemoveWhere(e => days.Contains(InMemoryTables.DayOf(e.Key)));
            var before = _tables.Dropped;
            _tables = after with { Dropped = after.Dropped with { Events = before.Events + events } };
            return new Dropped(events, _tables.Dropped.Quarantined - before.Quarantined, _tables.Dropped.Resources - before.Resources, _tables.Dropped.Incidents - before.Incidents);
        }
        finally
        {
            _writing.Release();
        }
    }

    public ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) => new(_tables.Dropped);

    public ValueTask<IReadOnlyList<QuarantineEntry>> ListAsync(long? before, int limit, CancellationToken cancellationToken) =>
        new([.. _tables.Quarantine.Values.Reverse().Where(entry => before is null || entry.Id < before).Take(limit)]);

    public ValueTask<QuarantineEntry?> GetAsync(long id, CancellationToken cancellationToken) => new(_tables.Quarantine.GetValueOrDefault(id));

    public ValueTask<IReadOnlyDictionary<QuarantineReason, long>> CountsAsync(CancellationToken cancellationToken) =>
        new(_tables.Quarantine.Values.GroupBy(entry => entry.Fault.Reason).ToDictionary(group => group.Key, group => group.LongCount()));

    public ValueTask<IReadOnlyDictionary<QuarantineReason, long>> TotalsAsync(CancellationToken cancellationToken) => new(_tables.Quarantined);

    public async ValueTask<bool> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var before = _tables;
            _tables = before with { Quarantine = before.Quarantine.Remove(id) };
            return before.Quarantine.ContainsKey(id);
        }
        finally
        {
            _writing.Release();
        }
    }

    public ValueTask DisposeAsync() => default;
}
