using System.Text.Json;
using Crowsnest.Aws.Ecs;

namespace Crowsnest.Aws.Logs;

/// <summary>A line of a log.</summary>
/// <param name="At">When it was written, milliseconds since 1970 UTC.</param>
/// <param name="Message">What it says, as it was written.</param>
public readonly record struct LogLine(long At, string Message);

/// <summary>Reads the end of log streams of Amazon CloudWatch Logs in one account and region, within a budget of calls (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/).</summary>
public sealed class LogsClient : IDisposable
{
    private const string Operation = "GetLogEvents";

    // A page may be empty though lines are before it.
    private const int PagesMax = 3, Connections = 4;

    private readonly AwsJsonClient _client;
    private readonly EcsBudget _budget;

    /// <summary>A region's logs; nothing is asked yet.</summary>
    /// <param name="identity">As whom.</param>
    /// <param name="endpoint">Where they are; AWS's own of the region when <see langword="null"/>.</param>
    /// <param name="budget">How often they may be asked for.</param>
    /// <param name="time">The clock.</param>
    public LogsClient(AwsIdentity identity, Uri? endpoint, EcsBudget budget, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(identity);
        _budget = budget;
        _client = new AwsJsonClient(
            identity, endpoint ?? new Uri($"https://logs.{identity.Region.SystemName}.{identity.Region.PartitionDnsSuffix}/"), "logs", "Logs_20140328", time, Connections,
            "application/x-amz-json-1.1", attempts: 1);
    }

    /// <summary>The last lines of a stream, oldest first; none when the stream is empty or is not there.</summary>
    /// <param name="group">The log group's name.</param>
    /// <param name="stream">The stream's name.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed; nothing is tried again, since whoever waits can ask again.</exception>
    public async Task<IReadOnlyList<LogLine>> LastAsync(string group, string stream, int limit, CancellationToken cancellationToken)
    {
        var lines = new List<LogLine>();
        string? before = null;
        for (var page = 0; page < PagesMax && lines.Count < limit; page++)
        {
            using var answer = await CallAsync(group, stream, limit - lines.Count, before, cancellationToken).ConfigureAwait(false);
            lines.InsertRange(0, Lines(answer.RootElement));

            // The token of a stream's beginning is the one that was sent.
            if (Text(answer.RootElement, "nextBackwardToken") is not { } token || token == before) break;
            before = token;
        }

        return lines.Count > limit ? lines[^limit..] : lines;
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<JsonDocument> CallAsync(string group, string stream, int limit, string? token, CancellationToken cancellationToken)
    {
        await _budget.TakeAsync(Operation, cancellationToken).ConfigureAwait(false);
        try
        {
            var answer = await _client.CallAsync(Operation, json =>
            {
                json.WriteString("logGroupName", group);
                json.WriteString("logStreamName", stream);
                json.WriteNumber("limit", limit);
                json.WriteBoolean("startFromHead", false);
                if (token is not null) json.WriteString("nextToken", token);
            }, cancellationToken).ConfigureAwait(false);
            _budget.Answered(Operation);
            return answer;
        }
        catch (AwsException busy) when (busy.IsThrottled)
        {
            _budget.Throttled(Operation);
            throw;
        }
    }

    private static IEnumerable<LogLine> Lines(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("events", out var events) || events.ValueKind != JsonValueKind.Array) yield break;
        foreach (var line in events.EnumerateArray())
        {
            if (Text(line, "message") is { } message)
                yield return new LogLine(line.TryGetProperty("timestamp", out var at) && at.ValueKind == JsonValueKind.Number && at.TryGetInt64(out var milliseconds) ? milliseconds : 0, message);
        }
    }

    private static string? Text(JsonElement json, string member) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
