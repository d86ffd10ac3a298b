using Crowsnest.Core.Pipeline;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Lets go of what is older than it is kept: whole days of events, and with them the states of what stopped then; quarantine and incidents by age.</summary>
/// <remarks>
/// Each step is a short transaction under the write gate, so that a commit waits for one step at most. A day leaves in one of them; the space that it takes
/// follows. The file does not get smaller: what is freed is used again.
/// </remarks>
/// <param name="database">The file.</param>
/// <param name="gate">Held by whoever uses the writer connection.</param>
internal sealed class SqliteRetention(SqliteDatabase database, SemaphoreSlim gate)
{
    // A block or a chunk is some 30 kB: a step frees 4 MB, which takes a few milliseconds.
    private const int RowsAStep = 128;

    private const string Events = "events", Quarantined = "quarantined", Resources = "resources", Incidents = "incidents";

    private sealed record Day(int Number, long EndsAt, long WrittenAt);

    /// <summary>All that ever left.</summary>
    public static Dropped Dropped(SqliteConnection connection)
    {
        using var select = new HotStatement(connection, "SELECT kind, count FROM dropped");
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        while (select.Step()) counts[select.Text(0)!] = select.Number(1);
        return new Dropped(counts.GetValueOrDefault(Events), counts.GetValueOrDefault(Quarantined), counts.GetValueOrDefault(Resources), counts.GetValueOrDefault(Incidents));
    }

    public async ValueTask<Dropped> DropAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            // What an earlier pass did not come to.
            await FreeAsync(cancellationToken).ConfigureAwait(false);
            var events = await DropDaysAsync(retention, now, cancellationToken).ConfigureAwait(false);
            var resources = retention.Events is { } kept ? await DropResourcesAsync(now - kept, cancellationToken).ConfigureAwait(false) : 0;
            var quarantined = await DropQuarantineAsync(retention, now, cancellationToken).ConfigureAwait(false);
            var incidents = await DropIncidentsAsync(now - retention.Incidents, "state NOT IN ('Firing', 'Pending')", cancellationToken).ConfigureAwait(false)
                + await DropIncidentsAsync(now - Retention.SyntheticIncidents, "state = 'Synthetic'", cancellationToken).ConfigureAwait(false);
            await DropMessagesAsync(now - retention.Incidents, cancellationToken).ConfigureAwait(false);
            return new Dropped(events, quarantined, resources, incidents);
        }
        catch (SqliteException exception)
        {
            throw SqliteFault.Translate(exception, "drop what is old from", database.Path);
        }
    }

    private async ValueTask<long> DropDaysAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var dropped = 0L;
        while (await StepAsync(connection => Days(connection) is [var oldest, ..] days && Leaves(connection, oldest, days.Count, retention, now) ? oldest : null, cancellationToken).ConfigureAwait(false) is { } day)
        {
            dropped += await StepAsync(connection => DropDay(connection, day), cancellationToken).ConfigureAwait(false);
            await FreeAsync(cancellationToken).ConfigureAwait(false);
        }

        return dropped;
    }

    private static bool Leaves(SqliteConnection connection, Day oldest, int days, Retention retention, DateTimeOffset now)
    {
        if (retention.Events is { } kept && Math.Max(oldest.EndsAt, oldest.WrittenAt) < (now - kept).ToUnixTimeMilliseconds()) return true;
        return days > 1 && retention.SizeBytes is { } size && UsedBytes(connection) > size;
    }

    // Those that leave first come first: a day of long ago that was written lately is not the oldest.
    private static List<Day> Days(SqliteConnection connection)
    {
        using var select = new HotStatement(connection, "SELECT day, max(written_at) FROM segment GROUP BY day");
        var days = new List<Day>();
        while (select.Step()) days.Add(new Day((int)select.Number(0), (select.Number(0) + 1) * EventDay.Milliseconds, select.Number(1)));
        days.Sort(static (x, y) => Math.Max(x.EndsAt, x.WrittenAt).CompareTo(Math.Max(y.EndsAt, y.WrittenAt)) is var order and not 0 ? order : x.Number.CompareTo(y.Number));
        return days;
    }

    private static long DropDay(SqliteConnection connection, Day day)
    {
        // Written again since it was chosen: it stays.
        if (Days(connection).Find(d => d.Number == day.Number) != day) return 0;
        var (first, last) = EventWriter.BlockIds(day.Number);
        using (var blocks = new HotStatement(connection, "INSERT INTO dropping SELECT 'block', ?1, max(id) FROM block WHERE id BETWEEN ?1 AND ?2 HAVING max(id) IS NOT NULL"))
            blocks.Bind(1, first).Bind(2, last).Execute();

        var count = 0L;
        using (var segments = new HotStatement(connection, "SELECT id, count FROM segment WHERE day = ?"))
        {
            segments.Bind(1, day.Number);
            using var chunks = new HotStatement(connection, "INSERT INTO dropping VALUES('segment_chunk', ?, ?)");
            while (segments.Step())
            {
                chunks.Bind(1, SegmentChunks.ChunkId(segments.Number(0), 0)).Bind(2, SegmentChunks.ChunkId(segments.Number(0) + 1, 0) - 1).Execute();
                count += segments.Number(1);
            }
        }

        using (var drop = new HotStatement(connection, "DELETE FROM segment WHERE day = ?")) drop.Bind(1, day.Number).Execute();
        SqliteDatabase.Execute(connection, "UPDATE catalogue SET generation = generation + 1");
        Count(connection, Events, count);
        return count;
    }

    // Frees what dropped days took. A day's range ends with the last block that it had: what comes for that day later begins behind it.
    private async ValueTask FreeAsync(CancellationToken cancellationToken)
    {
        while (await StepAsync(FreeStep, cancellationToken).ConfigureAwait(false))
        {
        }
    }

    private static bool FreeStep(SqliteConnection connection)
    {
        using var next = new HotStatement(connection, "SELECT rowid, kind, first, last FROM dropping LIMIT 1");
        if (!next.Step()) return false;
        var (row, kind, first, last) = (next.Number(0), next.Text(1), next.Number(2), next.Number(3));
        next.Reset();
        var table = kind == "block" ? "block" : "segment_chunk";
        using (var free = new HotStatement(connection, $"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE id BETWEEN ? AND ? ORDER BY id LIMIT {RowsAStep})"))
            free.Bind(1, first).Bind(2, last).Execute();
        if (Changes(connection) == RowsAStep) return true;
        using var done = new HotStatement(connection, "DELETE FROM dropping WHERE rowid = ?");
        done.Bind(1, row).Execute();
        return true;
    }

    // The state of what is over leaves when the day of its last event has left; a service's and tags too, since no event says that one was deleted. They are looked for beside the writers, and looked at again under the gate.
    private async ValueTask<long> DropResourcesAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        const string Over = "(stopped = 1 OR type IN ('service', 'tags')) AND event_time < ?";
        var chosen = new List<long>();
        using (var reader = database.Read())
        {
            var days = Days(reader.Connection).ConvertAll(d => d.Number).ToHashSet();
            using var select = new HotStatement(reader.Connection, $"SELECT rowid, event_time FROM resource WHERE {Over}");
            select.Bind(1, before.ToUnixTimeMilliseconds());
            while (select.Step())
            {
                if (!days.Contains((int)Math.Floor((double)select.Number(1) / EventDay.Milliseconds))) chosen.Add(select.Number(0));
            }
        }

        var dropped = 0L;
        foreach (var rows in chosen.Chunk(RowsAStep * 8))
        {
            dropped += await StepAsync(
                connection =>
                {
                    var count = 0L;
                    using var delete = new HotStatement(connection, $"DELETE FROM resource WHERE rowid = ? AND {Over}");
                    foreach (var row in rows)
                    {
                        delete.Bind(1, row).Bind(2, before.ToUnixTimeMilliseconds()).Execute();
                        count += Changes(connection);
                    }

                    Count(connection, Resources, count);
                    return count;
                },
                cancellationToken).ConfigureAwait(false);
        }

        return dropped;
    }

    private async ValueTask<long> DropQuarantineAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // Ids rise with the time of receipt, but for what several sources bring at once: the few that are passed over leave with the next pass.
        var aged = await DropOldestAsync("received_at < ?", (now - retention.Quarantine).ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        long last;
        using (var reader = database.Read())
        {
            last = Number(reader.Connection, $"SELECT max(id) FROM (SELECT id, sum(length(bytes)) OVER (ORDER BY id DESC) AS newer FROM quarantine) WHERE newer > {retention.QuarantineBytesMax}");
        }

        return aged + await DropOldestAsync("id <= ?", last, cancellationToken).ConfigureAwait(false);

        async ValueTask<long> DropOldestAsync(string condition, long value, CancellationToken stop)
        {
            for (var dropped = 0L; ;)
            {
                var count = await StepAsync(connection => DeleteOldest(connection, Quarantined, "quarantine", condition, value), stop).ConfigureAwait(false);
                dropped += count;
                if (count < RowsAStep) return dropped;
            }
        }
    }

    private async ValueTask<long> DropIncidentsAsync(DateTimeOffset before, string condition, CancellationToken cancellationToken)
    {
        var (dropped, at) = (0L, before.ToUnixTimeMilliseconds());
        while (true)
        {
            var incidents = await StepAsync(
                connection =>
                {
                    using (var firings = new HotStatement(connection, $"""
                        DELETE FROM firing WHERE pending = 0 AND incident IN
                            (SELECT id FROM incident WHERE written_at < ? AND {condition} ORDER BY rowid LIMIT {RowsAStep})
                        """)) firings.Bind(1, at).Execute();
                    return DeleteOldest(connection, Incidents, "incident", $"written_at < ? AND {condition}", at);
                },
                cancellationToken).ConfigureAwait(false);
            dropped += incidents;
            if (incidents < RowsAStep) return dropped;
        }
    }

    private async ValueTask DropMessagesAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        while (await StepAsync(connection => DeleteOldest(connection, "", "outbox", "due_at < ? AND state <> 'Waiting'", before.ToUnixTimeMilliseconds()), cancellationToken).ConfigureAwait(false) >= RowsAStep)
        {
            // The next step's worth.
        }
    }

    // One step's worth of a table's oldest rows that match. Counted under the kind, or not at all where it is empty.
    private static long DeleteOldest(SqliteConnection connection, string kind, string table, string condition, long value)
    {
        using var delete = new HotStatement(connection, $"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {condition} ORDER BY rowid LIMIT {RowsAStep})");
        delete.Bind(1, value).Execute();
        var count = Changes(connection);
        if (kind.Length > 0) Count(connection, kind, count);
        return count;
    }

    private static void Count(SqliteConnection connection, string kind, long count)
    {
        if (count == 0) return;
        using var add = new HotStatement(connection, "INSERT INTO dropped VALUES(?, ?) ON CONFLICT(kind) DO UPDATE SET count = count + excluded.count");
        add.Bind(1, kind).Bind(2, count).Execute();
    }

    private static long UsedBytes(SqliteConnection connection) =>
        (Number(connection, "PRAGMA page_count") - Number(connection, "PRAGMA freelist_count")) * Number(connection, "PRAGMA page_size");

    private static long Changes(SqliteConnection connection) => Number(connection, "SELECT changes()");

    private static long Number(SqliteConnection connection, string sql)
    {
        using var ask = new HotStatement(connection, sql);
        return ask.Step() ? ask.Number(0) : 0;
    }

    private async ValueTask<T> StepAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            using var transaction = database.Writer.BeginTransaction();
            var result = work(database.Writer);
            transaction.Commit();
            return result;
        }
        finally
        {
            gate.Release();
        }
    }
}
