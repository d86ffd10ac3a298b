using System.Text;

namespace Crowsnest.Host.Tests.Commands;

public sealed class TailCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task Without_a_server_it_says_how_to_start_one()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Event("a"));
        var answer = await _crowsnest.RunAsync(["tail"]);

        Assert.Equal((4, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("Start one with 'crowsnest up'", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_begins_with_the_last_of_what_is_stored_and_goes_on_with_what_comes_until_it_is_interrupted()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], [.. Event("a"), .. Event("b"), .. Event("c")]);
        await using var up = await RunningUp.StartAsync(_crowsnest);
        using var tail = new RunningTail(_crowsnest, "tail", "-n", "2", "id:(b OR c OR e)");
        Assert.Equal("b", await tail.NextAsync());
        Assert.Equal("c", await tail.NextAsync());

        await _crowsnest.RunAsync(["ingest", "--no-notify"], [.. Event("d"), .. Event("e")]);

        Assert.Equal("e", await tail.NextAsync());
        Assert.Equal((130, ""), await tail.InterruptAsync());
    }

    [Fact]
    public async Task It_outlives_the_server_and_says_so()
    {
        var up = await RunningUp.StartAsync(_crowsnest);
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Event("a"));
        using var tail = new RunningTail(_crowsnest, "tail");
        Assert.Equal("a", await tail.NextAsync());
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Event("b"));
        Assert.Equal("b", await tail.NextAsync());

        Assert.Equal(0, (await up.StopAsync()).ExitCode);
        await up.DisposeAsync();
        Assert.Contains("trying again", await tail.NextErrorAsync("trying again"), StringComparison.Ordinal);
        await using var again = await RunningUp.StartAsync(_crowsnest);
        await tail.NextErrorAsync("connected again");
        await tail.NextErrorAsync("may have gone by");
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Event("c"));

        Assert.Equal("c", await tail.NextAsync());
        Assert.Equal(130, (await tail.InterruptAsync()).ExitCode);
    }

    [Fact]
    public async Task A_table_has_columns_of_fixed_width_and_one_heading()
    {
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Event("a"));
        await using var up = await RunningUp.StartAsync(_crowsnest);
        using var tail = new RunningTail(_crowsnest, "tail", "-o", "table");
        var lines = $"{await tail.LineAsync()}\n{await tail.LineAsync()}\n";
        await _crowsnest.RunAsync(["ingest", "--no-notify"], Event("b\\u001b[2J"));

        Golden.Equal("tail.txt", $"{lines}{await tail.LineAsync()}\n");
    }

    [Theory]
    [InlineData("tail -o json", "use -o ndjson")]
    [InlineData("tail -n x", "is not a whole number")]
    [InlineData("tail clustr:prod", "did you mean 'cluster'")]
    public async Task Wrong_usage_exits_2_with_what_would_be_right(string line, string words)
    {
        var answer = await _crowsnest.RunAsync(line.Split(' '));
        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(words, answer.Error, StringComparison.OrdinalIgnoreCase);
    }

    private static byte[] Event(string id) =>
        Encoding.UTF8.GetBytes($"{{\"detail-type\":\"Type of {id}\",\"source\":\"my.app\",\"id\":\"{id}\",\"time\":\"2026-03-02T08:00:0{(char.IsAsciiLetter(id[0]) ? id[0] - 'a' : 0)}Z\",\"detail\":{{}}}}\n");
}
