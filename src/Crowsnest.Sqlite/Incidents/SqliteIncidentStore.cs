using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>Firings and timers, in the same file and transaction as the events that made them.</summary>
internal sealed class SqliteIncidentStore(SqliteDatabase database) : IIncidentStore
{
    public static void WriteFirings(SqliteConnection connection, IReadOnlyList<Firing> firings, DateTimeOffset now)
    {
        if (firings.Count == 0) return;
        using var command = connection.CreateCommand();

        // A better diagnosis of the same stop takes the place of a lesser one; an equal or lesser one says nothing new.
        command.CommandText = """
            INSERT INTO firing VALUES($id, $rule, $resource, $rank, $at, $severity, $labels, $group, $summary, $next, $evidence, $event)
            ON CONFLICT(id) DO UPDATE SET rank = excluded.rank, severity = excluded.severity, labels = excluded.labels, group_by = excluded.group_by,
                summary = excluded.summary, next_step = excluded.next_step, evidence = excluded.evidence, event = excluded.event
            WHERE excluded.rank > rank
            """;
        var names = new[] { "$id", "$rule", "$resource", "$rank", "$at", "$severity", "$labels", "$group", "$summary", "$next", "$evidence", "$event" };
        var parameters = names.Select(name => command.Parameters.AddWithValue(name, DBNull.Value)).ToArray();
        foreach (var firing in firings)
        {
            object[] values =
            [
                firing.Id, firing.Rule, firing.Resource, (long)firing.Rank, firing.OccurredAt.ToUnixTimeMilliseconds(), firing.Severity.ToString(),
                string.Join('\n', firing.Labels.Select(l => l.Key + "=" + l.Value)), string.Join('\n', firing.GroupBy), firing.Summary, firing.NextStep,
                string.Join('\n', firing.Evidence), firing.Event.ToString(),
            ];
            for (var i = 0; i < values.Length; i++) parameters[i].Value = values[i];
            command.ExecuteNonQuery();
        }

        using var timer = connection.CreateCommand();
        timer.CommandText = "INSERT INTO timer VALUES('firings', '', $due) ON CONFLICT DO UPDATE SET due_at = min(due_at, $due)";
        timer.Parameters.AddWithValue("$due", now.ToUnixTimeMilliseconds());
        timer.ExecuteNonQuery();
    }

    public ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken)
    {
        using var snapshot = database.Read();
        using var command = snapshot.Connection.CreateCommand();
        command.CommandText = "SELECT min(due_at) FROM timer";
        return ValueTask.FromResult<DateTimeOffset?>(command.ExecuteScalar() is long due ? DateTimeOffset.FromUnixTimeMilliseconds(due) : null);
    }
}
