using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>One pass of the tick: a transaction on the writer connection. Its maker holds the gate, which it gives back at its end.</summary>
internal sealed class SqliteIncidentPass : IIncidentPass
{
    /// <summary>The reason of firings that were too old to be told.</summary>
    public const string TooOld = "TooOld";

    private readonly SqliteDatabase _database;
    private readonly SemaphoreSlim _gate;
    private readonly long _now;
    private readonly SqliteTransaction _transaction;

    public SqliteIncidentPass(SqliteDatabase database, SemaphoreSlim gate, DateTimeOffset now)
    {
        (_database, _gate, _now) = (database, gate, now.ToUnixTimeMilliseconds());
        _transaction = database.Writer.BeginTransaction();
    }

    public ValueTask<IReadOnlyList<(Firing Firing, string? Incident)>> PendingFiringsAsync(int limit, CancellationToken cancellationToken) =>
        Do<IReadOnlyList<(Firing, string?)>>("SELECT document, incident FROM firing WHERE pending = 1 ORDER BY rowid LIMIT ?", select =>
        {
            select.Bind(1, limit);
            var firings = new List<(Firing, string?)>();
            while (select.Step()) firings.Add((IncidentDocument.ReadFiring(select.Blob(0)), select.Text(1)));
            return firings;
        });

    public ValueTask<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken) =>
        Do("SELECT document FROM firing WHERE incident = ? LIMIT ?", select => select.Bind(1, incident).Bind(2, limit).Documents(IncidentDocument.ReadFiring));

    public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) =>
        Do("SELECT document FROM incident WHERE id = ?", select => select.Bind(1, id).Document(IncidentDocument.ReadIncident));

    public ValueTask<Incident?> IncidentOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        Do("SELECT document FROM incident WHERE group_key = ? AND last_at >= ? AND first_at <= ? ORDER BY last_at DESC, id LIMIT 1", select => select
            .Bind(1, groupKey).Bind(2, from.ToUnixTimeMilliseconds()).Bind(3, to.ToUnixTimeMilliseconds()).Document(IncidentDocument.ReadIncident));

    public ValueTask<IReadOnlyList<Incident>> OpenAsync(DateTimeOffset expiringBy, int limit, CancellationToken cancellationToken) =>
        Do("SELECT document FROM incident WHERE state = 'Firing' AND expires_at <= ? UNION ALL SELECT document FROM incident WHERE state = 'Pending' AND expires_at <= ? LIMIT ?", select => select
            .Bind(1, expiringBy.ToUnixTimeMilliseconds()).Bind(2, expiringBy.ToUnixTimeMilliseconds()).Bind(3, limit).Documents(IncidentDocument.ReadIncident));

    public ValueTask<NotificationGroup?> GroupAsync(string key, CancellationToken cancellationToken) =>
        Do("SELECT document FROM notification_group WHERE key = ?", select => select.Bind(1, key).Document(IncidentDocument.ReadGroup));

    public ValueTask<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset now, bool unsent, int limit, CancellationToken cancellationToken) =>
        Do("SELECT document FROM notification_group WHERE due_at <= ? OR (? AND messages = 0) ORDER BY due_at, key LIMIT ?", select => select
            .Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, unsent ? 1 : 0).Bind(3, limit).Documents(IncidentDocument.ReadGroup));

    public ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) =>
        Do("SELECT document FROM silence", select => select.Documents(IncidentDocument.ReadSilence));

    public void Assign(string firing, string incident) =>
        Run("UPDATE firing SET pending = 0, incident = ? WHERE id = ?", update => update.Bind(1, incident).Bind(2, firing));

    public void Save(Incident incident) => Run("INSERT OR REPLACE INTO incident VALUES(?, ?, ?, ?, ?, ?, ?, ?)", insert => insert
        .Bind(1, incident.Id).Bind(2, incident.GroupKey).Bind(3, incident.State.ToString()).Bind(4, incident.FirstAt.ToUnixTimeMilliseconds())
        .Bind(5, incident.LastAt.ToUnixTimeMilliseconds()).Bind(6, incident.ExpiresAt.ToUnixTimeMilliseconds()).Bind(7, IncidentDocument.Write(incident)).Bind(8, _now));

    public void Remove(Incident incident) => Run("DELETE FROM incident WHERE id = ?", delete => delete.Bind(1, incident.Id));

    public void Save(NotificationGroup group) => Run("INSERT OR REPLACE INTO notification_group VALUES(?, ?, ?, ?)", insert => insert
        .Bind(1, group.Key).Bind(2, group.DueAt.ToUnixTimeMilliseconds()).Bind(3, group.Messages).Bind(4, IncidentDocument.Write(group)));

    public void Remove(NotificationGroup group) => Run("DELETE FROM notification_group WHERE key = ?", delete => delete.Bind(1, group.Key));

    public void Save(Silence silence) => Run("INSERT OR REPLACE INTO silence VALUES(?, ?)", insert => insert.Bind(1, silence.Id).Bind(2, IncidentDocument.Write(silence)));

    public void Remove(Silence silence) => Run("DELETE FROM silence WHERE id = ?", delete => delete.Bind(1, silence.Id));

    public void Enqueue(OutboxEntry entry) => Run("INSERT OR IGNORE INTO outbox(id, receiver, state, due_at, document) VALUES(?, ?, ?, ?, ?)", insert => insert
        .Bind(1, entry.Id).Bind(2, entry.Notification.Receiver).Bind(3, entry.State.ToString()).Bind(4, entry.DueAt.ToUnixTimeMilliseconds())
        .Bind(5, IncidentDocument.Write(entry)));

    public void CountTooOld(int firings)
    {
        try
        {
            SqliteTally.Add(_database.Writer, SqliteTally.Untold, "", TooOld, firings);
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "write to", _database.Path);
        }
    }

    public ValueTask CommitAsync(CancellationToken cancellationToken)
    {
        try
        {
            _transaction.Commit();
            return ValueTask.CompletedTask;
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "write to", _database.Path);
        }
    }

    public ValueTask DisposeAsync()
    {
        try
        {
            // Rolls back what was not committed.
            _transaction.Dispose();
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "write to", _database.Path);
        }
        finally
        {
            _gate.Release();
        }

        return ValueTask.CompletedTask;
    }

    private void Run(string sql, Action<HotStatement> bind) => Use(sql, statement =>
    {
        bind(statement);
        statement.Execute();
        return 0;
    });

    private ValueTask<T> Do<T>(string sql, Func<HotStatement, T> work) => ValueTask.FromResult(Use(sql, work));

    private T Use<T>(string sql, Func<HotStatement, T> work)
    {
        try
        {
            using var statement = new HotStatement(_database.Writer, sql);
            return work(statement);
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "write to", _database.Path);
        }
    }
}
