using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Crowsnest.Aws.Tests.Logs;

/// <summary>A CloudWatch Logs on this machine that answers GetLogEvents as its manual says: pages backwards by tokens, empty ones on the way where a test wants them.</summary>
/// <remarks>https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html</remarks>
public sealed class OwnLogs : OwnService
{
    private readonly Lock _gate = new();
    private readonly List<JsonObject> _calls = [];

    /// <summary>Lines by group and stream.</summary>
    public Dictionary<(string Group, string Stream), List<(long At, string Message)>> Streams { get; } = [];

    /// <summary>How many pages of a stream's end are empty.</summary>
    public int EmptyPages { get; set; }

    /// <summary>Asked before each answer; what it answers is an error's code, or <see langword="null"/>.</summary>
    public Func<string?> Before { get; set; } = () => null;

    /// <summary>What was asked.</summary>
    public IReadOnlyList<JsonObject> Calls
    {
        get
        {
            lock (_gate) return [.. _calls];
        }
    }

    protected override async Task AnswerAsync(HttpListenerContext context)
    {
        var request = (await JsonNode.ParseAsync(context.Request.InputStream))!.AsObject();
        lock (_gate) _calls.Add(request);
        var isAsItShould = context.Request.Headers["X-Amz-Target"] == "Logs_20140328.GetLogEvents" && context.Request.ContentType == "application/x-amz-json-1.1"
            && context.Request.Headers["Authorization"]?.Contains("/logs/aws4_request", StringComparison.Ordinal) == true;
        var answer = !isAsItShould ? Error("UnknownOperationException") : Before() is { } wrong ? Error(wrong) : Answer(request);
        if (answer.ContainsKey("__type")) context.Response.StatusCode = 400;
        try
        {
            context.Response.ContentType = "application/x-amz-json-1.1";
            context.Response.Close(System.Text.Encoding.UTF8.GetBytes(answer.ToJsonString()), willBlock: false);
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Whoever asked has gone.
        }
    }

    // A token is b/LINE: what comes before that line. Those of empty pages say how many were, too.
    private JsonObject Answer(JsonObject request)
    {
        if (!Streams.TryGetValue(((string)request["logGroupName"]!, (string)request["logStreamName"]!), out var lines)) return Error("ResourceNotFoundException");
        var limit = (int?)request["limit"] ?? 10_000;
        if (limit is < 1 or > 10_000 || (bool?)request["startFromHead"] == true) return Error("InvalidParameterException");
        var token = ((string?)request["nextToken"])?.Split('/');
        var (end, empty) = token is null ? (lines.Count, 0) : (int.Parse(token[1], CultureInfo.InvariantCulture), int.Parse(token[2], CultureInfo.InvariantCulture));
        var isEmpty = empty < EmptyPages;
        var start = isEmpty ? end : Math.Max(0, end - limit);
        return new JsonObject
        {
            ["events"] = new JsonArray([.. lines[start..end].Select(line => new JsonObject { ["timestamp"] = line.At, ["message"] = line.Message, ["ingestionTime"] = line.At + 1_000 })]),
            ["nextForwardToken"] = $"f/{end}/0",
            ["nextBackwardToken"] = $"b/{start}/{(isEmpty ? empty + 1 : empty)}",
        };
    }

    private static JsonObject Error(string code) => new() { ["__type"] = code, ["message"] = "as the test wants it" };
}
