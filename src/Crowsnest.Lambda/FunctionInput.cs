using System.Globalization;
using System.Text.Json;
using Crowsnest.Aws.Sqs;

namespace Crowsnest.Lambda;

/// <summary>What a function is called with.</summary>
internal abstract record FunctionInput
{
    private FunctionInput()
    {
    }

    /// <summary>Messages of a queue, handed over by an event source mapping: each is answered for itself.</summary>
    public sealed record Queue(string Name, IReadOnlyList<SqsMessage> Messages) : FunctionInput;

    /// <summary>A rule's schedule: time to look at what waits.</summary>
    public sealed record Tick : FunctionInput;

    /// <summary>Anything else: events, as they are or in the wrappers of SNS, Kinesis, Firehose and CloudWatch Logs.</summary>
    public sealed record Events : FunctionInput;

    /// <summary>Tells apart; what is no JSON holds events that cannot be read.</summary>
    public static FunctionInput Of(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object) return new Events();
            if (Text(root, "source") == "aws.events" && Text(root, "detail-type") == "Scheduled Event") return new Tick();
            if (!root.TryGetProperty("Records", out var records) || records.ValueKind != JsonValueKind.Array || records.GetArrayLength() == 0) return new Events();
            var messages = new List<SqsMessage>(records.GetArrayLength());
            foreach (var record in records.EnumerateArray())
            {
                if (Message(record) is not { } message) return new Events();
                messages.Add(message);
            }

            return new Queue(NameOf(Text(records[0], "eventSourceARN") ?? ""), messages);
        }
        catch (JsonException)
        {
            return new Events();
        }
    }

    // https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    private static SqsMessage? Message(JsonElement record)
    {
        if (Text(record, "eventSource") != "aws:sqs" || Text(record, "messageId") is not { Length: > 0 } id || Text(record, "body") is not { } body) return null;
        var attributes = record.TryGetProperty("attributes", out var given) ? given : default;
        return new SqsMessage(
            id, Text(record, "receiptHandle") ?? "", body, Text(attributes, "MessageGroupId"),
            long.TryParse(Text(attributes, "SentTimestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var sent) ? DateTimeOffset.FromUnixTimeMilliseconds(sent) : null);
    }

    private static string NameOf(string arn) => arn[(arn.LastIndexOf(':') + 1)..];

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
