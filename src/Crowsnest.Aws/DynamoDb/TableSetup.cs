using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>Makes the table where it is missing, and makes sure that one that is there is ours.</summary>
/// <param name="table">The table.</param>
/// <param name="time">The clock.</param>
internal sealed class TableSetup(Table table, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // A new table takes some seconds; its index is made with it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Makes what is missing, and waits until it can be used.</summary>
    /// <param name="readOnly">Nothing is made; the table must be there.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">It is missing and may not be made, or another of this name is there.</exception>
    public async Task EnsureAsync(bool readOnly, CancellationToken cancellationToken)
    {
        var isMade = false;
        for (var began = time.GetTimestamp(); ;)
        {
            var status = await StatusAsync(cancellationToken).ConfigureAwait(false);
            if (status == "ACTIVE") break;
            if (status is null)
            {
                if (readOnly) throw new StoreException($"There is no store of Crowsnest in DynamoDB (table {table.Name}).", "'crowsnest up' and 'crowsnest ingest FILE' make one.", isTransient: false);
                isMade = true;
                await MakeAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            if (time.GetElapsedTime(began) > Patience) throw new StoreException($"The table {table.Name} is {status} for minutes.", "Look at it in the AWS console.", isTransient: true);
            await Task.Delay(Pause, time, cancellationToken).ConfigureAwait(false);
        }

        if (isMade) await ExpireAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> StatusAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await table.CallAsync("DescribeTable", static _ => { }, cancellationToken).ConfigureAwait(false);
            var found = answer.RootElement.GetProperty("Table");
            var status = found.GetProperty("TableStatus").GetString()!;
            return status is "ACTIVE" ? IsOurs(found) ? IndexStatus(found) : throw new StoreException($"The table {table.Name} in DynamoDB is none of Crowsnest's.", "Give another store.state.table_prefix.", isTransient: false) : status;
        }
        catch (StoreException e) when (IsMissing(e))
        {
            return null;
        }
    }

    private static bool IsMissing(StoreException e) => e.InnerException is AwsException { Code: "ResourceNotFoundException" };

    private static bool IsOurs(JsonElement found) =>
        found.GetProperty("KeySchema").EnumerateArray().Select(key => key.GetProperty("AttributeName").GetString()).SequenceEqual([TableNames.Partition, TableNames.Sort])
        && found.TryGetProperty("GlobalSecondaryIndexes", out var indices) && indices.EnumerateArray().Any(IsListing);

    private static bool IsListing(JsonElement index) => index.GetProperty("IndexName").GetString() == TableNames.Listing;

    private static string IndexStatus(JsonElement found) =>
        found.GetProperty("GlobalSecondaryIndexes").EnumerateArray().First(IsListing).TryGetProperty("IndexStatus", out var status) ? status.GetString()! : "ACTIVE";

    private async Task MakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await table.CallAsync("CreateTable", json =>
            {
                json.WriteString("BillingMode", "PAY_PER_REQUEST");
                WriteArray(json, "AttributeDefinitions", (TableNames.Partition, "S"), (TableNames.Sort, "S"), (TableNames.Listed, "S"), (TableNames.ListedAt, "N"));
                WriteArray(json, "KeySchema", (TableNames.Partition, "HASH"), (TableNames.Sort, "RANGE"));
                json.WriteStartArray("GlobalSecondaryIndexes");
                json.WriteStartObject();
                json.WriteString("IndexName", TableNames.Listing);
                WriteArray(json, "KeySchema", (TableNames.Listed, "HASH"), (TableNames.ListedAt, "RANGE"));
                json.WriteStartObject("Projection");
                json.WriteString("ProjectionType", "ALL");
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndArray();
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e) when (e.InnerException is AwsException { Code: "ResourceInUseException" })
        {
            // Another process makes it right now.
        }
    }

    private async Task ExpireAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await table.CallAsync("UpdateTimeToLive", json =>
            {
                json.WriteStartObject("TimeToLiveSpecification");
                json.WriteBoolean("Enabled", true);
                json.WriteString("AttributeName", TableNames.Expires);
                json.WriteEndObject();
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (StoreException e) when (e.InnerException is AwsException { Code: "UnknownOperationException" or "ValidationException" })
        {
            // Not there, or on already. What has expired is passed over when it is read, deleted or not.
        }
    }

    private static void WriteArray(Utf8JsonWriter json, string name, params ReadOnlySpan<(string Attribute, string Type)> entries)
    {
        json.WriteStartArray(name);
        foreach (var (attribute, type) in entries)
        {
            json.WriteStartObject();
            json.WriteString("AttributeName", attribute);
            json.WriteString(type is "HASH" or "RANGE" ? "KeyType" : "AttributeType", type);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
