using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>From an event to a message, as a person runs it: the blog post's own event, a webhook, the console.</summary>
public sealed partial class TellingCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task The_blogs_own_event_moved_to_now_reaches_a_webhook_once_through_up()
    {
        await using var target = await WebhookTarget.StartAsync();
        await ConfigureAsync(target);
        await using var up = await RunningUp.StartAsync(_crowsnest);
        var body = MovedToNow("t1");

        for (var i = 0; i < 3; i++) await PostAsync(up, body);
        var message = await target.NextAsync();

        var alert = message.GetProperty("alerts")[0];
        Assert.Equal(("4", "firing", "ops"), (message.GetProperty("version").GetString(), message.GetProperty("status").GetString(), message.GetProperty("receiver").GetString()));
        Assert.Equal("EssentialContainerExited", alert.GetProperty("labels").GetProperty("kind").GetString());
        Assert.Equal("eventStreamTestCluster", alert.GetProperty("labels").GetProperty("cluster").GetString());
        await PostAsync(up, body);
        var shown = await TextAsync(up, "/api/v1/notifications");
        var item = Assert.Single(JsonElement.Parse(shown).GetProperty("items").EnumerateArray());
        Assert.Equal(message.GetProperty("notificationId").GetString(), item.GetProperty("notificationId").GetString());
        var metrics = await TextAsync(up, "/metrics");
        Assert.Contains("crowsnest_incidents{state=\"firing\"} 1", metrics, StringComparison.Ordinal);
        Assert.Equal(0, (await up.StopAsync()).ExitCode);
        Assert.Equal(1, target.Count);
    }

    [Fact]
    public async Task The_blogs_own_event_as_it_is_is_stored_found_and_not_told_saying_why()
    {
        var answer = await _crowsnest.RunAsync(["ingest", Repository.Shared("ecs-events", "task--seed-stopped-essential-exit1.json")]);
        var found = await _crowsnest.RunAsync(["search", "exitCode:1 AND stoppedReason:\"Essential container in task exited\"", "-o", "ndjson"]);

        Assert.Equal((0, 1, 1, 0), Summary(answer));
        Assert.Contains("1 failure happened longer ago than outbox.max_age (2h): recorded, and not told", answer.Error, StringComparison.Ordinal);
        Assert.Contains("cdf83842-a918-482b-908b-857e667ce328", Assert.Single(found.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    // Goal: who brings in the old while 'up' runs hears that nobody is told, and why: at the command, at the server, in the metrics and over the API.
    [Fact]
    public async Task What_is_too_old_to_be_told_is_said_wherever_it_comes_in()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        var file = Repository.Shared("ecs-events", "task--seed-stopped-essential-exit1.json");

        var ingested = await _crowsnest.RunAsync(["ingest", file]);
        Assert.Equal(0, ingested.ExitCode);
        Assert.Contains("1 failure happened longer ago than outbox.max_age (2h): recorded, and not told", ingested.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("longer ago", (await _crowsnest.RunAsync(["ingest", file])).Error, StringComparison.Ordinal);
        var posted = JsonElement.Parse(await PostAsync(up, await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)));
        Assert.Equal("""{"tooOld":0,"maxAge":"2h"}""", posted.GetProperty("untold").GetRawText());

        await up.SaysAsync("crowsnest: 1 failure happened longer ago than outbox.max_age (2h): recorded, and not told");
        Assert.Contains("crowsnest_failures_untold_total{reason=\"tooOld\"} 1\n", await TextAsync(up, "/metrics"), StringComparison.Ordinal);
        Assert.Equal("""{"tooOld":1,"maxAge":"2h"}""", JsonElement.Parse(await TextAsync(up, "/api/v1/pipeline")).GetProperty("untold").GetRawText());
    }

    [Fact]
    public async Task Through_a_server_an_ingest_says_that_the_server_does_the_telling()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        var told = await _crowsnest.RunAsync(["ingest", "-"], Encoding.UTF8.GetBytes(MovedToNow("t1")));
        var untold = await _crowsnest.RunAsync(["ingest", "-", "--no-notify"], Encoding.UTF8.GetBytes(MovedToNow("t2")));

        var summary = JsonElement.Parse(told.Out);
        Assert.Equal((JsonValueKind.Null, JsonValueKind.Null), (summary.GetProperty("incidentsOpened").ValueKind, summary.GetProperty("notifications").ValueKind));
        Assert.Contains("the server does the telling", told.Error, StringComparison.Ordinal);
        Assert.Equal((0, 1, 0, 0), Summary(untold));
        Assert.Equal("", untold.Error);
    }

    [Fact]
    public async Task An_ingest_tells_at_its_end_once_and_a_repeat_tells_nothing()
    {
        await using var target = await WebhookTarget.StartAsync();
        await ConfigureAsync(target);
        var file = Path.Combine(_crowsnest.Folder, "now.json");
        await File.WriteAllTextAsync(file, MovedToNow("t1"), TestContext.Current.CancellationToken);

        Assert.Equal((0, 1, 1, 1), Summary(await _crowsnest.RunAsync(["ingest", file])));
        Assert.Equal((0, 0, 0, 0), Summary(await _crowsnest.RunAsync(["ingest", file])));
        await File.WriteAllTextAsync(file, MovedToNow("t2"), TestContext.Current.CancellationToken);
        Assert.Equal((0, 1, 0, 0), Summary(await _crowsnest.RunAsync(["ingest", "--no-notify", file])));
        Assert.Equal((0, 0, 0, 0), Summary(await _crowsnest.RunAsync(["ingest", file])));
        Assert.Equal(1, target.Count);
    }

    [Fact]
    public async Task Without_a_configuration_the_console_is_told_on_stderr()
    {
        var answer = await _crowsnest.RunAsync(["ingest", "-"], Encoding.UTF8.GetBytes(MovedToNow("t1")));

        Assert.Equal((0, 1, 1, 1), Summary(answer));
        Assert.StartsWith("[ERROR] EssentialContainerExited in eventStreamTestCluster/", answer.Error, StringComparison.Ordinal);
        Assert.Contains("    next      ", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_that_refuses_is_said_and_stays_visible()
    {
        await using var target = await WebhookTarget.StartAsync();
        await File.WriteAllTextAsync(Path.Combine(_crowsnest.Folder, "crowsnest.yaml"), Config(target.Url + "/nowhere"), TestContext.Current.CancellationToken);
        var answer = await _crowsnest.RunAsync(["ingest", "-"], Encoding.UTF8.GetBytes(MovedToNow("t1")));
        Assert.Equal((0, 1, 1, 0), Summary(answer));
        Assert.Contains("not delivered: ops (webhook): http://127.0.0.1:", answer.Error, StringComparison.Ordinal);
        Assert.Contains("404", answer.Error, StringComparison.Ordinal);

        await using var up = await RunningUp.StartAsync(_crowsnest);
        var item = JsonElement.Parse(await TextAsync(up, "/api/v1/notifications")).GetProperty("items")[0];
        Assert.Equal(("failed", 1), (item.GetProperty("state").GetString(), item.GetProperty("attempts").GetInt32()));
    }

    [Fact]
    public async Task A_receiver_can_be_tried_with_and_without_a_server()
    {
        await using var target = await WebhookTarget.StartAsync();
        await ConfigureAsync(target);
        var alone = await _crowsnest.RunAsync(["receivers", "test", "ops"]);
        await using var up = await RunningUp.StartAsync(_crowsnest);
        var through = await _crowsnest.RunAsync(["receivers", "test", "ops", "-o", "table"]);

        Assert.Equal((0, 0), (alone.ExitCode, through.ExitCode));
        Assert.True(JsonElement.Parse(alone.Out).GetProperty("integrations")[0].GetProperty("sent").GetBoolean());
        var (first, second) = (await target.NextAsync(), await target.NextAsync());
        Assert.Equal(("resolved", "receiver-test"), (first.GetProperty("status").GetString(), first.GetProperty("commonLabels").GetProperty("alertname").GetString()));
        Assert.NotEqual(first.GetProperty("notificationId").GetString(), second.GetProperty("notificationId").GetString());
        var unknown = await _crowsnest.RunAsync(["receivers", "test", "oops"]);
        Assert.Equal((1, "crowsnest: the configuration has no receiver 'oops'\n"), (unknown.ExitCode, unknown.Error));
        var listed = JsonElement.Parse(await TextAsync(up, "/api/v1/receivers")).GetProperty("items")[0];
        Assert.Equal(("ops", "webhook"), (listed.GetProperty("name").GetString(), listed.GetProperty("integrations")[0].GetProperty("integration").GetString()));

        await target.DisposeAsync();
        var away = await _crowsnest.RunAsync(["receivers", "test", "ops"]);
        Assert.Equal(1, away.ExitCode);
        Assert.NotEmpty(JsonElement.Parse(away.Out).GetProperty("integrations")[0].GetProperty("reason").GetString()!);
    }

    [Fact]
    public async Task What_a_receiver_refuses_its_fallback_is_told_and_both_stand_in_the_API_and_the_metrics()
    {
        await File.WriteAllTextAsync(
            Path.Combine(_crowsnest.Folder, "crowsnest.yaml"),
            "route: {receiver: ops, group_wait: 0s}\nreceivers:\n  - {name: ops, fallback: night, webhook_configs: [{url: 'http://localhost:9/not-allowed'}]}\n  - {name: night, console_configs: [{}]}\n", TestContext.Current.CancellationToken);
        var file = Path.Combine(_crowsnest.Folder, "event.json");
        await File.WriteAllTextAsync(file, MovedToNow("t1"), TestContext.Current.CancellationToken);
        var answer = await _crowsnest.RunAsync(["ingest", file]);
        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("Meant for 'ops' (webhook), who was not told:", answer.Out + answer.Error, StringComparison.Ordinal);

        await using var up = await RunningUp.StartAsync(_crowsnest);
        var items = JsonElement.Parse(await TextAsync(up, "/api/v1/notifications")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal([("night", "sent"), ("ops", "failed")], items.Select(item => (item.GetProperty("receiver").GetString()!, item.GetProperty("state").GetString()!)));
        Assert.Equal(items[0].GetProperty("notificationId").GetString(), items[1].GetProperty("toldBy").GetString());
        var ops = JsonElement.Parse(await TextAsync(up, "/api/v1/receivers")).GetProperty("items")[0];
        Assert.Equal(("night", "well"), (ops.GetProperty("fallback").GetString(), ops.GetProperty("integrations")[0].GetProperty("health").GetString()));
        Assert.Contains("crowsnest_notifications_failed_total{receiver=\"ops\",reason=\"refused\"} 1", await TextAsync(up, "/metrics"), StringComparison.Ordinal);
    }

    private Task ConfigureAsync(WebhookTarget target) =>
        File.WriteAllTextAsync(Path.Combine(_crowsnest.Folder, "crowsnest.yaml"), Config(target.Url), TestContext.Current.CancellationToken);

    private static string Config(string url) => $"""
        route: {"{"}receiver: ops, group_wait: 1s{"}"}
        receivers:
          - name: ops
            webhook_configs: [{"{"}url: "{url}"{"}"}]
        """;

    private static async Task<string> PostAsync(RunningUp up, string body)
    {
        using var content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var answer = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    private static Task<string> TextAsync(RunningUp up, string path) => up.Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    private static (int ExitCode, int Stored, int Opened, int Notifications) Summary(CrowsnestProcess.Answer answer)
    {
        var summary = JsonElement.Parse(answer.Out);
        return (answer.ExitCode, summary.GetProperty("stored").GetInt32(), summary.GetProperty("incidentsOpened").GetInt32(), summary.GetProperty("notifications").GetInt32());
    }

    // The event of the blog post with all its times at this moment, and a task of its own.
    internal static string MovedToNow(string task)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var seed = File.ReadAllText(Repository.Shared("ecs-events", "task--seed-stopped-essential-exit1.json"));
        return Time().Replace(seed, now).Replace("cdf83842-a918-482b-908b-857e667ce328", task, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"2016-10-17T[0-9:.]+Z")]
    private static partial Regex Time();
}
