using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Core.Tests;

namespace Crowsnest.Lambda.Tests;

/// <summary>A function that runs in this process, on the harness, and what it logs.</summary>
internal sealed class RunningFunction : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly MemoryStream _output = new();
    private readonly RuntimeApiHarness _api = new();

    public RunningFunction(string config, params (string Name, string Value)[] environment)
    {
        var variables = environment.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        variables["AWS_LAMBDA_RUNTIME_API"] = _api.Address;
        variables["AWS_LAMBDA_FUNCTION_NAME"] = "trial";
        variables.TryAdd("CROWSNEST_CONFIG_YAML", config);
        Ended = Task.Run(() => Bootstrap.RunAsync(variables.GetValueOrDefault, _output, TimeProvider.System, _stopping.Token));
    }

    public RuntimeApiHarness Api => _api;

    /// <summary>Its exit code.</summary>
    public Task<int> Ended { get; }

    /// <summary>Each line that it logged.</summary>
    public IReadOnlyList<JsonElement> Log => [.. Encoding.UTF8.GetString(_output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))];

    /// <summary>Calls it; it must not fail.</summary>
    public async Task<JsonElement> CallAsync(string body)
    {
        var outcome = await _api.InvokeAsync(body);
        Assert.True(outcome.ErrorType is null, $"{outcome.ErrorType}: {outcome.Body}\n{Encoding.UTF8.GetString(_output.ToArray())}");
        return JsonElement.Parse(outcome.Body);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await ((Task)Ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _api.Dispose();
        _stopping.Dispose();
    }
}

/// <summary>What is posted to it.</summary>
internal sealed class Hook : IDisposable
{
    private readonly HttpListener _listener = new();

    public Hook()
    {
        Url = $"http://127.0.0.1:{Peers.FreePort().ToString(CultureInfo.InvariantCulture)}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>Every message so far.</summary>
    public List<JsonElement> Posted { get; } = [];

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var asked = await _listener.GetContextAsync();
                using var reader = new StreamReader(asked.Request.InputStream);
                var message = JsonElement.Parse(await reader.ReadToEndAsync());
                lock (Posted) Posted.Add(message);
                asked.Response.Close();
            }
        }
        catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
        {
            // It is over.
        }
    }
}

/// <summary>What functions are called with.</summary>
internal static class Calls
{
    public const string Tick = """{"version":"0","id":"53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa","detail-type":"Scheduled Event","source":"aws.events","account":"123456789012","time":"2026-01-01T00:00:00Z","region":"eu-west-1","resources":["arn:aws:events:eu-west-1:123456789012:rule/tick"],"detail":{}}""";

    /// <summary>A task's state; a stopped one has failed.</summary>
    public static string Task(string task, string status, int version, string service = "web") => Written(new JsonObject
    {
        ["version"] = "0",
        ["id"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
        ["detail-type"] = "ECS Task State Change",
        ["source"] = "aws.ecs",
        ["account"] = "123456789012",
        ["time"] = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["region"] = "eu-west-1",
        ["resources"] = new JsonArray($"arn:aws:ecs:eu-west-1:123456789012:task/shop/{task}"),
        ["detail"] = new JsonObject
        {
            ["clusterArn"] = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop",
            ["taskArn"] = $"arn:aws:ecs:eu-west-1:123456789012:task/shop/{task}",
            ["group"] = $"service:{service}",
            ["lastStatus"] = status,
            ["desiredStatus"] = "STOPPED",
            ["version"] = version,
            ["stopCode"] = status == "STOPPED" ? "EssentialContainerExited" : null,
            ["stoppedReason"] = status == "STOPPED" ? "Essential container in task exited" : null,
            ["containers"] = new JsonArray(new JsonObject { ["name"] = "app", ["lastStatus"] = status, ["exitCode"] = status == "STOPPED" ? 3 : null }),
        },
    });

    /// <summary>A container instance whose agent is connected, or has been away for so many minutes.</summary>
    public static string Instance(string instance, bool isConnected, int version, int minutesAgo) => Written(new JsonObject
    {
        ["version"] = "0",
        ["id"] = RandomNumberGenerator.GetHexString(32, lowercase: true),
        ["detail-type"] = "ECS Container Instance State Change",
        ["source"] = "aws.ecs",
        ["account"] = "123456789012",
        ["time"] = TimeProvider.System.GetUtcNow().AddMinutes(-minutesAgo).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["region"] = "eu-west-1",
        ["resources"] = new JsonArray($"arn:aws:ecs:eu-west-1:123456789012:container-instance/shop/{instance}"),
        ["detail"] = new JsonObject
        {
            ["clusterArn"] = "arn:aws:ecs:eu-west-1:123456789012:cluster/shop",
            ["containerInstanceArn"] = $"arn:aws:ecs:eu-west-1:123456789012:container-instance/shop/{instance}",
            ["agentConnected"] = isConnected,
            ["status"] = "ACTIVE",
            ["version"] = version,
            ["updatedAt"] = TimeProvider.System.GetUtcNow().AddMinutes(-minutesAgo).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        },
    });

    /// <summary>What an event source mapping hands over.</summary>
    public static string Batch(params IEnumerable<(string Id, string Body)> messages) => Written(new JsonObject
    {
        ["Records"] = new JsonArray([.. messages.Select(m => (JsonNode)new JsonObject
        {
            ["messageId"] = m.Id,
            ["receiptHandle"] = "AQEB" + m.Id,
            ["body"] = m.Body,
            ["attributes"] = new JsonObject { ["ApproximateReceiveCount"] = "1", ["SentTimestamp"] = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture) },
            ["messageAttributes"] = new JsonObject(),
            ["eventSource"] = "aws:sqs",
            ["eventSourceARN"] = "arn:aws:sqs:eu-west-1:123456789012:crowsnest",
            ["awsRegion"] = "eu-west-1",
        })]),
    });

    private static string Written(JsonObject value) => value.ToJsonString();
}
