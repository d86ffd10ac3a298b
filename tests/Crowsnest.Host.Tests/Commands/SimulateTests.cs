using System.Text;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>The simulated fleet on the command line.</summary>
public sealed class SimulateTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task The_same_seed_and_options_give_the_same_bytes_with_or_without_a_file()
    {
        string[] options = ["simulate", "--events", "2000", "--seed", "7", "--duplicates", "5", "--out-of-order", "10", "--version-gaps", "1", "--odd", "2"];
        var printed = await _crowsnest.RunAsync(options);
        var written = await _crowsnest.RunAsync([.. options, "--out", "e", "--truth", "t", "--state", "s"]);

        Assert.Equal((0, 0, ""), (printed.ExitCode, written.ExitCode, written.Out));
        Assert.Equal(printed.Out, await ReadAsync("e"));
        var lines = printed.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var truths = (await ReadAsync("t")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((2000, 2000), (lines.Length, truths.Length));
        Assert.All(lines.Zip(truths), pair => Assert.Equal(JsonElement.Parse(pair.First).GetProperty("id").GetString(), JsonElement.Parse(pair.Second).GetProperty("id").GetString()));
        Assert.Equal(["tasks", "instances", "totals"], JsonElement.Parse(await ReadAsync("s")).EnumerateObject().Select(p => p.Name));
        Assert.Contains("2000 events of seed 7, 2026-03-02T08:00:00Z to ", printed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_writes_is_read_without_a_fault_and_the_failures_are_found()
    {
        var events = await _crowsnest.RunAsync(["simulate", "--events", "4000", "--from", "2026-05-01"]);
        var summary = await _crowsnest.RunAsync(["ingest", "--strict", "--no-notify", "-"], Encoding.UTF8.GetBytes(events.Out));
        var found = await _crowsnest.RunAsync(["search", "kind:OutOfMemory service:search-indexer", "-o", "ndjson"]);

        Assert.Equal(0, summary.ExitCode);
        Assert.Equal(4000, JsonElement.Parse(summary.Out).GetProperty("stored").GetInt32());
        Assert.Contains("2026-05-01T", found.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seed -1", "--seed: '-1' is not a whole number")]
    [InlineData("--events 0", "--events: '0' is not a whole number from 1")]
    [InlineData("--duplicates 51", "--duplicates: '51' is not a percentage from 0 to 50")]
    [InlineData("--odd NaN", "--odd: 'NaN' is not a percentage")]
    [InlineData("--from yesterday", "--from: 'yesterday' is not a time")]
    [InlineData("--out no/such/folder/e", "--out: ")]
    public async Task Wrong_numbers_and_files_exit_2(string options, string words)
    {
        var answer = await _crowsnest.RunAsync(["simulate", .. options.Split(' ')]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains(words, answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--out")]
    [InlineData("--truth")]
    [InlineData("--state")]
    public async Task A_full_disk_is_said_in_a_sentence_and_exits_4(string option)
    {
        if (!File.Exists("/dev/full")) Assert.Skip("skipped: no /dev/full here");

        var answer = await _crowsnest.RunAsync(["simulate", "--events", "1000", "--out", "e", option, "/dev/full"]);

        Assert.Equal((4, ""), (answer.ExitCode, answer.Out));
        Assert.Matches("^crowsnest: not all of it could be written: No space left on device[^\n]*\n$", answer.Error);
    }

    private Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(_crowsnest.Folder, name), TestContext.Current.CancellationToken);
}
