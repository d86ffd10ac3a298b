using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>What could not be read, with its bytes.</summary>
internal sealed class SqliteQuarantine(SqliteDatabase database, SemaphoreSlim gate) : IQuarantine
{
    private const string Columns = "id, received_at, source, reason, message, bytes, length, hash";

    public static void Write(SqliteConnection connection, Commit commit)
    {
        if (commit.Quarantine.Count == 0) return;
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO quarantine(received_at, source, reason, message, bytes, length, hash) VALUES($at, $source, $reason, $message, $bytes, $length, $hash)
            """;
        var names = new[] { "$at", "$source", "$reason", "$message", "$bytes", "$length", "$hash" };
        var parameters = names.Select(name => command.Parameters.AddWithValue(name, DBNull.Value)).ToArray();
        foreach (var fault in commit.Quarantine)
        {
            object[] values =
            [
                commit.ReceivedAt.ToUnixTimeMilliseconds(), commit.Source, fault.Reason.ToString(), fault.Message, fault.Bytes.ToArray(), fault.Length, fault.Hash,
            ];
            for (var i = 0; i < values.Length; i++) parameters[i].Value = values[i];
            command.ExecuteNonQuery();
        }

        foreach (var reason in commit.Quarantine.CountBy(fault => fault.Reason)) SqliteTally.Add(connection, SqliteTally.Quarantined, "", reason.Key.ToString(), reason.Value);
    }

    public ValueTask<IReadOnlyList<QuarantineEntry>> ListAsync(long? before, int limit, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<QuarantineEntry>>(Query(
            $"SELECT {Columns} FROM quarantine WHERE id < $id ORDER BY id DESC LIMIT $limit", before ?? long.MaxValue, limit));

    public ValueTask<QuarantineEntry?> GetAsync(long id, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Query($"SELECT {Columns} FROM quarantine WHERE id = $id LIMIT $limit", id, 1).FirstOrDefault());

    public ValueTask<IReadOnlyDictionary<QuarantineReason, long>> CountsAsync(CancellationToken cancellationToken)
    {
        using var snapshot = database.Read();
        using var command = snapshot.Connection.CreateCommand();
        command.CommandText = "SELECT reason, count(*) FROM quarantine GROUP BY reason";
        using var reader = command.ExecuteReader();
        var counts = new Dictionary<QuarantineReason, long>();
        while (reader.Read()) counts[Enum.Parse<QuarantineReason>(reader.GetString(0))] = reader.GetInt64(1);
        return ValueTask.FromResult<IReadOnlyDictionary<QuarantineReason, long>>(counts);
    }

    public ValueTask<IReadOnlyDictionary<QuarantineReason, long>> TotalsAsync(CancellationToken cancellationToken)
    {
        using var snapshot = database.Read();
        return ValueTask.FromResult<IReadOnlyDictionary<QuarantineReason, long>>(
            SqliteTally.Read(snapshot.Connection, SqliteTally.Quarantined).ToDictionary(t => Enum.Parse<QuarantineReason>(t.Reason), t => t.Count));
    }

    public async ValueTask<bool> RemoveAsync(long id, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var command = database.Writer.CreateCommand();
            command.CommandText = "DELETE FROM quarantine WHERE id = $id";
            command.Parameters.AddWithValue("$id", id);
            return command.ExecuteNonQuery() > 0;
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

    private List<QuarantineEntry> Query(string sql, long id, int limit)
    {
        using var snapshot = database.Read();
        using var command = snapshot.Connection.CreateCommand();
#pragma warning disable CA2100 // Both statements are constants of this class.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.Parameters.AddWithValue("$id", id);
        command.Parameters.AddWithValue("$limit", limit);
        using var reader = command.ExecuteReader();
        var entries = new List<QuarantineEntry>();
        while (reader.Read())
        {
            entries.Add(new QuarantineEntry(
                reader.GetInt64(0), DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(1)), reader.GetString(2),
                new Fault(Enum.Parse<QuarantineReason>(reader.GetString(3)), reader.GetString(4), (byte[])reader[5], reader.GetInt64(6), reader.GetString(7))));
        }

        return entries;
    }
}
