using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Firings, incidents, groups and the outbox, in the same file as the events that made them.</summary>
/// <param name="database">The file.</param>
/// <param name="gate">Held by whoever uses the writer connection.</param>
/// <param name="clock">Ours, for when an incident was last written.</param>
internal sealed class SqliteIncidentStore(SqliteDatabase database, SemaphoreSlim gate, TimeProvider clock) : IIncidentStore
{
    /// <summary>Writes firings in a commit's transaction: a better diagnosis of the same stop takes the place of a lesser one; an equal or lesser one says nothing new.</summary>
    public static void WriteFirings(SqliteConnection connection, IReadOnlyList<Firing> firings)
    {
        if (firings.Count == 0) return;
        using var insert = new HotStatement(connection, """
            INSERT INTO firing(id, rank, pending, document) VALUES(?, ?, 1, ?)
            ON CONFLICT(id) DO UPDATE SET rank = excluded.rank, pending = 1, document = excluded.document WHERE excluded.rank > rank
            """);
        foreach (var firing in firings) insert.Bind(1, firing.Id).Bind(2, firing.Rank).Bind(3, IncidentDocument.Write(firing)).Execute();
    }

    // One process has the file to itself.
    public ValueTask<bool> LeadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(true);

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken) => Read<DateTimeOffset?>(connection =>
    {
        using var select = new HotStatement(connection, """
            SELECT min(due) FROM (
                SELECT 0 AS due WHERE EXISTS(SELECT 1 FROM firing WHERE pending = 1)
                UNION ALL SELECT min(due_at) FROM notification_group
                UNION ALL SELECT min(expires_at) FROM incident WHERE state = 'Firing'
                UNION ALL SELECT min(expires_at) FROM incident WHERE state = 'Pending'
                UNION ALL SELECT min(due_at) FROM outbox WHERE state = 'Waiting')
            """);
        return select.Step() && select.NumberOrNull(0) is { } due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null;
    });

    public async ValueTask<IIncidentPass> BeginAsync(CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return new SqliteIncidentPass(database, gate, clock.GetUtcNow());
        }
        catch (SqliteException exception)
        {
            gate.Release();
            throw SqliteFault.Translate(exception, "write to", database.Path);
        }
    }

    public ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<OutboxEntry>>(connection =>
        {
            using var select = new HotStatement(connection, "SELECT document FROM outbox WHERE state = 'Waiting' AND due_at <= ? ORDER BY due_at, place LIMIT ?");
            select.Bind(1, now.ToUnixTimeMilliseconds()).Bind(2, limit);
            return select.Documents(IncidentDocument.ReadOutboxEntry);
        });

    public async ValueTask RecordAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var transaction = database.Writer.BeginTransaction();
            foreach (var entry in entries) Record(database.Writer, entry);
            transaction.Commit();
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "write to", database.Path);
        }
        finally
        {
            gate.Release();
        }
    }

    public ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken) =>
        Read<IReadOnlyList<(long, OutboxEntry)>>(connection =>
        {
            using var select = new HotStatement(connection, "SELECT document, place FROM outbox WHERE place < ? ORDER BY place DESC LIMIT ?");
            select.Bind(1, before ?? long.MaxValue).Bind(2, limit);
            var entries = new List<(long, OutboxEntry)>();
            while (select.Step()) entries.Add((select.Number(1), IncidentDocument.ReadOutboxEntry(select.Blob(0))));
            return entries;
        });

    public ValueTask<OutboxEntry?> MessageAsync(string id, CancellationToken cancellationToken) => Read(connection =>
    {
        using var select = new HotStatement(connection, "SELECT document FROM outbox WHERE id = ?");
        return select.Bind(1, id).Document(IncidentDocument.ReadOutboxEntry);
    });

    public ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken, IncidentPlace? after = null) => Read<IReadOnlyList<Incident>>(connection =>
    {
        using var select = new HotStatement(connection, "SELECT document FROM incident WHERE last_at <= ? AND (last_at < ? OR id > ?) ORDER BY last_at DESC, id LIMIT ?");
        var (lastAt, id) = after is { } place ? (place.LastAt, place.Id) : (long.MaxValue, "");
        select.Bind(1, lastAt).Bind(2, lastAt).Bind(3, id).Bind(4, limit);
        return select.Documents(IncidentDocument.ReadIncident);
    });

    public ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) => Read(connection =>
    {
        using var select = new HotStatement(connection, "SELECT document FROM incident WHERE id = ?");
        return select.Bind(1, id).Document(IncidentDocument.ReadIncident);
    });

    public ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) => Read(connection =>
    {
        using var select = new HotStatement(connection, "SELECT document FROM silence");
        return select.Documents(IncidentDocument.ReadSilence);
    });

    public ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken) => Read(connection =>
    {
        using var incidents = connection.CreateCommand();
        incidents.CommandText = "SELECT count(*) FILTER (WHERE state = 'Firing'), count(*) FILTER (WHERE state = 'Expired') FROM incident";
        using var sums = incidents.ExecuteReader();
        sums.Read();
        var outbox = new Dictionary<(string, OutboxState), long>();
        using var messages = connection.CreateCommand();
        messages.CommandText = "SELECT receiver, state, count(*) FROM outbox GROUP BY receiver, state";
        using var rows = messages.ExecuteReader();
        while (rows.Read()) outbox[(rows.GetString(0), Enum.Parse<OutboxState>(rows.GetString(1)))] = rows.GetInt64(2);
        return new TellingCounts(sums.GetInt64(0), sums.GetInt64(1), outbox)
        {
            Done = SqliteTally.Read(connection, SqliteTally.Sent).ToDictionary(t => (t.Whose, Enum.Parse<SendFailure>(t.Reason)), t => t.Count),
            TooOld = SqliteTally.Read(connection, SqliteTally.Untold).Sum(t => t.Count),
        };
    });

    private static void Record(SqliteConnection connection, OutboxEntry entry)
    {
        if (entry.Counts && IsWaiting(connection, entry.Id)) SqliteTally.Add(connection, SqliteTally.Sent, entry.Notification.Receiver, entry.Failure.ToString(), 1);
        using var update = new HotStatement(connection, "UPDATE outbox SET state = ?, due_at = ?, document = ? WHERE id = ?");
        update.Bind(1, entry.State.ToString()).Bind(2, entry.DueAt.ToUnixTimeMilliseconds()).Bind(3, IncidentDocument.Write(entry)).Bind(4, entry.Id).Execute();
    }

    private static bool IsWaiting(SqliteConnection connection, string id)
    {
        using var select = new HotStatement(connection, "SELECT 1 FROM outbox WHERE id = ? AND state = 'Waiting'");
        return select.Bind(1, id).Step();
    }

    private ValueTask<T> Read<T>(Func<SqliteConnection, T> work)
    {
        try
        {
            using var reader = database.Read();
            return ValueTask.FromResult(work(reader.Connection));
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "read", database.Path);
        }
    }
}
