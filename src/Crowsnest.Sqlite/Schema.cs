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
        CREATE TABLE firing(id TEXT PRIMARY KEY, rank INTEGER NOT NULL, pending INTEGER NOT NULL, incident TEXT, document BLOB NOT NULL);
        CREATE INDEX firing_pending ON firing(pending) WHERE pending = 1;
        CREATE INDEX firing_incident ON firing(incident);
        CREATE TABLE incident(id TEXT PRIMARY KEY, group_key TEXT NOT NULL, state TEXT NOT NULL, first_at INTEGER NOT NULL, last_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL, document BLOB NOT NULL);
        CREATE INDEX incident_group ON incident(group_key, last_at);
        CREATE INDEX incident_expires ON incident(expires_at) WHERE state = 'Firing';
        CREATE INDEX incident_last ON incident(last_at);
        CREATE TABLE notification_group(key TEXT PRIMARY KEY, due_at INTEGER NOT NULL, messages INTEGER NOT NULL, document BLOB NOT NULL);
        CREATE INDEX notification_group_due ON notification_group(due_at);
        CREATE TABLE outbox(place INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, receiver TEXT NOT NULL, state TEXT NOT NULL,
            due_at INTEGER NOT NULL, document BLOB NOT NULL);
        CREATE INDEX outbox_due ON outbox(due_at) WHERE state = 'Waiting';
        """,
        """
        CREATE TABLE token(id TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL, hash BLOB NOT NULL, created_at INTEGER NOT NULL, revoked_at INTEGER);
        """,

        // A day leaves in one step, by its segments; its blocks and chunks follow in many small ones, and what is left of them stands in dropping.
        """
        CREATE TABLE dropping(kind TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL);
        CREATE TABLE dropped(kind TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
        ALTER TABLE incident ADD COLUMN written_at INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX incident_written ON incident(written_at);
        """,

        // Counts that only rise, whatever retention takes away: quarantined, untold, and sent messages, by whose and why.
        """
        CREATE TABLE tally(what TEXT NOT NULL, whose TEXT NOT NULL, reason TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY(what, whose, reason)) WITHOUT ROWID;
        INSERT INTO tally SELECT 'quarantined', '', reason, count(*) FROM quarantine GROUP BY reason;
        INSERT INTO tally SELECT 'sent', receiver, CASE state WHEN 'Sent' THEN 'None' ELSE 'Refused' END, count(*) FROM outbox WHERE state <> 'Waiting' GROUP BY receiver, state;
        """,

        // How the clusters were. A search for the newest whole one is a search from the end; the data comes last in its row.
        """
        CREATE TABLE checkpoint(at INTEGER NOT NULL, part INTEGER NOT NULL, base INTEGER NOT NULL, known_until INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY(at, part));
        CREATE INDEX checkpoint_whole ON checkpoint(at) WHERE at = base;
        """,

        // Incidents whose rules wait for more are looked at when their time is over.
        """
        CREATE INDEX incident_pending ON incident(expires_at) WHERE state = 'Pending';
        """,

        // Few, and always read whole.
        """
        CREATE TABLE silence(id TEXT PRIMARY KEY, document BLOB NOT NULL) WITHOUT ROWID;
        """,
    ];
}
