using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Aws.Sqs;

/// <summary>A message that was received and is invisible to others for a while.</summary>
/// <param name="Id">Its id, the same at every delivery.</param>
/// <param name="Receipt">What this delivery is named by when it is deleted or kept longer.</param>
/// <param name="Body">Its text.</param>
/// <param name="Group">The message group that it is in, of a FIFO queue; or <see langword="null"/>.</param>
/// <param name="SentAt">When it was put into the queue, by the queue's clock; <see langword="null"/> where that is not said.</param>
public sealed record SqsMessage(string Id, string Receipt, string Body, string? Group = null, DateTimeOffset? SentAt = null)
{
    /// <summary>When the oldest of these was put into its queue; <see langword="null"/> where that is not said of each.</summary>
    public static DateTimeOffset? OldestSent(IReadOnlyList<SqsMessage> messages) => messages.Any(m => m.SentAt is null) ? null : messages.Min(m => m.SentAt);
}

/// <summary>How a queue is set up, and about how many messages it holds.</summary>
/// <param name="VisibilityTimeout">How long a received message stays invisible unless told otherwise.</param>
/// <param name="Waiting">Messages that wait, those that are delayed among them.</param>
/// <param name="InFlight">Messages that were received and not deleted.</param>
/// <param name="Retention">How old a message becomes.</param>
/// <param name="DeadLetterArn">Where one goes that is delivered too often, or <see langword="null"/>: nowhere.</param>
/// <param name="MaxReceiveCount">How often is not yet too often.</param>
public sealed record SqsAttributes(TimeSpan VisibilityTimeout, long Waiting, long InFlight, TimeSpan Retention, string? DeadLetterArn, int? MaxReceiveCount)
{
    /// <summary>Its ARN; empty where it is not said.</summary>
    public string Arn { get; init; } = "";

    /// <summary>Who may do what with it, as JSON; <see langword="null"/> for its owner alone.</summary>
    public string? Policy { get; init; }
}

/// <summary>One queue: what a source needs of Amazon SQS's API (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/).</summary>
public sealed class SqsQueueClient : IDisposable
{
    /// <summary>The most that one call receives, deletes or keeps longer.</summary>
    public const int BatchMax = 10;

    /// <summary>The longest that a call waits for messages.</summary>
    public const int WaitSecondsMax = 20;

    // Of one call, together, as SQS had it until 2025; more would do now.
    private const int BatchBytesMax = 262_144;

    // The pollers wait on some of them, and what they received is deleted on others.
    private const int Connections = 24;

    private static readonly string[] Attributes = ["VisibilityTimeout", "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "MessageRetentionPeriod", "RedrivePolicy", "ApproximateNumberOfMessagesDelayed", "QueueArn", "Policy"];

    private readonly string _url;
    private readonly AwsJsonClient _client;

    /// <summary>A queue; nothing is asked yet.</summary>
    /// <param name="url">Its URL as AWS gives it: <c>https://HOST/ACCOUNT/NAME</c>.</param>
    /// <param name="identity">As whom it is used.</param>
    /// <param name="endpoint">Where SQS is; the URL's own host when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    public SqsQueueClient(Uri url, AwsIdentity identity, Uri? endpoint, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(url);
        _url = url.AbsoluteUri;
        Name = url.Segments[^1].Trim('/');
        _client = new AwsJsonClient(identity, endpoint ?? new Uri(url.GetLeftPart(UriPartial.Authority) + "/"), "sqs", "AmazonSQS", time, Connections);
    }

    /// <summary>Its name, the last part of its URL.</summary>
    public string Name { get; }

    /// <summary>The region that its URL names, or <see langword="null"/>: <c>sqs.REGION.amazonaws.com</c>, or of old <c>REGION.queue.amazonaws.com</c>.</summary>
    public static string? RegionOf(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        var parts = url.Host.Split('.');
        return parts is ["sqs" or "sqs-fips", var region, "amazonaws" or "api", ..] ? region : parts is [var old, "queue", "amazonaws", ..] ? old : null;
    }

    private bool IsFifo => Name.EndsWith(".fifo", StringComparison.Ordinal);

    /// <summary>The URL of the queue with this ARN, which is where a queue with that URL is: a dead-letter queue is of the same region and account.</summary>
    public static Uri BesideOf(Uri url, string arn)
    {
        ArgumentNullException.ThrowIfNull(arn);
        return arn.Split(':') is [_, _, _, _, var account, var name] ? new Uri(url, $"/{account}/{name}") : throw new AwsException("InvalidArn", $"'{arn}' is not the ARN of a queue.", status: null);
    }

    /// <summary>Waits for messages and receives up to <see cref="BatchMax"/>; none after <paramref name="waitSeconds"/>.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<IReadOnlyList<SqsMessage>> ReceiveAsync(int waitSeconds, CancellationToken cancellationToken)
    {
        using var answer = await _client.CallAsync("ReceiveMessage", json =>
        {
            json.WriteString("QueueUrl", _url);
            json.WriteNumber("MaxNumberOfMessages", BatchMax);
            json.WriteNumber("WaitTimeSeconds", waitSeconds);
            json.WriteStartArray("MessageSystemAttributeNames");
            json.WriteStringValue("SentTimestamp");
            if (IsFifo) json.WriteStringValue("MessageGroupId");
            json.WriteEndArray();
        }, cancellationToken).ConfigureAwait(false);
        return !answer.RootElement.TryGetProperty("Messages", out var messages) || messages.ValueKind != JsonValueKind.Array ? []
            : [.. messages.EnumerateArray().Select(m => new SqsMessage(
                m.GetProperty("MessageId").GetString()!, m.GetProperty("ReceiptHandle").GetString()!, m.GetProperty("Body").GetString() ?? "",
                Attribute(m, "MessageGroupId"), SentAt(Attribute(m, "SentTimestamp"))))];

        static string? Attribute(JsonElement message, string name) => message.TryGetProperty("Attributes", out var given) && given.TryGetProperty(name, out var value) ? value.GetString() : null;

        // The year 9999 and before; what is no such time is as if it had not been said.
        static DateTimeOffset? SentAt(string? milliseconds) =>
            long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 253_402_300_799_999 ? DateTimeOffset.FromUnixTimeMilliseconds(number) : null;
    }

    /// <summary>Deletes up to <see cref="BatchMax"/> messages; answers how many of them are still there, to be delivered again.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public Task<int> DeleteAsync(IReadOnlyList<SqsMessage> messages, CancellationToken cancellationToken) =>
        BatchAsync("DeleteMessageBatch", messages, static _ => { }, cancellationToken);

    /// <summary>Keeps up to <see cref="BatchMax"/> messages invisible for so long from now; answers how many of them it could not.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public Task<int> KeepAsync(IReadOnlyList<SqsMessage> messages, TimeSpan time, CancellationToken cancellationToken) =>
        BatchAsync("ChangeMessageVisibilityBatch", messages, json => json.WriteNumber("VisibilityTimeout", (int)time.TotalSeconds), cancellationToken);

    /// <summary>Puts up to <see cref="BatchMax"/> messages in, their bodies as they are; answers the ids of those that it did not take.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<IReadOnlyList<string>> SendAsync(IReadOnlyList<SqsMessage> messages, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var refused = new List<string>();
        for (var at = 0; at < messages.Count;)
        {
            var (first, bytes) = (at, 0);
            while (at < messages.Count && (at == first || bytes + Size(at) <= BatchBytesMax)) bytes += Size(at++);
            refused.AddRange(await SendBatchAsync([.. messages.Skip(first).Take(at - first)], cancellationToken).ConfigureAwait(false));
        }

        return refused;

        int Size(int message) => System.Text.Encoding.UTF8.GetByteCount(messages[message].Body);
    }

    /// <summary>How it is set up, and how many messages it holds.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<SqsAttributes> AttributesAsync(CancellationToken cancellationToken)
    {
        using var answer = await _client.CallAsync("GetQueueAttributes", json =>
        {
            json.WriteString("QueueUrl", _url);
            json.WriteStartArray("AttributeNames");
            foreach (var name in Attributes) json.WriteStringValue(name);
            json.WriteEndArray();
        }, cancellationToken).ConfigureAwait(false);

        // Those that a queue does not have are left out.
        var given = answer.RootElement.TryGetProperty("Attributes", out var found) ? found : default;
        var (dead, most) = Redrive(Text(Attributes[4]));
        return new SqsAttributes(
            TimeSpan.FromSeconds(Number(Attributes[0], 30)), Number(Attributes[1], 0) + Number(Attributes[5], 0), Number(Attributes[2], 0), TimeSpan.FromSeconds(Number(Attributes[3], 345_600)), dead, most)
        {
            Arn = Text(Attributes[6]) ?? "", Policy = Text(Attributes[7]),
        };

        string? Text(string name) => given.ValueKind == JsonValueKind.Object && given.TryGetProperty(name, out var value) ? value.GetString() : null;
        long Number(string name, long unlessGiven) => long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : unlessGiven;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<IEnumerable<string>> SendBatchAsync(List<SqsMessage> messages, CancellationToken cancellationToken)
    {
        using var answer = await _client.CallAsync("SendMessageBatch", json =>
        {
            json.WriteString("QueueUrl", _url);
            json.WriteStartArray("Entries");
            for (var i = 0; i < messages.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("Id", i.ToString(CultureInfo.InvariantCulture));
                json.WriteString("MessageBody", messages[i].Body);
                if (IsFifo)
                {
                    json.WriteString("MessageGroupId", messages[i].Group ?? "crowsnest");
                    json.WriteString("MessageDeduplicationId", messages[i].Id);
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
        }, cancellationToken).ConfigureAwait(false);
        return !answer.RootElement.TryGetProperty("Failed", out var failed) || failed.ValueKind != JsonValueKind.Array ? []
            : [.. failed.EnumerateArray().Select(one => messages[int.Parse(one.GetProperty("Id").GetString()!, CultureInfo.InvariantCulture)].Id)];
    }

    // {"deadLetterTargetArn":"arn:…","maxReceiveCount":100}, the number perhaps as text.
    private static (string? Arn, int? MaxReceiveCount) Redrive(string? policy)
    {
        if (string.IsNullOrEmpty(policy)) return (null, null);
        try
        {
            using var document = JsonDocument.Parse(policy);
            var arn = document.RootElement.TryGetProperty("deadLetterTargetArn", out var target) ? target.GetString() : null;
            var most = document.RootElement.TryGetProperty("maxReceiveCount", out var count) && int.TryParse(count.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (int?)null;
            return (arn, most);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private async Task<int> BatchAsync(string operation, IReadOnlyList<SqsMessage> messages, Action<Utf8JsonWriter> write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        if (messages.Count == 0) return 0;
        using var answer = await _client.CallAsync(operation, json =>
        {
            json.WriteString("QueueUrl", _url);
            json.WriteStartArray("Entries");
            for (var i = 0; i < messages.Count; i++)
            {
                json.WriteStartObject();
                json.WriteString("Id", i.ToString(CultureInfo.InvariantCulture));
                json.WriteString("ReceiptHandle", messages[i].Receipt);
                write(json);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }, cancellationToken).ConfigureAwait(false);
        return answer.RootElement.TryGetProperty("Failed", out var failed) && failed.ValueKind == JsonValueKind.Array ? failed.GetArrayLength() : 0;
    }
}
