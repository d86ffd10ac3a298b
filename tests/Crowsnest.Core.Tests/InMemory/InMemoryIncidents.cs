using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.InMemory;

/// <summary>Incidents and the outbox of an <see cref="InMemoryStore"/>.</summary>
/// <param name="read">The tables as they are.</param>
/// <param name="write">Puts other tables in their place; the caller holds <paramref name="writing"/>.</param>
/// <param name="writing">Held by whoever writes.</param>
/// <param name="clock">Ours, for when an incident was last written.</param>
internal sealed class InMemoryIncidents(Func<InMemoryTables> read, Action<InMemoryTables> write, SemaphoreSlim writing, TimeProvider clock) : IIncidentStore
{
    public ValueTask<bool> LeadAsync(CancellationToken cancellationToken) => new(true);

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        var tables = read();
        IEnumerable<DateTimeOffset> due =
        [
            .. tables.Firings.Values.Where(row => row.IsPending).Select(_ => DateTimeOffset.UnixEpoch),
            .. tables.Groups.Values.Select(group => group.DueAt),
            .. tables.Incidents.Values.Where(incident => incident.IsOpen).Select(incident => incident.ExpiresAt),
            .. tables.Outbox.Values.Where(row => row.Entry.State == OutboxState.Waiting).Select(row => row.Entry.DueAt),
        ];
        return new(due.Cast<DateTimeOffset?>().Min());
    }

    public async ValueTask<IIncidentPass> BeginAsync(CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        return new Pass(read(), write, writing, clock.GetUtcNow());
    }

    public ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        new([.. read().Outbox.Values.Where(row => row.Entry.State == OutboxState.Waiting && row.Entry.DueAt <= now)
            .OrderBy(row => row.Entry.DueAt).ThenBy(row => row.Place).Take(limit).Select(row => row.Entry)]);

    public async ValueTask RecordAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        await writing.WaitAsync(cancellationToken);
        try
        {
            foreach (var entry in entries)
            {
                var tables = read();
                if (!tables.Outbox.TryGetValue(entry.Id, out var known)) continue;
                var whose = (entry.Notification.Receiver, entry.Failure);
                var isDone = known.Entry.State == OutboxState.Waiting && entry.Counts;
                write(tables with
                {
                    Outbox = tables.Outbox.SetItem(entry.Id, known with { Entry = entry }),
                    Sent = isDone ? tables.Sent.SetItem(whose, tables.Sent.GetValueOrDefault(whose) + 1) : tables.Sent,
                });
            }
        }
        finally
        {
            writing.Release();
        }
    }

    public ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken) =>
        new([.. read().Outbox.Values.Where(row => before is null || row.Place < before).OrderByDescending(row => row.Place).Take(limit).Select(row => (row.Place, row.Entry))]);

    public ValueTask<OutboxEntry?> MessageAsync(string id, CancellationToken cancellationToken) => new(read().Outbox.GetValueOrDefault(id)?.Entry);

    public ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken, IncidentPlace? after = null) =>
        new([.. Latest(read().Incidents.Values).Where(incident => after?.IsBefore(incident) != false).Take(limit)]);

    public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) => new(read().Incidents.GetValueOrDefault(id));

    public ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) => new([.. read().Silences.Values]);

    public ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken)
    {
        var tables = read();
        return new(new TellingCounts(
            tables.Incidents.Values.LongCount(incident => incident.State == IncidentState.Firing),
            tables.Incidents.Values.LongCount(incident => incident.State == IncidentState.Expired),
            tables.Outbox.Values.GroupBy(row => (row.Entry.Notification.Receiver, row.Entry.State)).ToDictionary(group => group.Key, group => group.LongCount()))
        {
            Done = tables.Sent, TooOld = tables.TooOld,
        });
    }

    private static IOrderedEnumerable<Incident> Latest(IEnumerable<Incident> incidents) =>
        incidents.OrderByDescending(incident => incident.LastAt).ThenBy(incident => incident.Id, StringComparer.Ordinal);

    // Works on tables of its own, which nobody sees before the commit.
    private sealed class Pass(InMemoryTables tables, Action<InMemoryTables> write, SemaphoreSlim writing, DateTimeOffset now) : IIncidentPass
    {
        private InMemoryTables _tables = tables;

        public ValueTask<IReadOnlyList<(Firing Firing, string? Incident)>> PendingFiringsAsync(int limit, CancellationToken cancellationToken) =>
            new([.. _tables.Firings.Values.Where(row => row.IsPending).OrderBy(row => row.Place).Take(limit).Select(row => (row.Firing, row.Incident))]);

        public ValueTask<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken) =>
            new([.. _tables.Firings.Values.Where(row => row.Incident == incident).OrderBy(row => row.Place).Take(limit).Select(row => row.Firing)]);

        public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) => new(_tables.Incidents.GetValueOrDefault(id));

        public ValueTask<Incident?> IncidentOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
            new(Latest(_tables.Incidents.Values.Where(incident => incident.GroupKey == groupKey && incident.LastAt >= from && incident.FirstAt <= to)).FirstOrDefault());

        public ValueTask<IReadOnlyList<Incident>> OpenAsync(DateTimeOffset expiringBy, int limit, CancellationToken cancellationToken) =>
            new([.. _tables.Incidents.Values.Where(incident => incident.IsOpen && incident.ExpiresAt <= expiringBy).Take(limit)]);

        public ValueTask<NotificationGroup?> GroupAsync(string key, CancellationToken cancellationToken) => new(_tables.Groups.GetValueOrDefault(key));

        public ValueTask<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset now, bool unsent, int limit, CancellationToken cancellationToken) =>
            new([.. _tables.Groups.Values.Where(group => group.DueAt <= now || (unsent && group.Messages == 0))
                .OrderBy(group => group.DueAt).ThenBy(group => group.Key, StringComparer.Ordinal).Take(limit)]);

        public ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) => new([.. _tables.Silences.Values]);

        public void Assign(string firing, string incident)
        {
            if (_tables.Firings.TryGetValue(firing, out var row))
                _tables = _tables with { Firings = _tables.Firings.SetItem(firing, row with { IsPending = false, Incident = incident }) };
        }

        public void Save(Incident incident) => _tables = _tables with
        {
            Incidents = _tables.Incidents.SetItem(incident.Id, incident), IncidentWrites = _tables.IncidentWrites.SetItem(incident.Id, now),
        };

        public void Remove(Incident incident) => _tables = _tables with { Incidents = _tables.Incidents.Remove(incident.Id) };

        public void Save(NotificationGroup group) => _tables = _tables with { Groups = _tables.Groups.SetItem(group.Key, group) };

        public void Remove(NotificationGroup group) => _tables = _tables with { Groups = _tables.Groups.Remove(group.Key) };

        public void Save(Silence silence) => _tables = _tables with { Silences = _tables.Silences.SetItem(silence.Id, silence) };

        public void Remove(Silence silence) => _tables = _tables with { Silences = _tables.Silences.Remove(silence.Id) };

        public void Enqueue(OutboxEntry entry)
        {
            if (_tables.Outbox.ContainsKey(entry.Id)) return;
            _tables = _tables with { LastPlace = _tables.LastPlace + 1, Outbox = _tables.Outbox.Add(entry.Id, new OutboxRow(_tables.LastPlace + 1, entry)) };
        }

        public void CountTooOld(int firings) => _tables = _tables with { TooOld = _tables.TooOld + firings };

        public ValueTask CommitAsync(CancellationToken cancellationToken)
        {
            write(_tables);
            return default;
        }

        public ValueTask DisposeAsync()
        {
            writing.Release();
            return default;
        }
    }
}
