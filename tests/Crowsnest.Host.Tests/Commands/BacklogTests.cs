using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Aws.Tests.Sqs;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>What a backlog in a queue means for what ends by silence.</summary>
public sealed class BacklogTests : IDisposable
{
    private static readonly (string, string)[] Credentials = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_REGION", "eu-west-1"), ("AWS_ENDPOINT_URL", "")];
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    // Goal: after an outage no incident ends whose newer events still wait in the queue. Method: by the clock the first failure has been over for forty minutes when it is read; the
    // second one, which says that it went on, is held in the queue until the first was looked at often enough.
    [Fact]
    [Trait("Category", "slow")]
    public async Task A_backlog_of_an_hour_ago_ends_no_incident_until_it_is_drained()
    {
        await using var queue = new QueueBacklog();
        var now = TimeProvider.System.GetUtcNow();
        queue.Put("first", Failure(1, now.AddMinutes(-100)), now.AddMinutes(-100));
        queue.Put("second", Failure(2, now.AddMinutes(-65)), now.AddMinutes(-65));
        queue.Give("first");
        var config = _crowsnest.Write("crowsnest.yaml", $"sources: {{sqs: [{{queue_url: '{queue.Url}'}}]}}");
        await using var up = await RunningUp.StartAsync(_crowsnest, Credentials, "--config", config);

        await UntilAsync("firing 1", () => IncidentAsync(up));
        var asked = queue.Asked;
        await UntilAsync("True", () => Task.FromResult($"{queue.Asked >= asked + 2}"));
        Assert.Equal("firing 1", await IncidentAsync(up));
        Assert.Contains("crowsnest_queue_depth{stage=\"sqs:backlog\"} 1\n", await up.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken), StringComparison.Ordinal);
        Assert.True(await WatermarkAsync(up) <= now.AddMinutes(-99));

        // Its silence of an hour is over as well, so it ends once nothing more can come, and not before.
        queue.Give("second");
        await UntilAsync("expired 2", () => IncidentAsync(up));
        Assert.True(await WatermarkAsync(up) >= now);
    }

    private static async Task<string> IncidentAsync(RunningUp up)
    {
        var status = await GetAsync(up, "/api/v1/status");
        var incidents = status.GetProperty("failures").EnumerateArray().Select(f => f.GetProperty("incident")).Where(i => i.ValueKind == JsonValueKind.Object).ToList();
        return incidents is [var incident] ? $"{incident.GetProperty("state").GetString()} {incident.GetProperty("count").GetInt64().ToString(CultureInfo.InvariantCulture)}" : "";
    }

    private static async Task<DateTimeOffset> WatermarkAsync(RunningUp up) => (await GetAsync(up, "/api/v1/pipeline")).GetProperty("watermark").GetDateTimeOffset();

    private static async Task<JsonElement> GetAsync(RunningUp up, string path) =>
        JsonElement.Parse(await up.Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

    private static async Task UntilAsync(string expected, Func<Task<string>> look)
    {
        for (var clock = Stopwatch.StartNew(); await look() is var seen && seen != expected;)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"It is '{seen}' and not '{expected}'.");
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    private static string Failure(int task, DateTimeOffset at) =>
        $$"""
        {"version":"0","id":"e-{{task}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"123456789012","time":"{{at.ToString("s", CultureInfo.InvariantCulture)}}Z","region":"eu-west-1",
         "detail":{"clusterArn":"arn:aws:ecs:eu-west-1:123456789012:cluster/prod","taskArn":"arn:aws:ecs:eu-west-1:123456789012:task/prod/{{task:x32}}","group":"service:checkout","lastStatus":"STOPPED","desiredStatus":"STOPPED",
          "stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","lastStatus":"STOPPED","exitCode":1}],"updatedAt":"{{at.ToString("s", CultureInfo.InvariantCulture)}}Z","version":7} }
        """;
}
