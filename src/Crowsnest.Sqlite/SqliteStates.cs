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
        using var select = new HotStatement(connection, """
            SELECT type, account, region, cluster, stopped, version, at, event_time, event_hash, document FROM resource WHERE key = ?
            """);
        foreach (var key in keys)
        {
            if (select.Bind(1, key).Step()) states[key] = Row(key, select);
            select.Reset();
        }

        return states;
    }

    /// <summary>A page of those that are not over, or not longer than since a moment, and behind which row the next begins; less than a page is the last.</summary>
    public static (List<ResourceState> Page, long Last) Page(SqliteConnection connection, long after, long stoppedSince, int limit)
    {
        // In the order of rows, which is that of the file. A row keeps its place when it is written again, and a new one comes behind all others.
        using var select = new HotStatement(connection, """
            SELECT type, account, region, cluster, stopped, version, at, event_time, event_hash, document, key, rowid FROM resource
            WHERE rowid > ? AND (stopped = 0 OR event_time >= ?) ORDER BY rowid LIMIT ?
            """);
        select.Bind(1, after).Bind(2, stoppedSince).Bind(3, limit);
        var page = new List<ResourceState>(limit);
        while (select.Step())
        {
            page.Add(Row(select.Text(10)!, select));
            after = select.Number(11);
        }

        return (page, after);
    }

    private static ResourceState Row(string key, HotStatement row) => new(
        key, row.Text(0)!, row.Text(1)!, row.Text(2)!, row.Text(3)!, row.Number(4) != 0, row.Number(5),
        row.Number(6), new EventKey(row.Number(7), BinaryPrimitives.ReadUInt128BigEndian(row.Blob(8))), row.Blob(9).ToArray());

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
