using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crowsnest.Sqlite;

/// <summary>A statement that runs thousands of times a second: values are bound as they are, where a <see cref="SqliteCommand"/> boxes and copies each.</summary>
/// <remarks>Parameters are numbered from 1. A failure is a <see cref="SqliteException"/>, as with a command.</remarks>
internal sealed class HotStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public HotStatement(SqliteConnection connection, string sql)
    {
        _database = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_database, sql, out _statement));
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

    public void Dispose() => _statement.Dispose();

    private void Check(int code) => SqliteException.ThrowExceptionForRC(code, _database);
}
