using System.Text.Json;

namespace Crowsnest.Aws.Sqs;

/// <summary>Whom a queue's policy lets send, as far as it can be told from its words alone.</summary>
public enum QueueSenders
{
    /// <summary>No statement lets EventBridge or SNS send.</summary>
    None,

    /// <summary>A rule or topic that is named, or of an account that is.</summary>
    Named,

    /// <summary>Any rule of any account: no condition says which.</summary>
    Anybody,
}

/// <summary>Reads a queue's policy (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-creating-custom-policies-access-policy-examples.html).</summary>
public static class QueuePolicy
{
    private static readonly string[] Services = ["events.amazonaws.com", "sns.amazonaws.com"];

    /// <summary>Who may send. What denies is not looked at: which keys it meets is not known here.</summary>
    public static QueueSenders Senders(string? policy)
    {
        if (string.IsNullOrEmpty(policy)) return QueueSenders.None;
        try
        {
            using var document = JsonDocument.Parse(policy);
            var statements = Each(document.RootElement, "Statement").Where(IsAllowed).ToList();
            return statements.Count == 0 ? QueueSenders.None : statements.TrueForAll(IsNarrow) ? QueueSenders.Named : QueueSenders.Anybody;
        }
        catch (JsonException)
        {
            return QueueSenders.None;
        }
    }

    private static bool IsAllowed(JsonElement statement) =>
        Each(statement, "Effect").Any(effect => Text(effect) == "Allow")
        && Each(statement, "Action").Any(action => Text(action).ToUpperInvariant() is "SQS:SENDMESSAGE" or "SQS:SEND*" or "SQS:*" or "*")
        && Each(statement, "Principal").Any(principal => Text(principal) == "*" || Each(principal, "Service").Any(service => Services.Contains(Text(service), StringComparer.Ordinal))
            || Each(principal, "AWS").Any(account => Text(account) == "*"));

    // Conditions are {"ArnEquals": {"aws:SourceArn": …}}; names of keys have no case.
    private static bool IsNarrow(JsonElement statement) =>
        statement.TryGetProperty("Condition", out var condition) && condition.ValueKind == JsonValueKind.Object
        && condition.EnumerateObject().Where(test => test.Value.ValueKind == JsonValueKind.Object).SelectMany(test => test.Value.EnumerateObject())
            .Any(key => key.Name.ToUpperInvariant() is "AWS:SOURCEARN" or "AWS:SOURCEACCOUNT" or "AWS:SOURCEORGID" or "AWS:PRINCIPALORGID");

    // One or several: AWS lets a list of one stand without its brackets.
    private static JsonElement[] Each(JsonElement element, string name) =>
        element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out var value) ? [] : value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    private static string Text(JsonElement element) => element.ValueKind == JsonValueKind.String ? element.GetString()! : "";
}
