using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Shared;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;

namespace Crowsnest.Simulator.Tests.Telling;

/// <summary>The incidents of a store as one of several processes has them: only the holder of the lease writes, and a pass is written only while it is that.</summary>
/// <param name="inner">What all processes share.</param>
/// <param name="lease">This process's view of the lease.</param>
/// <param name="step">Called before and after each write: where a process may end.</param>
internal sealed class LeasedIncidents(IIncidentStore inner, TellingLease lease, Action step) : IIncidentStore
{
    public async ValueTask<bool> LeadAsync(CancellationToken cancellationToken) => await lease.TryTakeAsync(cancellationToken);

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => inner.NextDueAsync(cancellationToken);

    public async ValueTask<IIncidentPass> BeginAsync(CancellationToken cancellationToken)
    {
        await MustLeadAsync(cancellationToken);
        return new Pass(await inner.BeginAsync(cancellationToken), WriteAsync);
    }

    public ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) => inner.DueOutboxAsync(now, limit, cancellationToken);

    public async ValueTask RecordAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        await MustLeadAsync(cancellationToken);
        await WriteAsync(async () => await inner.RecordAsync(entries, cancellationToken));
    }

    public ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken) => inner.OutboxAsync(before, limit, cancellationToken);

    public ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken, IncidentPlace? after = null) => inner.IncidentsAsync(limit, cancellationToken, after);

    public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) => inner.IncidentAsync(id, cancellationToken);

    public ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) => inner.SilencesAsync(cancellationToken);

    public ValueTask<OutboxEntry?> MessageAsync(string id, CancellationToken cancellationToken) => inner.MessageAsync(id, cancellationToken);

    public ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken) => inner.CountsAsync(cancellationToken);

    private async Task MustLeadAsync(CancellationToken cancellationToken)
    {
        if (!await lease.TryTakeAsync(cancellationToken)) throw new StoreException("Another process tells.", "", isTransient: true);
    }

    // The lease is written first: whoever has lost it writes nothing more.
    private async Task WriteAsync(Func<Task> write)
    {
        step();
        await lease.CommitAsync(lease.State with { Pass = lease.State.Pass + 1 }, null, CancellationToken.None);
        await write();
        step();
    }

    private sealed class Pass(IIncidentPass inner, Func<Func<Task>, Task> write) : IIncidentPass
    {
        public ValueTask<IReadOnlyList<(Firing Firing, string? Incident)>> PendingFiringsAsync(int limit, CancellationToken cancellationToken) => inner.PendingFiringsAsync(limit, cancellationToken);

        public ValueTask<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken) => inner.FiringsOfAsync(incident, limit, cancellationToken);

        public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) => inner.IncidentAsync(id, cancellationToken);

        public ValueTask<Incident?> IncidentOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            inner.IncidentOfGroupAsync(groupKey, from, to, cancellationToken);

        public ValueTask<IReadOnlyList<Incident>> OpenAsync(DateTimeOffset expiringBy, int limit, CancellationToken cancellationToken) => inner.OpenAsync(expiringBy, limit, cancellationToken);

        public ValueTask<NotificationGroup?> GroupAsync(string key, CancellationToken cancellationToken) => inner.GroupAsync(key, cancellationToken);

        public ValueTask<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset now, bool unsent, int limit, CancellationToken cancellationToken) =>
            inner.DueGroupsAsync(now, unsent, limit, cancellationToken);

        public void Assign(string firing, string incident) => inner.Assign(firing, incident);

        public void Save(Incident incident) => inner.Save(incident);

        public void Remove(Incident incident) => inner.Remove(incident);

        public void Save(NotificationGroup group) => inner.Save(group);

        public void Remove(NotificationGroup group) => inner.Remove(group);

        public ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) => inner.SilencesAsync(cancellationToken);

        public void Save(Silence silence) => inner.Save(silence);

        public void Remove(Silence silence) => inner.Remove(silence);

        public void Enqueue(OutboxEntry entry) => inner.Enqueue(entry);

        public void CountTooOld(int firings) => inner.CountTooOld(firings);

        public async ValueTask CommitAsync(CancellationToken cancellationToken) => await write(async () => await inner.CommitAsync(cancellationToken));

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}

/// <summary>Where the lease is kept: in memory, for all processes of a simulation.</summary>
internal sealed class MemoryLease : ILeaseStore
{
    private (LeaseRecord Record, string Mark)? _kept;
    private int _writes;

    public Task<(LeaseRecord Record, string Mark)?> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(_kept);

    public Task<string?> TryWriteAsync(LeaseRecord record, string? over, CancellationToken cancellationToken)
    {
        if (_kept?.Mark != over) return Task.FromResult<string?>(null);
        _kept = (record, FormattableString.Invariant($"{++_writes}"));
        return Task.FromResult<string?>(_kept.Value.Mark);
    }
}
