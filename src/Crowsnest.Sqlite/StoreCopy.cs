using Crowsnest.Core.Pipeline;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crowsnest.Sqlite;

/// <summary>What a copy of a store holds.</summary>
/// <param name="Schema">The schema's version.</param>
/// <param name="Events">Events that can be found in it.</param>
/// <param name="Accounting">The sum of everything ever received.</param>
public sealed record StoreCopy(int Schema, long Events, Accounting Accounting)
{
    /// <summary>The schema that this program writes; a copy of a later one cannot be read.</summary>
    public static int SchemaKnown { get; } = Crowsnest.Sqlite.Schema.Migrations.Count;
}

/// <summary>Copies a store as of one commit, while it is written to.</summary>
internal static class StoreCopier
{
    // Two megabytes a step: small enough to be interrupted and watched, large enough that the steps cost nothing.
    private const int PagesAStep = 256;

    /// <summary>Writes the copy into a file that is not there yet; it is one file, and on disk on return.</summary>
    public static StoreCopy Copy(SqliteDatabase database, string path, Action<long, long>? onStep, CancellationToken cancellationToken)
    {
        StoreCopy copy;
        using (var source = database.Read())
        using (var target = Create(path))
        {
            // With the first read the snapshot stands, and while it does the copy need not begin anew when something is committed.
            Number(source.Connection, "PRAGMA user_version");
            Step(source.Connection, target, onStep, cancellationToken);

            // One file and nothing beside it: whoever opens it turns the log on again.
            SqliteDatabase.Execute(target, "PRAGMA journal_mode=DELETE;");
            copy = new StoreCopy(
                (int)Number(target, "PRAGMA user_version"), Number(target, "SELECT coalesce(sum(count), 0) FROM segment"),
                SqliteAccounting.Read(target).Values.Aggregate(default(Accounting), Accounting.Add));
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
        return copy;
    }

    internal static long Number(SqliteConnection connection, string sql)
    {
        using var ask = connection.CreateCommand();
#pragma warning disable CA2100 // Statements are our own constants.
        ask.CommandText = sql;
#pragma warning restore CA2100
        return (long)ask.ExecuteScalar()!;
    }

    private static SqliteConnection Create(string path)
    {
        var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false }.ToString());
        try
        {
            target.Open();

            // Nothing of it counts until it is whole, and then it is flushed once.
            SqliteDatabase.Execute(target, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;");
            return target;
        }
        catch (SqliteException)
        {
            target.Dispose();
            throw;
        }
    }

    private static void Step(SqliteConnection source, SqliteConnection target, Action<long, long>? onStep, CancellationToken cancellationToken)
    {
        var pageBytes = Number(source, "PRAGMA page_size");
        using var backup = raw.sqlite3_backup_init(target.Handle!, "main", source.Handle!, "main");
        if (backup.IsInvalid) SqliteException.ThrowExceptionForRC(raw.sqlite3_errcode(target.Handle!), target.Handle!);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var result = raw.sqlite3_backup_step(backup, PagesAStep);
            if (result != raw.SQLITE_OK && result != raw.SQLITE_DONE) SqliteException.ThrowExceptionForRC(result, target.Handle!);
            var inAll = raw.sqlite3_backup_pagecount(backup) * pageBytes;
            onStep?.Invoke(inAll - (raw.sqlite3_backup_remaining(backup) * pageBytes), inAll);
            if (result == raw.SQLITE_DONE) return;
        }
    }
}
