using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>One table of Amazon DynamoDB: what a store needs of its API (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/).</summary>
/// <remarks>Reads are strongly consistent but of the index. Failures are <see cref="StoreException"/>.</remarks>
/// <param name="client">Calls the service.</param>
/// <param name="name">The table's name.</param>
/// <param name="time">The clock.</param>
internal sealed class Table(AwsJsonClient client, string name, TimeProvider time)
{
    /// <summary>The most writes in a transaction.</summary>
    public const int TransactionMax = 100;

    /// <summary>How many requests are made at once.</summary>
    public const int RequestsAtOnce = 16;

    // Of BatchGetItem and BatchWriteItem.
    private const int KeysAGet = 100, WritesABatch = 25;
    private const int AttemptsMax = 10;

    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(10);
    private static readonly string[] Contended = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

    /// <summary>The table's name.</summary>
    public string Name => name;

    /// <summary>Calls an operation with the table's name among its members.</summary>
    /// <exception cref="StoreException">It did not succeed.</exception>
    public async Task<JsonDocument> CallAsync(string operation, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CallAsync(operation, json =>
            {
                json.WriteString("TableName", name);
                write(json);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (AwsException e)
        {
            throw Failure(e);
        }
    }

    /// <summary>The items with these keys that there are, in no order.</summary>
    public async Task<List<Item>> GetAsync(IReadOnlyCollection<ItemKey> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0) return [];
        var answers = new List<Item>[((keys.Count - 1) / KeysAGet) + 1];
        await EachAsync(keys.Distinct().Chunk(KeysAGet).Select((some, at) => (some, at)), async (part, cancel) => answers[part.at] = await GetSomeAsync(part.some, cancel).ConfigureAwait(false), cancellationToken)
            .ConfigureAwait(false);
        return [.. answers.Where(found => found is not null).SelectMany(found => found)];
    }

    /// <summary>The item with this key.</summary>
    public async Task<Item?> GetAsync(ItemKey key, CancellationToken cancellationToken)
    {
        using var answer = await CallAsync("GetItem", json =>
        {
            json.WriteBoolean("ConsistentRead", true);
            TableWrite.WriteKey(json, key);
        }, cancellationToken).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("Item", out var item) ? new Item(item.Clone()) : null;
    }

    /// <summary>The items of a partition, by their sort keys.</summary>
    /// <param name="partition">Which.</param>
    /// <param name="descending">The last first.</param>
    /// <param name="before">Only those whose sort key is less; <see langword="null"/>: all.</param>
    /// <param name="page">About how many will be read; <see langword="null"/>: all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<Item> QueryAsync(string partition, CancellationToken cancellationToken, bool descending = false, string? before = null, int? page = null) => PagesAsync(json =>
    {
        if (page is { } limit) json.WriteNumber("Limit", limit);
        var condition = $"#{TableNames.Partition} = :p" + (before is null ? "" : $" AND #{TableNames.Sort} < :b");
        json.WriteBoolean("ConsistentRead", true);
        json.WriteBoolean("ScanIndexForward", !descending);
        json.WriteString("KeyConditionExpression", condition);
        TableWrite.WriteNames(json, condition, values =>
        {
            values.Add(":p", partition);
            if (before is not null) values.Add(":b", before);
        });
    }, cancellationToken);

    /// <summary>The items of a partition of the index, by their time.</summary>
    /// <param name="listed">Which.</param>
    /// <param name="from">From when on.</param>
    /// <param name="before">Until before when.</param>
    /// <param name="descending">The latest first.</param>
    /// <param name="filter">Which of them are answered.</param>
    /// <param name="page">About how many will be read; <see langword="null"/>: all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public IAsyncEnumerable<Item> ListAsync(
        string listed, long from, long before, CancellationToken cancellationToken, bool descending = false, Condition? filter = null, int? page = null) => PagesAsync(json =>
    {
        if (page is { } limit) json.WriteNumber("Limit", limit);
        const string Condition = $"#{TableNames.Listed} = :l AND #{TableNames.ListedAt} BETWEEN :f AND :b";
        json.WriteString("IndexName", TableNames.Listing);
        json.WriteBoolean("ScanIndexForward", !descending);
        json.WriteString("KeyConditionExpression", Condition);
        if (filter is not null) json.WriteString("FilterExpression", filter.Expression);
        TableWrite.WriteNames(json, Condition + " " + filter?.Expression, values =>
        {
            values.Add(":l", listed).Add(":f", from).Add(":b", before - 1);
            filter?.Values?.Invoke(values);
        });
    }, cancellationToken);

    /// <summary>How many items a partition has.</summary>
    public async Task<long> CountAsync(string partition, CancellationToken cancellationToken)
    {
        var count = 0L;
        var after = default(JsonElement?);
        do
        {
            using var answer = await CallAsync("Query", json =>
            {
                const string Condition = $"#{TableNames.Partition} = :p";
                json.WriteString("Select", "COUNT");
                json.WriteString("KeyConditionExpression", Condition);
                TableWrite.WriteNames(json, Condition, values => values.Add(":p", partition));
                WriteAfter(json, after);
            }, cancellationToken).ConfigureAwait(false);
            count += answer.RootElement.GetProperty("Count").GetInt64();
            after = After(answer);
        }
        while (after is not null);
        return count;
    }

    /// <summary>Makes one write; false when its condition does not hold.</summary>
    public async Task<bool> WriteAsync(TableWrite write, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.CallAsync(write.Kind + "Item", json => WriteMembers(json, write), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (AwsException e) when (e.Code == "ConditionalCheckFailedException")
        {
            return false;
        }
        catch (AwsException e)
        {
            throw Failure(e);
        }
    }

    /// <summary>Makes writes together, all or none; answers the places of those whose conditions do not hold, none when they are made.</summary>
    public async Task<IReadOnlyList<int>> WriteTogetherAsync(IReadOnlyList<TableWrite> writes, CancellationToken cancellationToken)
    {
        // The service takes a repeat under the same token for the same transaction, for ten minutes: an answer that was lost does no harm.
        var token = RandomNumberGenerator.GetHexString(32, lowercase: true);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var answer = await client.CallAsync("TransactWriteItems", json => WriteParts(json, writes, token), cancellationToken).ConfigureAwait(false);
                return [];
            }
            catch (AwsException e) when (e.Code == "TransactionCanceledException" && e.Reasons.Contains("ConditionalCheckFailed", StringComparer.Ordinal))
            {
                return [.. Enumerable.Range(0, e.Reasons.Count).Where(i => e.Reasons[i] == "ConditionalCheckFailed")];
            }
            catch (AwsException e) when (e.Code == "TransactionCanceledException" && e.Reasons.Any(reason => Contended.Contains(reason, StringComparer.Ordinal)))
            {
                if (attempt == AttemptsMax) throw new StoreException($"DynamoDB: others write the same items of {name} all the time.", "", isTransient: true, e);
                await Task.Delay(Jitter.Of(PauseFirst * (1 << attempt)), time, cancellationToken).ConfigureAwait(false);
            }
            catch (AwsException e)
            {
                throw Failure(e);
            }
        }
    }

    /// <summary>Deletes items.</summary>
    public Task DeleteAsync(IEnumerable<ItemKey> keys, CancellationToken cancellationToken) => EachAsync(keys.Distinct().Chunk(WritesABatch), async (some, cancel) =>
    {
        var left = some.ToList();
        for (var attempt = 1; left.Count > 0; attempt++)
        {
            using var answer = await CallBatchAsync("BatchWriteItem", json =>
            {
                json.WriteStartArray(name);
                foreach (var key in left)
                {
                    json.WriteStartObject();
                    json.WriteStartObject("DeleteRequest");
                    TableWrite.WriteKey(json, key);
                    json.WriteEndObject();
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }, cancel).ConfigureAwait(false);
            left = [.. Unprocessed(answer, "UnprocessedItems").Select(one => new Item(one.GetProperty("DeleteRequest").GetProperty("Key")).Key)];
            if (left.Count > 0) await PauseAsync(attempt, cancel).ConfigureAwait(false);
        }
    }, cancellationToken);

    /// <summary>Does something for each, some at once; after a failure it begins no more.</summary>
    public static async Task EachAsync<T>(IEnumerable<T> all, Func<T, CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var left = new ConcurrentQueue<T>(all);
        await Task.WhenAll(Enumerable.Range(0, Math.Min(left.Count, RequestsAtOnce)).Select(async _ =>
        {
            while (!failed.IsCancellationRequested && left.TryDequeue(out var one))
            {
                try
                {
                    await work(one, cancellationToken).ConfigureAwait(false);
                }
                catch
                {
                    await failed.CancelAsync().ConfigureAwait(false);
                    throw;
                }
            }
        })).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<List<Item>> GetSomeAsync(ItemKey[] keys, CancellationToken cancellationToken)
    {
        var found = new List<Item>();
        for (var attempt = 1; keys.Length > 0; attempt++)
        {
            using var answer = await CallBatchAsync("BatchGetItem", json =>
            {
                json.WriteStartObject(name);
                json.WriteBoolean("ConsistentRead", true);
                json.WriteStartArray("Keys");
                foreach (var key in keys)
                {
                    json.WriteStartObject();
                    new ItemWriter(json).Add(key);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
            }, cancellationToken).ConfigureAwait(false);
            if (answer.RootElement.GetProperty("Responses").TryGetProperty(name, out var items)) found.AddRange(items.EnumerateArray().Select(item => new Item(item.Clone())));
            keys = Unprocessed(answer, "UnprocessedKeys") is [var left]
                ? [.. left.GetProperty("Keys").EnumerateArray().Select(key => new Item(key).Key)]
                : [];
            if (keys.Length > 0) await PauseAsync(attempt, cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    private async Task<JsonDocument> CallBatchAsync(string operation, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        try
        {
            return await client.CallAsync(operation, json =>
            {
                json.WriteStartObject("RequestItems");
                write(json);
                json.WriteEndObject();
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (AwsException e)
        {
            throw Failure(e);
        }
    }

    private List<JsonElement> Unprocessed(JsonDocument answer, string member) =>
        !answer.RootElement.TryGetProperty(member, out var left) || !left.TryGetProperty(name, out var ours) ? []
        : ours.ValueKind == JsonValueKind.Array ? [.. ours.EnumerateArray()] : [ours];

    private Task PauseAsync(int attempt, CancellationToken cancellationToken) => attempt == AttemptsMax
        ? throw new StoreException($"DynamoDB takes no more of {name} for now.", "It goes on by itself.", isTransient: true)
        : Task.Delay(Jitter.Of(PauseFirst * (1 << attempt)), time, cancellationToken);

    private async IAsyncEnumerable<Item> PagesAsync(Action<Utf8JsonWriter> write, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = default(JsonElement?);
        do
        {
            List<Item> page;
            using (var answer = await CallAsync("Query", json =>
            {
                write(json);
                WriteAfter(json, after);
            }, cancellationToken).ConfigureAwait(false))
            {
                page = [.. answer.RootElement.GetProperty("Items").EnumerateArray().Select(item => new Item(item.Clone()))];
                after = After(answer);
            }

            foreach (var item in page) yield return item;
        }
        while (after is not null);
    }

    private static JsonElement? After(JsonDocument answer) =>
        answer.RootElement.TryGetProperty("LastEvaluatedKey", out var last) && last.ValueKind == JsonValueKind.Object ? last.Clone() : null;

    private static void WriteAfter(Utf8JsonWriter json, JsonElement? after)
    {
        if (after is not { } start) return;
        json.WritePropertyName("ExclusiveStartKey");
        start.WriteTo(json);
    }

    private void WriteParts(Utf8JsonWriter json, IReadOnlyList<TableWrite> writes, string token)
    {
        json.WriteString("ClientRequestToken", token);
        json.WriteStartArray("TransactItems");
        foreach (var write in writes)
        {
            json.WriteStartObject();
            json.WriteStartObject(write.Kind);
            WriteMembers(json, write);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private void WriteMembers(Utf8JsonWriter json, TableWrite write)
    {
        json.WriteString("TableName", name);
        using var members = JsonDocument.Parse(write.Members);
        foreach (var member in members.RootElement.EnumerateObject()) member.WriteTo(json);
    }

    private StoreException Failure(AwsException e) => e.Code switch
    {
        "ResourceNotFoundException" => new StoreException($"There is no table {name} in DynamoDB.", "'crowsnest up' makes it; the template of the serverless shape has it too.", isTransient: false, e),
        _ => new StoreException($"DynamoDB ({name}): {e.InWords}", e.IsUnauthorized ? "Give this process credentials, and the rights that docs/dynamodb.md lists." : "", e.IsTransient, e),
    };
}
