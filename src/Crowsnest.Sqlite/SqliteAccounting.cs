using Crowsnest.Core.Pipeline;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>The sums of everything ever received, a row a source.</summary>
internal static class SqliteAccounting
{
    public static void Add(SqliteConnection connection, string source, Accounting accounting)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            INSERT INTO accounting VALUES($source, $received, $stored, $duplicates, $quarantined, $reused, $unknown)
            ON CONFLICT(source) DO UPDATE SET received = received + $received, stored = stored + $stored, duplicates = duplicates + $duplicates,
                quarantined = quarantined + $quarantined, id_reused = id_reused + $reused, unknown_kinds = unknown_kinds + $unknown
            """;
        command.Parameters.AddWithValue("$source", source);
        command.Parameters.AddWithValue("$received", accounting.Received);
        command.Parameters.AddWithValue("$stored", accounting.Stored);
        command.Parameters.AddWithValue("$duplicates", accounting.Duplicates);
        command.Parameters.AddWithValue("$quarantined", accounting.Quarantined);
        command.Parameters.AddWithValue("$reused", accounting.IdReused);
        command.Parameters.AddWithValue("$unknown", accounting.UnknownKinds);
        command.ExecuteNonQuery();
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
