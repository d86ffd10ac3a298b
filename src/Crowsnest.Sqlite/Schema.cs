namespace Crowsnest.Sqlite;

/// <summary>The schema, as the steps that lead to it. A step that was released is never changed; what comes later is a step of its own.</summary>
internal static class Schema
{
    /// <summary>Applied in order, each in a transaction; <c>user_version</c> counts them.</summary>
    public static readonly IReadOnlyList<string> Migrations =
    [
        // Segments and blocks belong to a day (of the event's key time), so that retention drops whole days.
        // A segment's image stands in chunks: SQLite reads a blob from its beginning, and a lookup needs a few kilobytes of a few megabytes.
        """
        CREATE TABLE segment(id INTEGER PRIMARY KEY, day INTEGER NOT NULL, count INTEGER NOT NULL, min_time INTEGER NOT NULL, max_time INTEGER NOT NULL,
            bytes INTEGER NOT NULL, written_at INTEGER NOT NULL);
        CREATE TABLE segment_chunk(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE top_level_name(name TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE block(id INTEGER PRIMARY KEY, data BLOB NOT NULL);
        CREATE TABLE catalogue(only INTEGER PRIMARY KEY CHECK(only = 1), generation INTEGER NOT NULL, next_segment INTEGER NOT NULL);
        INSERT INTO catalogue VALUES(1, 0, 1);
        CREATE TABLE resource(key TEXT PRIMARY KEY, type TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, cluster TEXT NOT NULL,
            stopped INTEGER NOT NULL, version INTEGER NOT NULL, at INTEGER NOT NULL, event_time INTEGER NOT NULL, event_hash BLOB NOT NULL, document BLOB NOT NULL);
        CREATE TABLE quarantine(id INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, source TEXT NOT NULL, reason TEXT NOT NULL,
            message TEXT NOT NULL, bytes BLOB NOT NULL, length INTEGER NOT NULL, hash TEXT NOT NULL);
        CREATE TABLE accounting(source TEXT PRIMARY KEY, received INTEGER NOT NULL, stored INTEGER NOT NULL, duplicates INTEGER NOT NULL,
            quarantined INTEGER NOT NULL, id_reused INTEGER NOT NULL, unknown_kinds INTEGER NOT NULL,
            CHECK(received = stored + duplicates + quarantined));
        CREATE TABLE firing(id TEXT PRIMARY KEY, rule TEXT NOT NULL, resource TEXT NOT NULL, rank INTEGER NOT NULL, occurred_at INTEGER NOT NULL,
            severity TEXT NOT NULL, labels TEXT NOT NULL, group_by TEXT NOT NULL, summary TEXT NOT NULL, next_step TEXT NOT NULL, evidence TEXT NOT NULL,
            event TEXT NOT NULL);
        CREATE TABLE timer(kind TEXT NOT NULL, key TEXT NOT NULL, due_at INTEGER NOT NULL, PRIMARY KEY(kind, key));
        CREATE INDEX timer_due ON timer(due_at);
        """,
        """
        CREATE TABLE token(id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, hash BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER);
        """,
    ];
}
