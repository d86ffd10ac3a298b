using System.Text.Json;

namespace Crowsnest.Aws.EventBridge;

/// <summary>What puts an event on a bus.</summary>
/// <param name="Source">Its source; AWS's own are refused.</param>
/// <param name="DetailType">Its detail-type.</param>
/// <param name="Detail">Its detail, as JSON.</param>
/// <param name="Resources">ARNs of what it is about.</param>
public sealed record BusEvent(string Source, string DetailType, string Detail, IReadOnlyList<string> Resources);

/// <summary>A rule of a bus.</summary>
/// <param name="State"><c>ENABLED</c> or <c>DISABLED</c>.</param>
/// <param name="EventPattern">What it takes; empty for one that goes by the clock.</param>
public sealed record BusRule(string State, string EventPattern);

/// <summary>A target of a rule.</summary>
/// <param name="Arn">Where the events go.</param>
/// <param name="DeadLetterArn">Where those go that cannot be delivered, or <see langword="null"/>: nowhere.</param>
public sealed record RuleTarget(string Arn, string? DeadLetterArn);

/// <summary>A bus of Amazon EventBridge, as far as it takes to try it (https://docs.aws.amazon.com/eventbridge/latest/APIReference/).</summary>
public sealed class EventBusClient : IDisposable
{
    private const string Json11 = "application/x-amz-json-1.1";

    private readonly string _bus;
    private readonly AwsJsonClient _client;

    /// <summary>A bus; nothing is asked yet.</summary>
    /// <param name="bus">Its name, or its ARN.</param>
    /// <param name="identity">As whom.</param>
    /// <param name="endpoint">Where EventBridge is; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="time">The clock.</param>
    public EventBusClient(string bus, AwsIdentity identity, Uri? endpoint, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(identity);
        _bus = bus;
        _client = new AwsJsonClient(
            identity, endpoint ?? new Uri($"https://events.{identity.Region.SystemName}.{identity.Region.PartitionDnsSuffix}/"), "events", "AWSEvents", time, connections: 2, Json11);
    }

    /// <summary>Puts one event on the bus; answers its id, which it keeps all the way.</summary>
    /// <exception cref="AwsException">It did not succeed, or the bus did not take this event.</exception>
    public async Task<string> PutAsync(BusEvent busEvent, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(busEvent);
        using var answer = await _client.CallAsync("PutEvents", json =>
        {
            json.WriteStartArray("Entries");
            json.WriteStartObject();
            json.WriteString("EventBusName", _bus);
            json.WriteString("Source", busEvent.Source);
            json.WriteString("DetailType", busEvent.DetailType);
            json.WriteString("Detail", busEvent.Detail);
            json.WriteStartArray("Resources");
            foreach (var resource in busEvent.Resources) json.WriteStringValue(resource);
            json.WriteEndArray();
            json.WriteEndObject();
            json.WriteEndArray();
        }, cancellationToken).ConfigureAwait(false);

        // 200 also when the entry failed: {"FailedEntryCount":1,"Entries":[{"ErrorCode":"…","ErrorMessage":"…"}]}
        var entry = answer.RootElement.TryGetProperty("Entries", out var entries) && entries.ValueKind == JsonValueKind.Array && entries.GetArrayLength() > 0 ? entries[0] : default;
        if (Text(entry, "ErrorCode") is { Length: > 0 } code) throw new AwsException(code, Text(entry, "ErrorMessage") ?? "no words were given", status: null);
        return Text(entry, "EventId") is { Length: > 0 } id ? id : throw new AwsException("NoEventId", "the bus took the event and gave no id for it", status: null);
    }

    /// <summary>A rule of the bus; <see langword="null"/> when there is none of this name.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<BusRule?> RuleAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _client.CallAsync("DescribeRule", json =>
            {
                json.WriteString("Name", name);
                json.WriteString("EventBusName", _bus);
            }, cancellationToken).ConfigureAwait(false);
            return new BusRule(Text(answer.RootElement, "State") ?? "", Text(answer.RootElement, "EventPattern") ?? "");
        }
        catch (AwsException none) when (none.Code == "ResourceNotFoundException")
        {
            return null;
        }
    }

    /// <summary>Where a rule's events go.</summary>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<IReadOnlyList<RuleTarget>> TargetsAsync(string rule, CancellationToken cancellationToken)
    {
        using var answer = await _client.CallAsync("ListTargetsByRule", json =>
        {
            json.WriteString("Rule", rule);
            json.WriteString("EventBusName", _bus);
        }, cancellationToken).ConfigureAwait(false);
        return !answer.RootElement.TryGetProperty("Targets", out var targets) || targets.ValueKind != JsonValueKind.Array ? []
            : [.. targets.EnumerateArray().Select(t => new RuleTarget(Text(t, "Arn") ?? "", t.TryGetProperty("DeadLetterConfig", out var dead) ? Text(dead, "Arn") : null))];
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
