using Crowsnest.Core.History;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Checkpoints of how the clusters were, a row a part; the first part's row says what it is.</summary>
internal sealed class SqliteCheckpoints(SqliteDatabase database, SemaphoreSlim gate) : ICheckpointStore
{
    public ValueTask<IReadOnlyList<Checkpoint>> ReadAsync(long notAfter, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var snapshot = database.Read();
            return ValueTask.FromResult<IReadOnlyList<Checkpoint>>(Read(snapshot.Connection, notAfter));
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "read checkpoints from", database.Path);
        }
    }

    public ValueTask<(long First, long Last)?> SpanAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var snapshot = database.Read();
            using var ask = snapshot.Connection.CreateCommand();
            ask.CommandText = "SELECT (SELECT min(at) FROM checkpoint), (SELECT max(at) FROM checkpoint)";
            using var reader = ask.ExecuteReader();
            reader.Read();
            return ValueTask.FromResult(reader.IsDBNull(0) ? ((long, long)?)null : (reader.GetInt64(0), reader.GetInt64(1)));
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "read checkpoints from", database.Path);
        }
    }

    public ValueTask SaveAsync(Checkpoint checkpoint, CancellationToken cancellationToken) => WriteAsync(connection =>
    {
        using var transaction = connection.BeginTransaction();
        Drop(connection, checkpoint.At, checkpoint.At + 1);
        using (var insert = new HotStatement(connection, "INSERT INTO checkpoint VALUES(?, ?, ?, ?, ?)"))
        {
            // One without states has a part all the same, which says that it is there.
            for (var part = 0; part < Math.Max(1, checkpoint.Parts.Count); part++)
            {
                insert.Bind(1, checkpoint.At).Bind(2, part).Bind(3, checkpoint.Base).Bind(4, checkpoint.KnownUntil.ToUnixTimeMilliseconds())
                    .Bind(5, part < checkpoint.Parts.Count ? checkpoint.Parts[part].Span : default).Execute();
            }
        }

        transaction.Commit();
    }, cancellationToken);

    public ValueTask DropAsync(long from, long to, CancellationToken cancellationToken) => WriteAsync(connection => Drop(connection, from, to), cancellationToken);

    private static List<Checkpoint> Read(SqliteConnection connection, long notAfter)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT at, base, known_until, data FROM checkpoint
            WHERE at BETWEEN (SELECT max(at) FROM checkpoint WHERE at <= $until AND at = base) AND $until
                AND base = (SELECT max(at) FROM checkpoint WHERE at <= $until AND at = base)
            ORDER BY at, part
            """;
        command.Parameters.AddWithValue("$until", notAfter);
        var chain = new List<Checkpoint>();
        var parts = new List<ReadOnlyMemory<byte>>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (chain.Count == 0 || chain[^1].At != reader.GetInt64(0))
            {
                parts = [];
                chain.Add(new Checkpoint(reader.GetInt64(0), reader.GetInt64(1), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)), parts));
            }

            if ((byte[])reader[3] is { Length: > 0 } data) parts.Add(data);
        }

        return chain;
    }

    private static void Drop(SqliteConnection connection, long from, long to)
    {
        using var drop = connection.CreateCommand();
        drop.CommandText = "DELETE FROM checkpoint WHERE at >= $from AND at < $to";
        drop.Parameters.AddWithValue("$from", from);
        drop.Parameters.AddWithValue("$to", to);
        drop.ExecuteNonQuery();
    }

    private async ValueTask WriteAsync(Action<SqliteConnection> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            work(database.Writer);
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "write checkpoints to", database.Path);
        }
        finally
        {
            gate.Release();
        }
    }
}
