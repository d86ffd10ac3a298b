using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>status as a person and as a script run it.</summary>
public sealed class StatusCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task It_says_what_fails_in_a_sentence_then_each_failure_and_each_cluster()
    {
        var at = await IngestExampleAsync();

        var answer = await _crowsnest.RunAsync(["status", "--at", at, "-o", "table"]);

        Assert.Equal((0, ""), (answer.ExitCode, answer.Error));
        var lines = answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches(@"^1 service failing in 1 cluster since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ\. In the hour before, 1 of 1 event told of a failure\.$", lines[0]);
        Assert.StartsWith("STATE    CLUSTER", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("failing  ", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("CLUSTER", lines[3], StringComparison.Ordinal);
        Assert.Equal(5, lines.Length);
    }

    [Fact]
    public async Task As_JSON_it_is_what_the_API_says_and_as_CSV_the_failures()
    {
        var at = await IngestExampleAsync();

        var json = JsonElement.Parse((await _crowsnest.RunAsync(["status", "--at", at, "-o", "json"])).Out);
        var csv = await _crowsnest.RunAsync(["status", "--at", at, "-o", "csv"]);

        Assert.Equal(1, json.GetProperty("servicesFailing").GetInt32());
        Assert.Equal("failing", json.GetProperty("failures")[0].GetProperty("state").GetString());
        Assert.StartsWith("state,cluster,service,kind,since,count,summary\nfailing,", csv.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_in_that_time_it_says_so_and_an_end_before_the_beginning_is_refused()
    {
        await IngestExampleAsync();

        var nothing = await _crowsnest.RunAsync(["status", "--at", "2001-01-01", "-o", "table"]);
        var wrong = await _crowsnest.RunAsync(["status", "--at", "2001-01-01", "--from", "2002-01-01"]);

        Assert.Equal((0, "No event is stored in this time; 'crowsnest ingest FILE' reads some.\n"), (nothing.ExitCode, nothing.Out));
        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Out));
        Assert.Contains("--from must be before --at", wrong.Error, StringComparison.Ordinal);
    }

    private async Task<string> IngestExampleAsync()
    {
        var file = Repository.PathOf("docs", "example-event.json");
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", "--no-notify", file])).ExitCode);
        return JsonElement.Parse(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)).GetProperty("time").GetString()!;
    }
}
