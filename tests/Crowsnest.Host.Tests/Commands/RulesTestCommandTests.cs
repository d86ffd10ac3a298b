using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>rules test, over files, a data folder and a server: the same answer, and nothing is sent.</summary>
public sealed class RulesTestCommandTests : IDisposable
{
    private const string Config = """
        rules:
          - use: default
          - {name: often, count: {event: {crowsnest: {outcome: [failure]}}, at_least: 2, within: 10m, by: [service]}}
          - {name: steadied, notice: {detail: {eventName: [SERVICE_STEADY_STATE]}}}
          - {name: agent-disconnected, condition: {instance: {agent: disconnected}}, for: 5m}
        route: {receiver: ops, routes: [{matchers: [alertname = often], receiver: night}]}
        receivers: [{name: ops, webhook_configs: [{url: 'http://127.0.0.1:9/never', hmac_key: '${NOT_SET}'}]}, {name: night, webhook_configs: [{url: 'http://127.0.0.1:9/never', send_resolved: false}]}]
        """;

    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task Files_a_folder_and_a_server_give_the_same_answer()
    {
        var (config, events) = (_crowsnest.Write("new.yaml", Config), _crowsnest.Write("events.ndjson", Events()));
        var overFile = await RunAsync("rules", "test", config, "--events", events, "-o", "ndjson");

        Assert.Equal(
            ["ops task-failed firing 2", "night often firing 2", "ops agent-disconnected firing 1", "ops task-failed resolved 2", "ops steadied firing 1", "ops agent-disconnected resolved 1"],
            overFile.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line))
                .Select(one => $"{one.GetProperty("receiver")} {one.GetProperty("labels").GetProperty("alertname")} {one.GetProperty("state")} {one.GetProperty("count")}"));
        Assert.Contains("7 events from 2026-03-02 12:00:00 to 2026-03-02 13:10:00 UTC: 3 incidents, 6 messages", overFile.Error, StringComparison.Ordinal);

        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", events, "--no-notify"])).ExitCode);
        Assert.Equal(overFile.Out, (await RunAsync("rules", "test", config, "-o", "ndjson")).Out);
        await using var up = await RunningUp.StartAsync(_crowsnest);
        Assert.Equal(overFile.Out, (await RunAsync("rules", "test", config, "-o", "ndjson")).Out);
        var part = JsonElement.Parse((await RunAsync("rules", "test", config, "--to", "2026-03-02T12:00:10Z")).Out);
        Assert.Equal((1, 1), (part.GetProperty("events").GetInt32(), part.GetProperty("messages").GetInt32()));

        var wrong = await _crowsnest.RunAsync(["rules", "test", _crowsnest.Write("wrong.yaml", "rules: [{use: defualt}]")]);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("did you mean 'default'", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Conditions_of_capacity_are_tried_with_their_times_and_numbers()
    {
        var config = _crowsnest.Write("capacity.yaml", """
            rules: [{name: full, condition: {capacity: {reservation: cpu, above: 85%, of: provider}}, where: {provider: [spot]}, for: 5m, keep_firing_for: 10m}, {use: instance-idle}]
            route: {receiver: ops}
            receivers: [{name: ops, webhook_configs: [{url: 'http://127.0.0.1:9/never'}]}]
            """);

        // Too short, then long enough with a gap that is shorter than ten minutes; without tasks all the while.
        var events = _crowsnest.Write("capacity.ndjson", string.Concat(Free(1, 0, 100), Free(2, 240, 2_000), Free(3, 600, 200), Free(4, 1_500, 2_000), Free(5, 1_800, 200), Free(6, 2_400, 2_000), Free(7, 4_800, 2_000)));
        var told = (await RunAsync("rules", "test", config, "--events", events, "-o", "ndjson")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();

        Assert.Equal(["full firing", "instance-idle firing", "full resolved"], told.Select(one => $"{one.GetProperty("labels").GetProperty("alertname")} {one.GetProperty("state")}"));
        Assert.Equal(("spot", true), (told[0].GetProperty("labels").GetProperty("provider").GetString(), told[0].GetProperty("summary").GetString()!.Contains("95.1 % is reserved (3,896 of 4,096 units, 200 remain)", StringComparison.Ordinal)));
        Assert.InRange(told[0].GetProperty("at").GetDateTime(), Moment(600 + 300), Moment(600 + 300 + 120));
        Assert.InRange(told[2].GetProperty("at").GetDateTime(), Moment(2_400 + 600), Moment(2_400 + 600 + 420));

        static DateTime Moment(int seconds) => new DateTime(2026, 3, 2, 12, 0, 0, DateTimeKind.Utc).AddSeconds(seconds);
    }

    [Fact]
    public async Task What_is_expected_is_there_and_nothing_else()
    {
        var (config, events) = (_crowsnest.Write("new.yaml", Config), _crowsnest.Write("events.ndjson", Events()));
        var expected = """
            - {receiver: ops}
            - {receiver: ops, alertname: task-failed, service: api, severity: error, count: 2}
            - {receiver: night, alertname: often, count: 2}
            - {alertname: agent-disconnected, instance: i1}
            - {alertname: agent-disconnected, state: resolved}
            - {state: resolved, alertname: task-failed}

            """;
        var right = await _crowsnest.RunAsync(["rules", "test", config, "--events", events, "--expect", _crowsnest.Write("right.yaml", expected)]);
        Assert.Equal((0, ""), (right.ExitCode, right.Out));

        var other = await _crowsnest.RunAsync(["rules", "test", config, "--events", events, "--expect", _crowsnest.Write("other.yaml", expected.Replace("alertname: often", "alertname: seldom", StringComparison.Ordinal))]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("missing: {receiver: night, count: 2, alertname: seldom} (line 3)", other.Out, StringComparison.Ordinal);
        Assert.Contains("not expected: {receiver: night, count: 2, ", other.Out, StringComparison.Ordinal);

        var broken = await _crowsnest.RunAsync(["rules", "test", config, "--events", events, "--expect", _crowsnest.Write("broken.yaml", "- {count: many}\n- {state: open}\n")]);
        Assert.Equal(2, broken.ExitCode);
        Assert.Contains("broken.yaml:1:", broken.Error, StringComparison.Ordinal);
        Assert.Contains("broken.yaml:2:", broken.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rules_that_are_on_are_listed_with_their_last_week()
    {
        _crowsnest.Write("crowsnest.yaml", "rules: [{use: default}, {name: mine, notice: {detail-type: [x]}}, {name: task-pending, condition: {task: {status: pending}}, for: 1h}]");
        await using var up = await RunningUp.StartAsync(_crowsnest);
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", _crowsnest.Write("now.json", TellingCommandTests.MovedToNow("t1"))])).ExitCode);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        JsonElement failed;
        do
        {
            var rules = JsonElement.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/rules", UriKind.Relative), limit.Token)).GetProperty("items").EnumerateArray().ToList();
            Assert.Equal(["notice False", "condition False", "condition True"], rules.Where(r => r.GetProperty("name").GetString() is "mine" or "task-pending" or "none-running").Select(r => $"{r.GetProperty("form")} {r.GetProperty("isShipped")}"));
            failed = rules.Single(r => r.GetProperty("name").GetString() == "task-failed");
        }
        while (failed.GetProperty("incidents").GetInt32() == 0);
        Assert.Equal((1, 1), (failed.GetProperty("incidents").GetInt32(), failed.GetProperty("firing").GetInt32()));

        using var nothing = new StringContent("{}", System.Text.Encoding.UTF8, "application/json");
        using var answer = await up.Client.PostAsync(new Uri("/api/v1/rules/test", UriKind.Relative), nothing, limit.Token);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private async Task<CrowsnestProcess.Answer> RunAsync(params string[] words)
    {
        var answer = await _crowsnest.RunAsync(words);
        Assert.True(answer.ExitCode == 0, answer.Error);
        return answer;
    }

    private static string Free(int version, int seconds, int cpu) => $$$"""
        {"id":"f{{{version}}}","detail-type":"ECS Container Instance State Change","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"{{{Time(seconds)}}}","detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","containerInstanceArn":"arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/i1","status":"ACTIVE","agentConnected":true,"capacityProviderName":"spot","version":{{{version}}},"registeredResources":[{"name":"CPU","integerValue":4096},{"name":"MEMORY","integerValue":8192}],"remainingResources":[{"name":"CPU","integerValue":{{{cpu}}}},{"name":"MEMORY","integerValue":8192}]}}

        """;

    // Out of order, as files may be.
    private static string Events() => Steady(1_800) + Agent(3, true, 4_200) + Agent(2, true, 3_600) + Agent(1, false, 600) + Agent(0, true, 300) + Crash("b", 20) + Crash("a", 0);

    private static string Crash(string task, int seconds) => $$$"""
        {"id":"{{{task}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"{{{Time(seconds)}}}","detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/{{{task}}}","group":"service:api","startedBy":"ecs-svc/1","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":5,"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":1}]}}

        """;

    private static string Agent(int version, bool isConnected, int seconds) => $$$"""
        {"id":"i{{{version}}}","detail-type":"ECS Container Instance State Change","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"{{{Time(seconds)}}}","detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","containerInstanceArn":"arn:aws:ecs:eu-west-1:111122223333:container-instance/prod/i1","agentConnected":{{{(isConnected ? "true" : "false")}}},"status":"ACTIVE","version":{{{version + 1}}}}}

        """;

    private static string Steady(int seconds) => $$$"""
        {"id":"s","detail-type":"ECS Service Action","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"{{{Time(seconds)}}}","resources":["arn:aws:ecs:eu-west-1:111122223333:service/prod/api"],"detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","eventType":"INFO","eventName":"SERVICE_STEADY_STATE"}}

        """;

    private static string Time(int seconds) => new DateTimeOffset(2026, 3, 2, 12, 0, 0, TimeSpan.Zero).AddSeconds(seconds).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
