using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>The demo as a process: a day at once, then live, and nothing of anybody else's touched.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task A_day_is_there_at_once_then_it_goes_on_and_ends_in_order()
    {
        // None of these is read: each would end it, or send it elsewhere.
        var bad = _crowsnest.Write("crowsnest.yaml", "no: configuration\n");
        await using var demo = await RunningUp.StartDemoAsync(
            _crowsnest, [("CROWSNEST_CONFIG", bad), ("CROWSNEST_DATA", Path.Combine(_crowsnest.Folder, "mine"))], "--speed", "300");
        Assert.Contains($"demo is up: open {demo.Client.BaseAddress}", demo.Started, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(_crowsnest.Folder, "crowsnest-demo"), demo.Started, StringComparison.Ordinal);
        Assert.Equal("ready\n", await demo.Client.GetStringAsync(new Uri("/-/ready", UriKind.Relative), TestContext.Current.CancellationToken));

        Assert.InRange(await ReceivedAsync(demo), 15_000, 60_000);
        var found = await GetAsync(demo, "/api/v1/events?q=outcome:failure%20AND%20kind:OutOfMemory&limit=5");
        Assert.Equal(5, found.GetProperty("items").GetArrayLength());
        var source = (await GetAsync(demo, "/api/v1/pipeline")).GetProperty("sources").GetProperty("simulator");
        Assert.Equal((0, 0), (source.GetProperty("quarantined").GetInt32(), source.GetProperty("duplicates").GetInt32()));

        // Three hundred simulated seconds in one: soon there is more than a day.
        await UntilReceivedAsync(demo, await ReceivedAsync(demo) + 100);
        var newest = (await GetAsync(demo, "/api/v1/pipeline")).GetProperty("newestEventAt").GetDateTimeOffset();
        Assert.True(newest <= TimeProvider.System.GetUtcNow().AddSeconds(1), "it speaks of the future");

        var (code, error) = await demo.StopAsync("INT");
        Assert.Equal(0, code);
        Assert.Matches("the last 24 hours are in: [0-9]+ events that speak of [0-9]+ failures", demo.Started);
        Assert.EndsWith("crowsnest: stopping\n", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_crowsnest.Folder, "mine")));
    }

    [Fact]
    public async Task Each_start_begins_anew_and_what_somebody_put_beside_stays()
    {
        await using (var first = await RunningUp.StartDemoAsync(_crowsnest, [], "--data", "d", "--seed", "5"))
        {
            var second = await _crowsnest.RunAsync(["demo", "--data", "d", "--listen", "127.0.0.1:0"]);

            Assert.Equal((4, ""), (second.ExitCode, second.Out));
            Assert.Contains("is in use by another Crowsnest (process ", second.Error, StringComparison.Ordinal);
            Assert.True((await GetAsync(first, "/api/v1/events?q=*&limit=1")).GetProperty("items").GetArrayLength() == 1);
            await first.StopAsync();
        }

        var note = _crowsnest.Write("d/note.txt", "mine");
        await using var again = await RunningUp.StartDemoAsync(_crowsnest, [], "--data", "d", "--seed", "6");

        // Another seed is another fleet; of the first one's accounts nothing is left.
        Assert.Equal(3, (await GetAsync(again, "/api/v1/fields/account/values?q=*")).GetProperty("items").GetArrayLength());
        Assert.Equal("mine", await File.ReadAllTextAsync(note, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_folder_that_it_did_not_make_is_refused_and_left_as_it_is()
    {
        await _crowsnest.RunAsync(["ingest", "--data", "work", "-"], "{\"detail-type\":\"x\",\"source\":\"y\",\"detail\":{}}"u8.ToArray());
        var before = Contents("work");

        var answer = await _crowsnest.RunAsync(["demo", "--data", "work", "--listen", "127.0.0.1:0"]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("was not made by 'crowsnest demo'", answer.Error, StringComparison.Ordinal);
        Assert.Equal(before, Contents("work"));
    }

    [Theory]
    [InlineData("--speed 0", "--speed: '0' is not a number from 0.1 to 1000")]
    [InlineData("--speed fast", "--speed: 'fast' is not a number")]
    [InlineData("--seed x", "--seed: 'x' is not a whole number")]
    [InlineData("--config c.yaml", "--config: the demo reads no configuration")]
    [InlineData("--listen 0.0.0.0:0", "Listening on 0.0.0.0:0 would let anyone in")]
    public async Task Wrong_usage_exits_2(string options, string words)
    {
        var answer = await _crowsnest.RunAsync(["demo", .. options.Split(' ')]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    private (string Name, long Length, DateTime Written)[] Contents(string folder) =>
        [.. new DirectoryInfo(Path.Combine(_crowsnest.Folder, folder)).GetFiles().Select(f => (f.Name, f.Length, f.LastWriteTimeUtc)).OrderBy(f => f.Name, StringComparer.Ordinal)];

    private static async Task<JsonElement> GetAsync(RunningUp demo, string path) =>
        JsonElement.Parse(await demo.Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));

    private static async Task<long> ReceivedAsync(RunningUp demo) => (await GetAsync(demo, "/api/v1/pipeline")).GetProperty("total").GetProperty("received").GetInt64();

    // Asks again and again, each time for as long as an answer takes.
    private static async Task UntilReceivedAsync(RunningUp demo, long events)
    {
        for (var i = 0; i < 100_000; i++)
        {
            if (await ReceivedAsync(demo) >= events) return;
        }

        Assert.Fail($"there were never {events} events");
    }
}
