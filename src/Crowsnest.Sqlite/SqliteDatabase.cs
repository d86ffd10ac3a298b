using Crowsnest.Core.Pipeline;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>The one file of a data folder: how it is opened, its schema's version, and what SQLite's errors mean to a person.</summary>
internal sealed class SqliteDatabase : IDisposable
{
    public const string FileName = "crowsnest.db";

    private const int ReadersMax = 8;
    private readonly Stack<SqliteConnection> _readers = new();
    private readonly Lock _readersGate = new();
    private readonly Access _access;
    private bool _disposed;

    private SqliteDatabase(string path, SqliteConnection writer, Access access = Access.Read) => (Path, Writer, _access) = (path, writer, access);

    private enum Access
    {
        Write,
        Read,

        // Without the files that SQLite makes beside it: for a folder in which nothing can be made.
        ReadUnchanging,
    }

    public string Path { get; }

    /// <summary>The one connection that writes. Callers hold the store's write gate.</summary>
    public SqliteConnection Writer { get; }

    /// <summary>Opens the folder's file, makes it when it is not there, and brings its schema up to date.</summary>
    /// <exception cref="StoreException">The folder or file cannot be used; the hint says what to do.</exception>
    public static SqliteDatabase Open(string folder, bool syncEachCommit, IReadOnlyList<string> migrations)
    {
        var path = System.IO.Path.Combine(folder, FileName);
        SqliteConnection? opened = null;
        try
        {
            Directory.CreateDirectory(folder);
            var writer = opened = Connect(path, Access.Write);

            // FULL: a commit is on disk when it returns. NORMAL is for what can be run again (ingest of files), which syncs at its own points.
            Execute(writer, $"PRAGMA page_size=8192; PRAGMA journal_mode=WAL; PRAGMA synchronous={(syncEachCommit ? "FULL" : "NORMAL")}; "
                + "PRAGMA wal_autocheckpoint=8000; PRAGMA cache_size=-16384; PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY;");
            Migrate(writer, migrations);
            opened = null;
            return new SqliteDatabase(path, writer);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw SqliteFault.Translate(exception, "open", path);
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>Whether there is one in this folder.</summary>
    public static bool IsIn(string folder) => File.Exists(System.IO.Path.Combine(folder, FileName));

    /// <summary>Opens the folder's file without changing anything; what would write fails.</summary>
    /// <exception cref="StoreException">There is none, or it cannot be read.</exception>
    public static SqliteDatabase OpenToRead(string folder, int version)
    {
        var path = System.IO.Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            throw new StoreException(
                $"There is no data in {folder}.", "'crowsnest ingest FILE' or 'crowsnest up' makes it; --data names another folder.", isTransient: false);
        }

        SqliteConnection? opened = null;
        try
        {
            long found;
            var access = Access.Read;
            try
            {
                opened = Connect(path, access);
                found = Version(opened);
            }
            catch (SqliteException) when (new FileInfo(path + "-wal") is { Exists: false } or { Length: 0 })
            {
                // On a full or read-only disk SQLite cannot make the index of its log; there is no log, so the file alone is everything. It is read as one
                // that nobody changes: whoever may write again meanwhile makes this answer wrong, but damages nothing.
                opened?.Dispose();
                opened = Connect(path, access = Access.ReadUnchanging);
                found = Version(opened);
            }

            if (found > version) throw Newer(found, version);
            if (found < version)
            {
                throw new StoreException(
                    $"The data in {folder} was written by an older Crowsnest (schema {found}; this one has {version}).",
                    "Run 'crowsnest up', or 'crowsnest ingest' of anything, once: it brings the data up to date.", isTransient: false);
            }

            var database = new SqliteDatabase(path, opened, access);
            opened = null;
            return database;
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw SqliteFault.Translate(exception, "read", path);
        }
        finally
        {
            opened?.Dispose();
        }
    }

    /// <summary>A connection for reading, with a snapshot of its own; give it back by disposing.</summary>
    public Reader Read()
    {
        SqliteConnection? connection = null;
        lock (_readersGate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_readers.Count > 0) connection = _readers.Pop();
        }

        try
        {
            connection ??= Connect(Path, _access);
            return new Reader(this, connection);
        }
        catch (SqliteException exception)
        {
            connection?.Dispose();
            throw SqliteFault.Translate(exception, "read", Path);
        }
    }

    public void Dispose()
    {
        lock (_readersGate)
        {
            _disposed = true;
            while (_readers.TryPop(out var reader)) reader.Dispose();
        }

        Writer.Dispose();
    }

    internal static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Statements are our own constants.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static StatementConnection Connect(string path, Access access)
    {
        var connection = new StatementConnection(new SqliteConnectionStringBuilder
        {
            DataSource = access == Access.ReadUnchanging ? new Uri(System.IO.Path.GetFullPath(path)).AbsoluteUri + "?immutable=1" : path,
            Mode = access == Access.Write ? SqliteOpenMode.ReadWriteCreate : SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            if (access != Access.Write) Execute(connection, "PRAGMA mmap_size=268435456; PRAGMA cache_size=-4096; PRAGMA query_only=1;");
            return connection;
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    private static void Migrate(SqliteConnection connection, IReadOnlyList<string> migrations)
    {
        var version = Version(connection);
        if (version > migrations.Count) throw Newer(version, migrations.Count);

        for (var next = (int)version; next < migrations.Count; next++)
        {
            using var transaction = connection.BeginTransaction();
            Execute(connection, migrations[next] + $"; PRAGMA user_version={next + 1};");
            transaction.Commit();
        }
    }

    private static long Version(SqliteConnection connection)
    {
        using var ask = connection.CreateCommand();
        ask.CommandText = "PRAGMA user_version";
        return (long)ask.ExecuteScalar()!;
    }

    private static StoreException Newer(long found, int known) => new(
        $"The data was written by a newer Crowsnest (schema {found}; this one knows {known}).",
        "Run the newer version, or point --data at another folder. Nothing was changed.", isTransient: false);

    private void GiveBack(SqliteConnection connection)
    {
        lock (_readersGate)
        {
            if (!_disposed && _readers.Count < ReadersMax)
            {
                _readers.Push(connection);
                return;
            }
        }

        connection.Dispose();
    }

    /// <summary>One reader's snapshot: everything read through it is as of one commit.</summary>
    internal sealed class Reader : IDisposable
    {
        private readonly SqliteDatabase _database;
        private readonly SqliteTransaction _snapshot;

        public Reader(SqliteDatabase database, SqliteConnection connection)
        {
            _database = database;
            Connection = connection;
            _snapshot = connection.BeginTransaction(deferred: true);
        }

        public SqliteConnection Connection { get; }

        public void Dispose()
        {
            _snapshot.Dispose();
            _database.GiveBack(Connection);
        }
    }
}
