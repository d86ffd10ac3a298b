using System.Text;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

public sealed class GetCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task The_same_is_listed_with_and_without_a_server()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 1_200).Select(i => Task(i, i % 3 == 0 ? "STOPPED" : "RUNNING")))));
        string[][] asked =
        [
            ["get", "clusters", "-o", "csv"], ["get", "services", "--cluster", "prod"], ["get", "tasks", "--limit", "2000", "-o", "ndjson"], ["get", "tasks", "--stopped", "--limit", "1500", "-o", "ndjson"],
            ["get", "tasks", "t0001", "arn:aws:ecs:eu-west-1:1:task/prod/t0002", "-o", "csv"], ["get", "tasks", "--sort=-updatedAt", "--limit", "5", "-o", "csv"], ["get", "tasks", "nobody"],
            ["get", "tasks", "--at", "2026-03-02T08:10:00Z", "--limit", "2000", "-o", "ndjson"],
        ];
        var local = new List<(int, string, string)>();
        foreach (var one in asked) local.Add(await RunAsync(one));
        await using (await RunningUp.StartAsync(_crowsnest))
        {
            for (var i = 0; i < asked.Length; i++) Assert.Equal(Still(local[i]), Still(await RunAsync(asked[i])));
        }

        Assert.Equal((800, 1_200), (Lines(local[2].Item2), Lines(local[3].Item2)));
        Assert.Equal(["taskId", "t0001", "t0002"], local[4].Item2.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(',')[2]));
        Assert.Equal((1, "[]\n", "crowsnest: there is none of nobody among the tasks\n"), local[6]);
        Assert.Equal(400, Lines(local[7].Item2));
        Assert.Equal("crowsnest: Until then nothing had been compared with ECS: what had said nothing since 2026-03-02T08:00:00.000Z is not shown.\n", local[7].Item3);
        var service = JsonDocument.Parse(local[1].Item2).RootElement[0];
        Assert.Equal(("web", 800, 800), (service.GetProperty("serviceName").GetString(), service.GetProperty("runningCount").GetInt32(), service.GetProperty("desiredCount").GetInt32()));
    }

    [Fact]
    public async Task What_is_watched_is_shown_again_when_it_changes()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Task(1, "PENDING") + "\n" + Task(2, "RUNNING")));
        await using var up = await RunningUp.StartAsync(_crowsnest);
        using var watching = System.Diagnostics.Process.Start(_crowsnest.Start(["get", "tasks", "--watch", "-o", "ndjson"]))!;
        try
        {
            Assert.Equal(["t0001 PENDING", "t0002 RUNNING"], [await NextAsync(), await NextAsync()]);
            await _crowsnest.RunAsync(["ingest", "--no-notify"], Encoding.UTF8.GetBytes(Task(1, "RUNNING", version: 9)));
            Assert.Equal("t0001 RUNNING", await NextAsync());
        }
        finally
        {
            watching.Kill();
            await watching.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        async Task<string> NextAsync()
        {
            var row = JsonDocument.Parse((await watching.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!).RootElement;
            return $"{row.GetProperty("taskId").GetString()} {row.GetProperty("lastStatus").GetString()}";
        }
    }

    [Theory]
    [InlineData("get", "cats")]
    [InlineData("get", "tasks", "--sort", "colour")]
    [InlineData("get", "clusters", "--stopped")]
    [InlineData("get", "services", "--status", "RUNNING")]
    [InlineData("get", "tasks", "--at", "2999-01-01")]
    [InlineData("get", "tasks", "--at", "yesterday")]
    [InlineData("get", "tasks", "--at", "2026-03-02", "--watch")]
    public async Task What_cannot_be_is_wrong_usage(params string[] arguments) => Assert.Equal(2, (await _crowsnest.RunAsync(arguments)).ExitCode);

    private async Task<(int, string, string)> RunAsync(string[] arguments)
    {
        var answer = await _crowsnest.RunAsync(arguments);
        return (answer.ExitCode, answer.Out, answer.Error);
    }

    private static int Lines(string text) => text.Count(c => c == '\n');

    // How long it is silent depends on when it is asked.
    private static (int, string, string) Still((int Code, string Out, string Error) answer) => answer with { Out = System.Text.RegularExpressions.Regex.Replace(answer.Out, "\"silentSeconds\": ?[0-9]+", "") };

    private static string Task(int i, string status, int? version = null) => $$$"""
        {"id":"e{{{i}}}{{{version}}}","detail-type":"ECS Task State Change","source":"aws.ecs","account":"1","region":"eu-west-1","time":"2026-03-02T08:00:00Z","detail":{"taskArn":"arn:aws:ecs:eu-west-1:1:task/prod/t{{{i:0000}}}","clusterArn":"arn:aws:ecs:eu-west-1:1:cluster/prod","group":"service:web","lastStatus":"{{{status}}}","desiredStatus":"{{{status}}}","version":{{{version ?? i % 7}}},"updatedAt":"2026-03-02T08:{{{i / 60 % 60:00}}}:{{{i % 60:00}}}Z"}}
        """;
}
