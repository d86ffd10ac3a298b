using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Aws.Tests.Ecs;
using Crowsnest.Aws.Tests.Logs;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>The last words of a failed task, where a person looks for them: on its page, through the real program, an own ECS and own logs.</summary>
public sealed class TaskLogsTests
{
    private const string Config = "resync: {accounts: [{regions: [eu-west-1]}], every: 1h, log_lines: true}\nroute: {receiver: console, group_wait: 0s}\n";
    private const string Definition = "arn:aws:ecs:eu-west-1:123456789012:task-definition/api:1";

    [Fact]
    public async Task A_failed_tasks_page_has_its_last_lines_with_secrets_masked_and_asks_for_them_once()
    {
        using var crowsnest = new CrowsnestProcess();
        await using var ecs = Failed();
        await using var logs = new OwnLogs();
        logs.Streams[("/ecs/api", "svc/web/t2")] = [.. Enumerable.Range(0, 50).Select(i => (1_772_452_800_000L + i, i == 49 ? "fatal: cannot reach postgres://app:geheim@db/shop\n" : $"line {i}"))];
        await using var up = await StartAsync(crowsnest, ecs, logs, Config);

        var body = await TaskAsync(up, "t2");
        var containers = body.GetProperty("logs").GetProperty("containers").EnumerateArray().ToList();
        Assert.Equal(["web", "proxy"], containers.Select(c => c.GetProperty("container").GetString()));
        var lines = containers[0].GetProperty("lines").EnumerateArray().Select(l => l.GetProperty("text").GetString()).ToList();
        Assert.Equal((20, "line 30", "fatal: cannot reach postgres://***@db/shop"), (lines.Count, lines[0], lines[^1]));
        Assert.Equal(("2026-03-02T12:00:00.049Z", "svc/web/t2"), (containers[0].GetProperty("lines")[19].GetProperty("at").GetString(), containers[0].GetProperty("stream").GetString()));
        Assert.Contains("no awslogs-stream-prefix", containers[1].GetProperty("problem").GetString(), StringComparison.Ordinal);
        var calls = logs.Calls.Count;
        await TaskAsync(up, "t2");
        Assert.Equal(calls, logs.Calls.Count);

        // The command has them through the server, and by itself when none runs.
        var explained = await crowsnest.RunAsync(["explain", "t2", "-o", "table"], null, Environment(ecs, logs));
        Assert.Contains("last lines of web (/ecs/api)", explained.Out, StringComparison.Ordinal);
        Assert.Contains("00.049Z  fatal: cannot reach postgres://***@db/shop", explained.Out, StringComparison.Ordinal);
        Assert.Equal(calls, logs.Calls.Count);

        // What runs, and what was wanted, is nobody's question.
        Assert.Equal(JsonValueKind.Null, (await TaskAsync(up, "t1")).GetProperty("logs").ValueKind);
        Assert.Equal(calls, logs.Calls.Count);
        Assert.Equal(1, ecs.Calls.Count(call => call == "DescribeTaskDefinition"));

        // The message has the last five.
        var told = await up.TellsAsync(line => line == "    log       fatal: cannot reach postgres://***@db/shop");
        Assert.Contains("    log       line 45\n", told, StringComparison.Ordinal);
        Assert.DoesNotContain("line 44\n", told, StringComparison.Ordinal);
        Assert.DoesNotContain("geheim", told + (await up.StopAsync()).Error, StringComparison.Ordinal);
        var alone = await crowsnest.RunAsync(["explain", "t2", "-o", "json"], null, Environment(ecs, logs));
        Assert.Equal(20, JsonElement.Parse(alone.Out).GetProperty("logs").GetProperty("containers")[0].GetProperty("lines").GetArrayLength());
        Assert.DoesNotContain("geheim", alone.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("\"logs\"", (await crowsnest.RunAsync(["explain", "t1", "-o", "json"], null, Environment(ecs, logs))).Out, StringComparison.Ordinal);
    }

    // Goal: a page and a message wait three seconds at most, together. Method: logs that never answer.
    [Fact]
    [Trait("Category", "slow")]
    public async Task Logs_that_do_not_answer_take_three_seconds_and_the_message_goes_without_them()
    {
        using var crowsnest = new CrowsnestProcess();
        using var go = new ManualResetEventSlim();
        await using var ecs = Failed();
        await using var logs = new OwnLogs
        {
            Before = () =>
            {
                go.Wait();
                return null;
            },
        };
        await using var up = await StartAsync(crowsnest, ecs, logs, Config);
        try
        {
            var clock = Stopwatch.StartNew();
            var both = await Task.WhenAll(TaskAsync(up, "t2"), TaskAsync(up, "t2"));
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
            Assert.All(both, body => Assert.Contains("within 3 s", body.GetProperty("logs").GetProperty("problem").GetString(), StringComparison.Ordinal));
            Assert.Single(logs.Calls);
            Assert.DoesNotContain("    log  ", await up.TellsAsync(line => line.StartsWith("    incident ", StringComparison.Ordinal)), StringComparison.Ordinal);
        }
        finally
        {
            go.Set();
        }

        Assert.Equal(0, (await up.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task Without_the_right_the_page_says_so_and_without_the_switch_nothing_is_asked()
    {
        using var crowsnest = new CrowsnestProcess();
        await using var ecs = Failed();
        await using var logs = new OwnLogs { Before = () => "AccessDeniedException" };
        await using (var up = await StartAsync(crowsnest, ecs, logs, Config))
        {
            var web = (await TaskAsync(up, "t2")).GetProperty("logs").GetProperty("containers")[0];
            Assert.Contains("Not allowed", web.GetProperty("problem").GetString(), StringComparison.Ordinal);
            var doctor = await crowsnest.RunAsync(["doctor", "-o", "json"], null, Environment(ecs, logs));
            Assert.Contains("it may not logs:GetLogEvents", doctor.Out, StringComparison.Ordinal);
            await up.StopAsync();
        }

        var calls = logs.Calls.Count;
        await using var without = await StartAsync(crowsnest, ecs, logs, Config.Replace(", log_lines: true", "", StringComparison.Ordinal));
        Assert.Equal(JsonValueKind.Null, (await TaskAsync(without, "t2")).GetProperty("logs").ValueKind);
        Assert.Equal(calls, logs.Calls.Count);
        await without.StopAsync();
    }

    private static OwnEcs Failed()
    {
        var ecs = new OwnEcs(TimeProvider.System);
        var (prod, now) = (ecs.Cluster("prod"), TimeProvider.System.GetUtcNow());
        prod.Run("t1", startedAt: now.AddHours(-1));
        prod.Run("t2", startedAt: now.AddHours(-1));
        prod.Stop("t2", now.AddMinutes(-20), exitCode: 3);
        ecs.Definitions[Definition] = new JsonObject
        {
            ["taskDefinitionArn"] = Definition,
            ["containerDefinitions"] = new JsonArray(
                Container("proxy", new JsonObject { ["awslogs-group"] = "/ecs/proxy", ["awslogs-region"] = "eu-west-1" }), Container("plain", null),
                Container("web", new JsonObject { ["awslogs-group"] = "/ecs/api", ["awslogs-region"] = "eu-west-1", ["awslogs-stream-prefix"] = "svc" })),
        };
        return ecs;
    }

    private static JsonObject Container(string name, JsonObject? options)
    {
        var container = new JsonObject { ["name"] = name, ["image"] = "x" };
        container["logConfiguration"] = options is null ? new JsonObject { ["logDriver"] = "splunk", ["options"] = new JsonObject { ["splunk-url"] = "x" } } : new JsonObject { ["logDriver"] = "awslogs", ["options"] = options };
        return container;
    }

    private static async Task<RunningUp> StartAsync(CrowsnestProcess crowsnest, OwnEcs ecs, OwnLogs logs, string config)
    {
        await File.WriteAllTextAsync(Path.Combine(crowsnest.Folder, "crowsnest.yaml"), config, TestContext.Current.CancellationToken);
        var up = await RunningUp.StartAsync(
            crowsnest, Environment(ecs, logs));
        while (JsonElement.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/resync", UriKind.Relative), TestContext.Current.CancellationToken)).GetProperty("last").ValueKind == JsonValueKind.Null) await Task.Yield();
        return up;
    }

    private static (string, string)[] Environment(OwnEcs ecs, OwnLogs logs) =>
    [
        ("AWS_ENDPOINT_URL_ECS", ecs.Address.AbsoluteUri), ("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs.Address.AbsoluteUri), ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
    ];

    private static async Task<JsonElement> TaskAsync(RunningUp up, string id) =>
        JsonElement.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/tasks/" + id, UriKind.Relative), TestContext.Current.CancellationToken));
}
