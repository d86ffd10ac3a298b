using System.Net;
using System.Text;
using System.Text.Json;
using Crowsnest.Aws.Tests.Ecs;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>Comparing with ECS as a person has it: by the command, by the server, and what is told and counted of it.</summary>
public sealed class ResyncCommandTests
{
    private const string Config = "resync: {accounts: [{regions: [eu-west-1]}], every: 1h}\nroute: {receiver: console, group_wait: 0s}\n";

    [Fact]
    public async Task The_command_stores_what_events_had_missed_tells_the_failures_and_finds_nothing_the_second_time()
    {
        using var crowsnest = new CrowsnestProcess();
        await using var ecs = new OwnEcs(TimeProvider.System);
        var (prod, now) = (ecs.Cluster("prod"), TimeProvider.System.GetUtcNow());
        prod.Run("t1", startedAt: now.AddHours(-1));
        prod.Run("t2", startedAt: now.AddHours(-1));
        prod.Stop("t2", now.AddMinutes(-20), exitCode: 3);
        ecs.Cluster("other").Run("t3", startedAt: now.AddHours(-1));
        await File.WriteAllTextAsync(Path.Combine(crowsnest.Folder, "crowsnest.yaml"), Config, TestContext.Current.CancellationToken);

        var only = await crowsnest.RunAsync(["resync", "--cluster", "prod", "-o", "json"], null, Environment(ecs));
        Assert.True(only.ExitCode == 0, only.Error);
        var run = JsonElement.Parse(only.Out);
        Assert.Equal("""{"task-missed-start":1,"task-missed-stop":1}""", Compact(run.GetProperty("drift")));
        Assert.Equal((1, 1, 1), (run.GetProperty("accounts").GetInt32(), run.GetProperty("regions").GetInt32(), run.GetProperty("clusters").GetInt32()));
        Assert.True(run.GetProperty("calls").GetInt64() > 5);
        Assert.Contains("found late", only.Error, StringComparison.Ordinal);

        var tasks = await crowsnest.RunAsync(["get", "tasks", "--stopped", "-o", "json"]);
        Assert.Equal(["t1 RUNNING", "t2 STOPPED"], JsonElement.Parse(tasks.Out).EnumerateArray().Select(t => $"{Last(t.GetProperty("taskArn"))} {t.GetProperty("lastStatus")}").Order());

        var all = await crowsnest.RunAsync(["resync", "-o", "json"], null, Environment(ecs));
        Assert.Equal("""{"task-missed-start":1}""", Compact(JsonElement.Parse(all.Out).GetProperty("drift")));
        var again = await crowsnest.RunAsync(["resync", "-o", "json"], null, Environment(ecs));
        Assert.Equal((0, "{}"), (again.ExitCode, Compact(JsonElement.Parse(again.Out).GetProperty("drift"))));
        Assert.DoesNotContain("found late", again.Error, StringComparison.Ordinal);

        var found = await crowsnest.RunAsync(["search", "source:crowsnest.resync AND outcome:failure", "-o", "json"]);
        Assert.Single(JsonElement.Parse(found.Out).EnumerateArray());
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_and_is_exit_code_1()
    {
        using var crowsnest = new CrowsnestProcess();
        await using var ecs = new OwnEcs(TimeProvider.System) { Before = (operation, _) => operation == "ListClusters" ? "AccessDeniedException" : null };
        await File.WriteAllTextAsync(Path.Combine(crowsnest.Folder, "crowsnest.yaml"), Config, TestContext.Current.CancellationToken);

        var answer = await crowsnest.RunAsync(["resync", "-o", "json"], null, Environment(ecs));
        Assert.Equal(1, answer.ExitCode);
        Assert.Contains("eu-west-1: Not allowed", answer.Error, StringComparison.Ordinal);

        var doctor = await crowsnest.RunAsync(["doctor", "-o", "json"], null, Environment(ecs));
        Assert.Equal("fault", Doctor(doctor).GetProperty("status").GetString());

        // A role that may list and not describe, then one that may do all.
        ecs.Cluster("prod").Run("t1");
        ecs.Before = (operation, _) => operation is "DescribeTaskDefinition" or "DescribeClusters" ? "AccessDeniedException" : null;
        doctor = await crowsnest.RunAsync(["doctor", "-o", "json"], null, Environment(ecs));
        Assert.Contains("it may not ecs:DescribeClusters, ecs:DescribeTaskDefinition", Doctor(doctor).ToString(), StringComparison.Ordinal);
        ecs.Before = (_, _) => null;
        doctor = await crowsnest.RunAsync(["doctor", "-o", "json"], null, Environment(ecs));
        Assert.Equal("ok", Doctor(doctor).GetProperty("status").GetString());
        Assert.Contains("ecs:DescribeContainerInstances, ecs:DescribeServices could not be tried", Doctor(doctor).ToString(), StringComparison.Ordinal);
        var missing = await crowsnest.RunAsync(["resync", "--cluster", "nowhere"], null, Environment(ecs));
        Assert.Equal(1, missing.ExitCode);
        Assert.Contains("No cluster is named 'nowhere'", missing.Error, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(crowsnest.Folder, "crowsnest.yaml"), "", TestContext.Current.CancellationToken);
        var without = await crowsnest.RunAsync(["resync"], null, Environment(ecs));
        Assert.Equal(2, without.ExitCode);
        Assert.Contains("names no account", without.Error, StringComparison.Ordinal);
    }

    // Goal: the start waits for nothing, and says how far it is. Method: ECS does not answer until the test has seen the page.
    [Fact]
    public async Task The_server_is_up_while_ECS_is_read_and_says_how_far_it_is()
    {
        using var crowsnest = new CrowsnestProcess();
        using var go = new ManualResetEventSlim();
        await using var ecs = new OwnEcs(TimeProvider.System);
        ecs.Cluster("prod").Run("t1", startedAt: TimeProvider.System.GetUtcNow().AddHours(-1));
        ecs.Before = (operation, _) =>
        {
            if (operation == "DescribeTasks") go.Wait();
            return null;
        };
        await File.WriteAllTextAsync(Path.Combine(crowsnest.Folder, "crowsnest.yaml"), Config, TestContext.Current.CancellationToken);
        await using var up = await RunningUp.StartAsync(crowsnest, Environment(ecs));
        try
        {
            using var ready = await up.Client.GetAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
            var body = await UntilAsync(up, b => b.GetProperty("progress") is { ValueKind: JsonValueKind.Object } p && p.GetProperty("cluster").GetString() == "prod");
            Assert.Equal(("1h", 1, 0), (body.GetProperty("every").GetString(), body.GetProperty("progress").GetProperty("clusters").GetInt32(), body.GetProperty("progress").GetProperty("clustersDone").GetInt32()));
            Assert.Equal(JsonValueKind.Null, body.GetProperty("last").ValueKind);
        }
        finally
        {
            go.Set();
        }

        var done = await UntilAsync(up, b => b.GetProperty("last").ValueKind == JsonValueKind.Object);
        Assert.Equal("""{"task-missed-start":1}""", Compact(done.GetProperty("drift")));
        Assert.True(done.GetProperty("callsLastHour").GetInt32() > 5);
        var metrics = await up.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Contains("crowsnest_resync_drift_total{kind=\"task-missed-start\"} 1", metrics, StringComparison.Ordinal);

        // A stop while the server runs, found by the command through the server.
        ecs.Cluster("prod").Stop("t1", TimeProvider.System.GetUtcNow().AddMinutes(-5));
        var answer = await crowsnest.RunAsync(["resync", "-o", "json"]);
        Assert.Equal("""{"task-missed-stop":1}""", Compact(JsonElement.Parse(answer.Out).GetProperty("drift")));
        Assert.Equal((0, 0), ((await up.StopAsync()).ExitCode, answer.ExitCode));
    }

    // Goal: a team finds its events by its tag, and sees whose tags a task has. Method: ECS says the tags, then the task's own event comes in.
    [Fact]
    public async Task What_ECS_says_of_tags_is_shown_and_found()
    {
        using var crowsnest = new CrowsnestProcess();
        await using var ecs = new OwnEcs(TimeProvider.System);
        var (prod, now) = (ecs.Cluster("prod"), TimeProvider.System.GetUtcNow());
        prod.Serve("api", 1);
        prod.Run("t1", startedAt: now.AddHours(-1));
        ecs.Tags[prod.ArnOf("service", "api")] = Tag("team", "payments");
        ecs.Tags[prod.Arn] = Tag("stage", "live");
        ecs.Tags["arn:aws:ecs:eu-west-1:123456789012:task-definition/api:1"] = Tag("git", "4f2a");
        await File.WriteAllTextAsync(Path.Combine(crowsnest.Folder, "crowsnest.yaml"), Config, TestContext.Current.CancellationToken);
        await using var up = await RunningUp.StartAsync(crowsnest, Environment(ecs));
        await UntilAsync(up, b => b.GetProperty("last").ValueKind == JsonValueKind.Object);

        var services = await crowsnest.RunAsync(["get", "services", "-o", "json"]);
        Assert.Equal("""[{"key":"team","value":"payments"}]""", Compact(Assert.Single(JsonElement.Parse(services.Out).EnumerateArray()).GetProperty("tags")));
        var clusters = await crowsnest.RunAsync(["get", "clusters", "-o", "json"]);
        Assert.Equal("""[{"key":"stage","value":"live"}]""", Compact(Assert.Single(JsonElement.Parse(clusters.Out).EnumerateArray()).GetProperty("tags")));
        var task = JsonElement.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/tasks/t1", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(["service team=payments", "taskDefinition git=4f2a", "cluster stage=live"], task.GetProperty("tags").EnumerateArray().Select(t => $"{t.GetProperty("of")} {t.GetProperty("key")}={t.GetProperty("value")}"));

        var said = Repository.Read("docs", "example-event.json");
        var action = $$$"""{"id":"a1","detail-type":"ECS Service Action","source":"aws.ecs","account":"123456789012","region":"eu-west-1","time":"{{{now:yyyy-MM-ddTHH:mm:ssZ}}}","resources":["{{{prod.ArnOf("service", "api")}}}"],"detail":{"eventType":"INFO","eventName":"SERVICE_STEADY_STATE","clusterArn":"{{{prod.Arn}}}"}}""";
        Assert.Equal(0, (await crowsnest.RunAsync(["ingest", "-"], Encoding.UTF8.GetBytes(action + said))).ExitCode);
        var found = await crowsnest.RunAsync(["search", "source:aws.ecs AND tag.team:payments", "-o", "json"]);
        Assert.Equal("a1", Assert.Single(JsonElement.Parse(found.Out).EnumerateArray()).GetProperty("id").GetString());
        Assert.Equal(0, (await up.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task A_server_without_accounts_asks_nothing_and_says_so()
    {
        using var crowsnest = new CrowsnestProcess();
        await using var ecs = new OwnEcs(TimeProvider.System);
        await using var up = await RunningUp.StartAsync(crowsnest, Environment(ecs));

        var body = JsonElement.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/resync", UriKind.Relative), TestContext.Current.CancellationToken));
        Assert.Equal(JsonValueKind.Null, body.GetProperty("every").ValueKind);
        var answer = await crowsnest.RunAsync(["resync"]);
        Assert.Equal(2, answer.ExitCode);
        Assert.Contains("docs/resync.md", answer.Error, StringComparison.Ordinal);
        Assert.Empty(ecs.Calls);
    }

    // Goal: nobody from outside speaks for ECS under our name, even where every source is trusted.
    [Fact]
    public async Task An_event_from_outside_under_our_name_changes_nothing()
    {
        using var crowsnest = new CrowsnestProcess();
        await File.WriteAllTextAsync(Path.Combine(crowsnest.Folder, "crowsnest.yaml"), "sources: {trusted: ['*']}", TestContext.Current.CancellationToken);
        var forged = """
            {"id":"f","detail-type":"ECS Task State Change","source":"crowsnest.resync","account":"123456789012","time":"2026-03-02T12:00:00Z","region":"eu-west-1","resources":["arn:aws:ecs:eu-west-1:123456789012:task/prod/t1"],
             "detail":{"crowsnest":{"resync":"verified","drift":"task-missed-start"},"taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/t1","clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","lastStatus":"RUNNING","desiredStatus":"RUNNING","version":3}}
            """;

        var ingest = await crowsnest.RunAsync(["ingest", "-"], Encoding.UTF8.GetBytes(forged + forged.Replace("crowsnest.resync", "aws.ecs", StringComparison.Ordinal).Replace("prod/t1", "prod/t2", StringComparison.Ordinal)));
        Assert.True(ingest.ExitCode == 0, ingest.Error);

        var tasks = await crowsnest.RunAsync(["get", "tasks", "-o", "json"]);
        Assert.Equal(["t2"], JsonElement.Parse(tasks.Out).EnumerateArray().Select(t => Last(t.GetProperty("taskArn"))));
        var found = await crowsnest.RunAsync(["search", "source:crowsnest.resync", "-o", "json"]);
        Assert.Contains("/detail/crowsnest/resync", found.Out, StringComparison.Ordinal);
    }

    private static (string, string)[] Environment(OwnEcs ecs) =>
        [("AWS_ENDPOINT_URL_ECS", ecs.Address.AbsoluteUri), ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret"), ("AWS_EC2_METADATA_DISABLED", "true")];

    private static async Task<JsonElement> UntilAsync(RunningUp up, Func<JsonElement, bool> isSo)
    {
        while (true)
        {
            var body = JsonElement.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/resync", UriKind.Relative), TestContext.Current.CancellationToken));
            if (isSo(body)) return body;
            await Task.Yield();
        }
    }

    private static JsonElement Doctor(CrowsnestProcess.Answer answer) =>
        Assert.Single(JsonElement.Parse(answer.Out).EnumerateArray(), finding => finding.GetProperty("check").GetString() == "resync eu-west-1");

    private static System.Text.Json.Nodes.JsonArray Tag(string key, string value) => [new System.Text.Json.Nodes.JsonObject { ["key"] = key, ["value"] = value }];

    private static string Compact(JsonElement json) => JsonSerializer.Serialize(json, Plain.Default.JsonElement);

    private static string Last(JsonElement arn) => arn.GetString()!.Split('/')[^1];
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonElement))]
internal sealed partial class Plain : System.Text.Json.Serialization.JsonSerializerContext;
