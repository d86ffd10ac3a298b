using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Crowsnest.Sqlite;

/// <summary>A connection that keeps its statements prepared: to prepare one costs more than to run it, and of one event some forty run.</summary>
/// <remarks>For one thread at a time, as every connection here. A statement that is in use is not here, so the same words may be in use twice.</remarks>
internal sealed class StatementConnection(string connectionString) : SqliteConnection(connectionString)
{
    // There are about as many in the whole program; a connection uses a few.
    private const int KeptMax = 100;

    private readonly Dictionary<string, sqlite3_stmt> _kept = new(StringComparer.Ordinal);

    /// <summary>The statement, ready to be bound, if it was kept; it is the caller's until <see cref="Keep"/>.</summary>
    public bool TryTake(string sql, [MaybeNullWhen(false)] out sqlite3_stmt statement) => _kept.Remove(sql, out statement);

    /// <summary>Takes a statement back, without its values and holding no snapshot.</summary>
    public void Keep(string sql, sqlite3_stmt statement)
    {
        // What a failed statement answers here was thrown when it failed.
        _ = raw.sqlite3_reset(statement);
        _ = raw.sqlite3_clear_bindings(statement);
        if (_kept.Count >= KeptMax || !_kept.TryAdd(sql, statement)) statement.Dispose();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // A file with statements open stays open.
        foreach (var statement in _kept.Values) statement.Dispose();
        _kept.Clear();
        base.Dispose(disposing);
    }
}
