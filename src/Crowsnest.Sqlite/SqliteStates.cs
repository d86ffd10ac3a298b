using System.Buffers.Binary;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>What is known of tasks, instances, services and deployments, a row each.</summary>
internal static class SqliteStates
{
    public static IReadOnlyDictionary<string, ResourceState> Load(SqliteConnection connection, IReadOnlyCollection<string> keys)
    {
        var states = new Dictionary<string, ResourceState>(keys.Count, StringComparer.Ordinal);
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT type, account, region, cluster, stopped, version, at, event_time, event_hash, document FROM resource WHERE key = $key
            """;
        var parameter = command.Parameters.Add("$key", SqliteType.Text);
        foreach (var key in keys)
        {
            parameter.Value = key;
            using var reader = command.ExecuteReader();
            if (reader.Read()) states[key] = Row(key, reader);
        }

        return states;
    }

    /// <summary>A page of those that are not over, or not longer than since a moment, and behind which row the next begins; less than a page is the last.</summary>
    public static (List<ResourceState> Page, long Last) Page(SqliteConnection connection, long after, long stoppedSince, int limit)
    {
        // In the order of rows, which is that of the file. A row keeps its place when it is written again, and a new one comes behind all others.
        using var command = connection.CreateCommand();
        command.CommandText = """
            SELECT type, account, region, cluster, stopped, version, at, event_time, event_hash, document, key, rowid FROM resource
            WHERE rowid > $after AND (stopped = 0 OR event_time >= $since) ORDER BY rowid LIMIT $limit
            """;
        command.Parameters.AddWithValue("$after", after);
        command.Parameters.AddWithValue("$since", stoppedSince);
        command.Parameters.AddWithValue("$limit", limit);
        var page = new List<ResourceState>(limit);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            page.Add(Row(reader.GetString(10), reader));
            after = reader.GetInt64(11);
        }

        return (page, after);
    }

    private static ResourceState Row(string key, SqliteDataReader reader) => new(
        key, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4) != 0, reader.GetInt64(5),
        reader.GetInt64(6), new EventKey(reader.GetInt64(7), BinaryPrimitives.ReadUInt128BigEndian((byte[])reader[8])), (byte[])reader[9]);

    public static void Write(SqliteConnection connection, IReadOnlyList<ResourceState> states)
    {
        if (states.Count == 0) return;
        using var insert = new HotStatement(connection, """
            INSERT INTO resource VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT(key) DO UPDATE SET cluster = excluded.cluster, stopped = excluded.stopped, version = excluded.version, at = excluded.at,
                event_time = excluded.event_time, event_hash = excluded.event_hash, document = excluded.document
            """);
        Span<byte> hash = stackalloc byte[16];
        foreach (var state in states)
        {
            BinaryPrimitives.WriteUInt128BigEndian(hash, state.Event.Hash);
            insert.Bind(1, state.Key).Bind(2, state.Type).Bind(3, state.Account).Bind(4, state.Region).Bind(5, state.Cluster)
                .Bind(6, state.IsStopped ? 1 : 0).Bind(7, state.Version).Bind(8, state.At).Bind(9, state.Event.TimeMilliseconds)
                .Bind(10, hash).Bind(11, state.Document.Span).Execute();
        }
    }
}
