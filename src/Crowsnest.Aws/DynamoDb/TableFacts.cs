using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>How a table is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Items">About how many items it has; the service counts every six hours.</param>
/// <param name="Bytes">About how large it is.</param>
/// <param name="Expires">What has expired is deleted.</param>
/// <param name="IsRecoverable">It can be brought back as it was at a moment of the last weeks; <see langword="null"/> where that could not be asked.</param>
public sealed record TableFacts(string Name, long Items, long Bytes, bool Expires, bool? IsRecoverable)
{
    /// <summary>In one line.</summary>
    public string InWords => string.Create(CultureInfo.InvariantCulture, $"DynamoDB table {Name}, about {Items} items, {Bytes / 1_000_000.0:0.0} MB");

    internal static async Task<TableFacts> ReadAsync(Table table, CancellationToken cancellationToken)
    {
        using var described = await table.CallAsync("DescribeTable", static _ => { }, cancellationToken).ConfigureAwait(false);
        var found = described.RootElement.GetProperty("Table");
        using var living = await AskAsync(table, "DescribeTimeToLive", cancellationToken).ConfigureAwait(false);
        using var backups = await AskAsync(table, "DescribeContinuousBackups", cancellationToken).ConfigureAwait(false);
        return new TableFacts(
            table.Name, Number(found, "ItemCount"), Number(found, "TableSizeBytes"),
            Text(living, "TimeToLiveDescription", "TimeToLiveStatus") is "ENABLED" or "ENABLING" or null,
            Text(backups, "ContinuousBackupsDescription", "PointInTimeRecoveryDescription", "PointInTimeRecoveryStatus") is { } status ? status == "ENABLED" : null);
    }

    // What this may not ask is left open: the rights to use the table are not those to look at how it is set up.
    private static async Task<JsonDocument?> AskAsync(Table table, string operation, CancellationToken cancellationToken)
    {
        try
        {
            return await table.CallAsync(operation, static _ => { }, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument? answer, params ReadOnlySpan<string> path)
    {
        if (answer is null) return null;
        var at = answer.RootElement;
        foreach (var name in path)
        {
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at)) return null;
        }

        return at.GetString();
    }

    private static long Number(JsonElement found, string name) => found.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetInt64() : 0;
}
