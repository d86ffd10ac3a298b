using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>ingest, search, explain and quarantine as a person runs them.</summary>
public sealed partial class EventCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task Every_sample_is_explained_with_its_outcome()
    {
        var folder = Repository.Shared("ecs-events");
        var wrong = new List<string>();
        foreach (var line in (await File.ReadAllLinesAsync(Path.Combine(folder, "index.tsv"), TestContext.Current.CancellationToken)).Skip(1))
        {
            var row = line.Split('\t');
            if (row[4] == "mixed") continue;
            var answer = await _crowsnest.RunAsync(["explain", Path.Combine(folder, row[0]), "-o", "ndjson"]);
            Assert.All(
                answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => System.Text.Json.JsonElement.Parse(l)),
                one => Assert.Equal(System.Text.Json.JsonValueKind.String, one.GetProperty("kind").ValueKind));
            var outcomes = answer.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonElement.Parse(l).GetProperty("outcome").GetString()).ToList();
            var expected = row[4] == "reject" ? [] : new[] { row[4] };
            if (!outcomes.SequenceEqual(expected) || answer.ExitCode != (row[4] == "reject" ? 1 : 0)) wrong.Add($"{row[0]}: {row[4]}, got {string.Join(",", outcomes)}");
        }

        Assert.Equal([], wrong);
    }

    [Fact]
    public async Task A_second_ingest_of_the_samples_is_all_duplicates_and_the_accounting_adds_up()
    {
        var folder = Repository.Shared("ecs-events");

        var first = await IngestAsync(0, folder);
        var second = await IngestAsync(3, folder, "--strict");

        Assert.True(first.Stored > 100 && first.Quarantined > 0, first.ToString());
        Assert.Equal(first.Received, first.Stored + first.Duplicates + first.Quarantined);
        Assert.Equal((first.Received, 0L, first.Stored + first.Duplicates, first.Quarantined), second);
    }

    [Fact]
    public async Task A_name_that_an_archive_adds_is_known_to_the_next_process_and_values_keep_their_spelling()
    {
        var file = Path.Combine(_crowsnest.Folder, "replayed.json");
        await File.WriteAllTextAsync(
            file, """{"id":"1","source":"shop","detail-type":"Order Placed","time":"2026-03-02T12:00:00Z","replay-name":"Night-Run","detail":{}}""", TestContext.Current.CancellationToken);
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", file])).ExitCode);

        var found = await _crowsnest.RunAsync(["search", "replay-name:night-run", "--by", "detail-type", "-o", "csv"]);

        Assert.Equal((0, "count,value\n1,\"Order Placed\"\n"), (found.ExitCode, found.Out));
    }

    [Fact]
    public async Task The_commands_of_the_README_do_what_it_says()
    {
        var blocks = ShellBlock().Matches(Repository.Read("README.md")).Select(m => m.Groups[1].Value);
        var lines = blocks.SelectMany(b => b.Split('\n', StringSplitOptions.RemoveEmptyEntries)).Where(l => Runnable().IsMatch(l)).ToList();
        RunningUp? up = null;
        try
        {
            Assert.True(lines.Count >= 10);
            foreach (var line in lines)
            {
                var words = Word().Matches(line.Split(" #")[0]).Select(m => m.Value.Trim('\'')).Select(w => w.Replace("docs/", Repository.PathOf("docs") + "/", StringComparison.Ordinal)).ToArray();
                if (words is [_, "demo"])
                {
                    await using var demo = await RunningUp.StartDemoAsync(_crowsnest, []);
                    Assert.Equal(0, (await demo.StopAsync("INT")).ExitCode);
                    continue;
                }

                if (words is [_, "tail", ..])
                {
                    using var tail = new RunningTail(_crowsnest, words[1..]);
                    await tail.LineAsync();
                    Assert.Equal(130, (await tail.InterruptAsync()).ExitCode);
                    continue;
                }

                if (words is [_, "up"])
                {
#pragma warning disable CA2000 // Ended below.
                    up = await RunningUp.StartAsync(_crowsnest);
#pragma warning restore CA2000
                    continue;
                }

                if (Array.IndexOf(words, "ID") is > 0 and var place) words[place] = await IncidentAsync(up!);
                var answer = words[0] == "curl" ? await CurlAsync(up!, words[1..]) : (await _crowsnest.RunAsync(words[1..])) is { } run ? Succeeded(line, run) : "";
                if (words.Contains("explain") || line.Contains("outcome:failure", StringComparison.Ordinal)) Assert.Contains("EssentialContainerExited", answer, StringComparison.OrdinalIgnoreCase);
            }

            Assert.NotNull(up);
        }
        finally
        {
            if (up is not null) await up.DisposeAsync();
        }
    }

    // The id of an incident that goes on: the example's failure, as if it were another task's and of now.
    private static async Task<string> IncidentAsync(RunningUp up)
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        using var failure = new StringContent(ExampleTime().Replace(Repository.Read("docs/example-event.json"), now).Replace("1f2e3d4c", "0f2e3d4c", StringComparison.Ordinal), System.Text.Encoding.UTF8, "application/json");
        using var accepted = await up.Client.PostAsync(new Uri("/api/v1/events", UriKind.Relative), failure, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Accepted, accepted.StatusCode);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, TestContext.Current.CancellationToken);
        while (true)
        {
            var open = JsonElement.Parse(await up.Client.GetStringAsync(new Uri("/api/v1/incidents?state=open", UriKind.Relative), either.Token)).GetProperty("items");
            if (open.GetArrayLength() > 0) return open[0].GetProperty("id").GetString()!;
        }
    }

    private static string Succeeded(string line, CrowsnestProcess.Answer answer)
    {
        Assert.True(answer.ExitCode == 0, $"{line}: {answer.Error}");
        return answer.Out;
    }

    // What curl does with these words, at the port that was free.
    private static async Task<string> CurlAsync(RunningUp up, string[] words)
    {
        var url = words.Single(w => w.StartsWith("http://127.0.0.1:8723/", StringComparison.Ordinal))["http://127.0.0.1:8723".Length..];
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (Array.IndexOf(words, "--data-binary") is > 0 and var at)
        {
            request.Method = HttpMethod.Post;
            request.Content = new ByteArrayContent(await File.ReadAllBytesAsync(words[at + 1][1..], TestContext.Current.CancellationToken));
        }

        foreach (var header in words.Index().Where(w => w.Item == "-H").Select(w => words[w.Index + 1].Split(": "))) request.Content!.Headers.TryAddWithoutValidation(header[0], header[1]);
        using var answer = await up.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{string.Join(' ', words)}: {(int)answer.StatusCode}");
        return await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task A_cause_of_the_users_own_is_found_before_the_shipped_ones()
    {
        var config = _crowsnest.Write("crowsnest.yaml", """
            diagnosis:
              - {kind: EssentialContainerExited, exit_code: 42, severity: critical, words: "The licence ran out.", next_step: "Renew it."}
            """);
        var stop = """{"detail-type":"ECS Task State Change","source":"aws.ecs","id":"1","time":"2026-03-02T12:00:00Z","detail":{"lastStatus":"STOPPED","desiredStatus":"STOPPED","stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":42}]}}""";

        var answer = await _crowsnest.RunAsync(["--config", config, "explain", "-", "-o", "ndjson"], System.Text.Encoding.UTF8.GetBytes(stop));

        Assert.Equal(0, answer.ExitCode);
        Assert.Contains("The licence ran out.", answer.Out, StringComparison.Ordinal);
        Assert.Contains("\"severity\":\"critical\"", answer.Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_query_exits_2_and_points_at_the_column()
    {
        await _crowsnest.RunAsync(["ingest", Repository.PathOf("docs", "example-event.json")]);

        var answer = await _crowsnest.RunAsync(["search", "kidn:x"]);

        Assert.Equal((2, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("column 1", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_exits_4()
    {
        var answer = await _crowsnest.RunAsync(["search", "*", "--server", "http://127.0.0.1:1"]);

        Assert.Equal((4, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("does not answer", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_quarantined_is_shown_untouched_and_can_be_dropped()
    {
        await _crowsnest.RunAsync(["ingest", "-"], "{broken"u8.ToArray());
        var list = JsonElement.Parse((await _crowsnest.RunAsync(["quarantine", "list"])).Out);
        var id = list[0].GetProperty("id").GetString()!;

        Assert.Equal("{broken", (await _crowsnest.RunAsync(["quarantine", "show", id])).Out);
        Assert.Equal(0, (await _crowsnest.RunAsync(["quarantine", "drop", id])).ExitCode);
        Assert.Equal(1, (await _crowsnest.RunAsync(["quarantine", "show", id])).ExitCode);
    }

    private async Task<(long Received, long Stored, long Duplicates, long Quarantined)> IngestAsync(int exitCode, params string[] arguments)
    {
        var answer = await _crowsnest.RunAsync(["ingest", .. arguments]);
        Assert.True(answer.ExitCode == exitCode, answer.Error);
        var summary = JsonElement.Parse(answer.Out);
        return (Count("received"), Count("stored"), Count("duplicates"), Count("quarantined"));

        long Count(string name) => summary.GetProperty(name).GetInt64();
    }

    [GeneratedRegex(@"```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex(@"^(\./crowsnest (?!--help)|curl )")]
    private static partial Regex Runnable();

    [GeneratedRegex(@"2026-03-02T08:\d\d:\d\dZ")]
    private static partial Regex ExampleTime();

    [GeneratedRegex(@"'[^']*'|\S+")]
    private static partial Regex Word();
}
