using Crowsnest.Core.Pipeline;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>The sums of everything ever received, a row a source.</summary>
internal static class SqliteAccounting
{
    public static void Add(SqliteConnection connection, string source, Accounting accounting)
    {
        using var add = new HotStatement(connection, """
            INSERT INTO accounting VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT(source) DO UPDATE SET received = received + ?2, stored = stored + ?3, duplicates = duplicates + ?4,
                quarantined = quarantined + ?5, id_reused = id_reused + ?6, unknown_kinds = unknown_kinds + ?7
            """);
        add.Bind(1, source).Bind(2, accounting.Received).Bind(3, accounting.Stored).Bind(4, accounting.Duplicates)
            .Bind(5, accounting.Quarantined).Bind(6, accounting.IdReused).Bind(7, accounting.UnknownKinds).Execute();
    }

    public static IReadOnlyDictionary<string, Accounting> Read(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT source, received, stored, duplicates, quarantined, id_reused, unknown_kinds FROM accounting";
        using var reader = command.ExecuteReader();
        var sums = new Dictionary<string, Accounting>(StringComparer.Ordinal);
        while (reader.Read())
        {
            sums[reader.GetString(0)] = new Accounting(
                reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4), reader.GetInt64(5), reader.GetInt64(6));
        }

        return sums;
    }
}
