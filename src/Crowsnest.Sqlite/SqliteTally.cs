using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Counts that only rise, in the file of what they count and written with it.</summary>
internal static class SqliteTally
{
    /// <summary>What came into quarantine, by reason.</summary>
    public const string Quarantined = "quarantined";

    /// <summary>What was recorded and not told, by reason.</summary>
    public const string Untold = "untold";

    /// <summary>Messages that are done, by receiver and how they failed.</summary>
    public const string Sent = "sent";

    /// <summary>Adds within the caller's transaction.</summary>
    public static void Add(SqliteConnection connection, string what, string whose, string reason, long count)
    {
        using var add = new HotStatement(connection, """
            INSERT INTO tally(what, whose, reason, count) VALUES(?, ?, ?, ?) ON CONFLICT(what, whose, reason) DO UPDATE SET count = count + excluded.count
            """);
        add.Bind(1, what).Bind(2, whose).Bind(3, reason).Bind(4, count).Execute();
    }

    /// <summary>All counts of one thing.</summary>
    public static IEnumerable<(string Whose, string Reason, long Count)> Read(SqliteConnection connection, string what)
    {
        using var select = new HotStatement(connection, "SELECT whose, reason, count FROM tally WHERE what = ? ORDER BY whose, reason");
        select.Bind(1, what);
        var counts = new List<(string, string, long)>();
        while (select.Step()) counts.Add((select.Text(0)!, select.Text(1)!, select.Number(2)));
        return counts;
    }
}
