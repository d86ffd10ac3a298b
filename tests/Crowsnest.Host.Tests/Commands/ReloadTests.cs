using System.Net;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>A configuration that is read again while the server runs: taken whole, or not at all.</summary>
public sealed class ReloadTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task Rules_and_receivers_are_swapped_whole_and_mistakes_change_nothing()
    {
        await using var first = await WebhookTarget.StartAsync();
        await using var second = await WebhookTarget.StartAsync();
        Write(first, "rules: [{name: before, event: {detail-type: [ECS Task State Change]}}]");
        await using var up = await RunningUp.StartAsync(_crowsnest);
        await TellAsync(up, "t1");
        Assert.Equal("before", await NameAsync(first));

        // What comes in afterwards is told by the new rules to the new receiver alone.
        Write(second, "rules: [{name: after, event: {detail-type: [ECS Task State Change]}}]");
        Assert.Contains("as the configuration says now", await ReloadAsync(up, HttpStatusCode.OK), StringComparison.Ordinal);
        await TellAsync(up, "t2");
        Assert.Equal(("after", 1), (await NameAsync(second), first.Count));

        Write(first, "rules: [{name: wrong, event: {detail-type: ECS}}, {use: defualt}]");
        var refused = await ReloadAsync(up, HttpStatusCode.BadRequest);
        Assert.Contains("crowsnest.yaml:3:", refused, StringComparison.Ordinal);
        Assert.Contains("did you mean 'default'", refused, StringComparison.Ordinal);
        Assert.Contains("crowsnest_config_last_reload_successful 0", await up.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.Contains("\"after\"", await up.Client.GetStringAsync(new Uri("/api/v1/rules", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);

        Write(first, "rules: [{name: signalled, event: {detail-type: [ECS Task State Change]}}]");
        await up.SignalAsync("HUP");
        await up.SaysAsync(line => line.Contains("as the configuration says now", StringComparison.Ordinal));
        await TellAsync(up, "t3");
        Assert.Equal("signalled", await NameAsync(first));
        Assert.Contains("crowsnest_config_last_reload_successful 1", await up.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_demo_reads_no_configuration()
    {
        await using var demo = await RunningUp.StartDemoAsync(_crowsnest, []);
        await ReloadAsync(demo, HttpStatusCode.Conflict);
    }

    private void Write(WebhookTarget target, string rules) => _crowsnest.Write(
        "crowsnest.yaml", $"route: {{receiver: ops, group_by: ['...'], group_wait: 0s}}\nreceivers: [{{name: ops, webhook_configs: [{{url: '{target.Url}'}}]}}]\n{rules}\n");

    private static async Task TellAsync(RunningUp up, string task)
    {
        using var failure = new StringContent(TellingCommandTests.MovedToNow(task), System.Text.Encoding.UTF8, "application/json");
        using var answer = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), failure, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
    }

    private static async Task<string?> NameAsync(WebhookTarget target) => (await target.NextAsync()).GetProperty("alerts")[0].GetProperty("labels").GetProperty("alertname").GetString();

    private static async Task<string> ReloadAsync(RunningUp up, HttpStatusCode expected)
    {
        using var answer = await up.Client.PostAsync(new Uri("/-/reload", UriKind.Relative), null, TestContext.Current.CancellationToken);
        Assert.Equal(expected, answer.StatusCode);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return expected == HttpStatusCode.OK ? body : JsonElement.Parse(body).GetProperty("detail").GetString()!; // A problem has one.
    }
}
