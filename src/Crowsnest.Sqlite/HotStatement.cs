using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crowsnest.Sqlite;

/// <summary>Reads what a column holds.</summary>
internal delegate T DocumentReader<out T>(ReadOnlySpan<byte> document);

/// <summary>A statement that runs thousands of times a second: prepared once for its connection, and values are bound as they are, where a <see cref="SqliteCommand"/> boxes and copies each.</summary>
/// <remarks>Parameters are numbered from 1. A failure is a <see cref="SqliteException"/>, as with a command.</remarks>
internal sealed class HotStatement : IDisposable
{
    private readonly StatementConnection? _keeper;
    private readonly string _sql;
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public HotStatement(SqliteConnection connection, string sql)
    {
        (_sql, _database, _keeper) = (sql, connection.Handle!, connection as StatementConnection);
        if (_keeper is null || !_keeper.TryTake(sql, out _statement!)) Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
    }

    public HotStatement Bind(int parameter, long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, parameter, value));
        return this;
    }

    public HotStatement Bind(int parameter, ReadOnlySpan<byte> blob)
    {
        Check(raw.sqlite3_bind_blob(_statement, parameter, blob));
        return this;
    }

    public HotStatement Bind(int parameter, string text)
    {
        Span<byte> utf8 = stackalloc byte[512];
        if (text.Length * 3 > utf8.Length) utf8 = new byte[text.Length * 3];
        Check(raw.sqlite3_bind_text(_statement, parameter, utf8[..Encoding.UTF8.GetBytes(text, utf8)]));
        return this;
    }

    /// <summary>Runs it to its end, and makes it ready for the next values.</summary>
    public void Execute()
    {
        while (Step())
        {
        }

        Reset();
    }

    /// <summary>Goes to the next row; false after the last.</summary>
    public bool Step()
    {
        var code = raw.sqlite3_step(_statement);
        if (code is raw.SQLITE_ROW) return true;
        if (code is raw.SQLITE_DONE) return false;

        // The code of the step is the one that says why; a reset answers the same.
        _ = raw.sqlite3_reset(_statement);
        SqliteException.ThrowExceptionForRC(code, _database);
        return false;
    }

    public void Reset() => Check(raw.sqlite3_reset(_statement));

    /// <summary>A column of the row, numbered from 0; valid until the next step.</summary>
    public ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    /// <summary>A number of the row, numbered from 0.</summary>
    public long Number(int column) => raw.sqlite3_column_int64(_statement, column);

    /// <summary>A number of the row, or <see langword="null"/>; numbered from 0.</summary>
    public long? NumberOrNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL ? null : Number(column);

    /// <summary>A text of the row, or <see langword="null"/>; numbered from 0.</summary>
    public string? Text(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL ? null : raw.sqlite3_column_text(_statement, column).utf8_to_string();

    /// <summary>Runs it to its end and reads the first column of each row.</summary>
    public IReadOnlyList<T> Documents<T>(DocumentReader<T> read)
    {
        var documents = new List<T>();
        while (Step()) documents.Add(read(Blob(0)));
        return documents;
    }

    /// <summary>The first column of the first row, or nothing.</summary>
    public T? Document<T>(DocumentReader<T> read) where T : class => Step() ? read(Blob(0)) : null;

    /// <summary>The first column of the only row, which is there.</summary>
    public long Only() => Step() ? Number(0) : throw new InvalidDataException("A row of the database is missing.");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_keeper is null) _statement.Dispose();
        else _keeper.Keep(_sql, _statement);
    }

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
