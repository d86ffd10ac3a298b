using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>Commands while <c>up</c> holds the folder, from afar, and on a folder that nobody has.</summary>
public sealed class ThroughServerTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Fact]
    public async Task While_up_runs_commands_on_its_folder_go_through_it()
    {
        var seed = Repository.Shared("ecs-events", "task--seed-stopped-essential-exit1.json");
        await using var up = await RunningUp.StartAsync(_crowsnest);

        var ingested = await RunAsync(0, "ingest", seed, _crowsnest.Write("broken.json", "not json"));
        Assert.Equal((2, 1, 1), (ingested.GetProperty("received").GetInt32(), ingested.GetProperty("stored").GetInt32(), ingested.GetProperty("quarantined").GetInt32()));

        var found = await RunAsync(0, "search", "exitCode:1 AND stoppedReason:\"Essential container in task exited\"");
        Assert.Equal("EssentialContainerExited", Assert.Single(found.EnumerateArray()).GetProperty("kind").GetString());
        Assert.Equal("EssentialContainerExited", (await RunAsync(0, "search", "*", "--by", "kind"))[0].GetProperty("value").GetString(), ignoreCase: true);

        var task = found[0].GetProperty("task").GetString()!;
        var explained = await RunAsync(0, "explain", task);
        Assert.Equal(("EssentialContainerExited", "failure"), (explained.GetProperty("kind").GetString(), explained.GetProperty("outcome").GetString()));
        Assert.Equal(found[0].GetProperty("key").GetString(), Assert.Single(explained.GetProperty("timeline").EnumerateArray()).GetProperty("key").GetString());

        var id = Assert.Single((await RunAsync(0, "quarantine")).EnumerateArray()).GetProperty("id").GetString()!;
        Assert.Contains("still cannot be read", (await _crowsnest.RunAsync(["quarantine", "replay", id])).Error, StringComparison.Ordinal);
        Assert.Equal("not json", (await _crowsnest.RunAsync(["quarantine", "show", id])).Out);
        Assert.Equal(0, (await _crowsnest.RunAsync(["quarantine", "drop", id])).ExitCode);
        Assert.Equal(1, (await _crowsnest.RunAsync(["quarantine", "drop", id])).ExitCode);

        Assert.Equal(3, (await _crowsnest.RunAsync(["ingest", "--strict", _crowsnest.Write("bad.json", "[]x")])).ExitCode);
        Assert.Equal(2, (await _crowsnest.RunAsync(["search", "kidn:x"])).ExitCode);
    }

    [Fact]
    public async Task The_answers_are_the_same_with_and_without_a_server()
    {
        var folder = Repository.Shared("ecs-events");
        await RunAsync(0, "ingest", folder);
        string[][] questions = [["search", "outcome:failure", "-o", "json"], ["search", "*", "--by", "kind"], ["search", "outcome:failure", "-o", "csv"], ["quarantine", "-o", "ndjson"]];
        var alone = new List<string>();
        foreach (var question in questions) alone.Add((await _crowsnest.RunAsync(question)).Out);

        await using var up = await RunningUp.StartAsync(_crowsnest);

        for (var i = 0; i < questions.Length; i++) Assert.Equal(alone[i], (await _crowsnest.RunAsync(questions[i])).Out);
    }

    [Fact]
    public async Task A_token_closes_the_API_at_once_and_opens_it_from_afar_and_a_restart_remembers_it()
    {
        string secret;
        await using (var up = await RunningUp.StartAsync(_crowsnest))
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(up, null));
            var made = await RunAsync(0, "token", "create", "ci", "--role", "viewer");
            secret = made.GetProperty("token").GetString()!;
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(up, null));
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(up, secret));
        }

        await using var again = await RunningUp.StartAsync(_crowsnest);
        Assert.Contains("every request but health needs a token", again.Started, StringComparison.Ordinal);
        var file = _crowsnest.Write("token", secret + "\n");
        var server = again.Client.BaseAddress!.ToString();
        Assert.Equal(0, (await _crowsnest.RunAsync(["search", "*", "--server", server, "--token-file", file])).ExitCode);
        Assert.Equal(0, (await _crowsnest.RunAsync(["search", "*"], null, ("CROWSNEST_SERVER", server), ("CROWSNEST_TOKEN", secret))).ExitCode);
        var refused = await _crowsnest.RunAsync(["search", "*", "--server", server]);
        Assert.Equal(4, refused.ExitCode);
        Assert.Contains("--token-file", refused.Error, StringComparison.Ordinal);
        var forbidden = await _crowsnest.RunAsync(["ingest", "-", "--server", server, "--token-file", file], "{}"u8.ToArray());
        Assert.Equal(4, forbidden.ExitCode);
        Assert.Contains("needs the role ingest", forbidden.Error, StringComparison.Ordinal);

        var list = await RunAsync(0, "token");
        var id = Assert.Single(list.EnumerateArray()).GetProperty("id").GetString()!;
        Assert.DoesNotContain(secret, list.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(0, (await _crowsnest.RunAsync(["token", "revoke", id])).ExitCode);
        Assert.Equal(1, (await _crowsnest.RunAsync(["token", "revoke", id])).ExitCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(again, secret));
    }

    [Theory]
    [InlineData("search *")]
    [InlineData("quarantine list")]
    [InlineData("explain 0cf1a2b3c4d5e6f708192a3b4c5d6e7f")]
    [InlineData("token list")]
    public async Task Reading_a_folder_that_is_not_there_makes_nothing_and_exits_4(string line)
    {
        var answer = await _crowsnest.RunAsync(line.Split(' '));

        Assert.Equal((4, ""), (answer.ExitCode, answer.Out));
        Assert.Contains("'crowsnest ingest FILE' or 'crowsnest up' makes it", answer.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_crowsnest.Folder));
    }

    [Fact]
    public async Task A_server_that_is_not_there_exits_4_and_a_killed_one_leaves_the_folder_usable()
    {
        var nowhere = await _crowsnest.RunAsync(["search", "*", "--server", "http://127.0.0.1:1"]);
        Assert.Equal(4, nowhere.ExitCode);
        Assert.Contains("does not answer", nowhere.Error, StringComparison.Ordinal);

        await using (var up = await RunningUp.StartAsync(_crowsnest)) await up.StopAsync("KILL");

        Assert.Equal(0, (await _crowsnest.RunAsync(["search", "*"])).ExitCode);
        Assert.Equal(0, (await _crowsnest.RunAsync(["ingest", "-"], Encoding.UTF8.GetBytes("{\"detail-type\":\"x\"}"))).ExitCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_search_goes_on_over_pages_and_says_when_there_are_more(bool withServer)
    {
        var file = _crowsnest.Write("many.ndjson", string.Join('\n', Enumerable.Range(0, 1_500).Select(i => $$"""{"detail-type":"x","id":"{{i}}"}""")));
        await RunAsync(0, "ingest", file);
        await using var up = withServer ? await RunningUp.StartAsync(_crowsnest) : null;

        var all = await _crowsnest.RunAsync(["search", "*", "-o", "ndjson", "--limit", "5000"]);
        var some = await _crowsnest.RunAsync(["search", "*", "--limit", "1200"]);

        Assert.Equal((1_500, ""), (all.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Count(), all.Error));
        Assert.Equal(1_200, JsonElement.Parse(some.Out).GetArrayLength());
        Assert.Contains("there are more than these 1200", some.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Several_files_at_once_from_several_commands_all_arrive()
    {
        await using var up = await RunningUp.StartAsync(_crowsnest);
        var files = Enumerable.Range(0, 4).Select(n => _crowsnest.Write($"{n}.ndjson", string.Join('\n', Enumerable.Range(0, 500).Select(i => $$"""{"detail-type":"x","id":"{{n}}-{{i}}"}""")))).ToList();

        var answers = await Task.WhenAll(files.Select(f => _crowsnest.RunAsync(["ingest", f])));

        Assert.All(answers, a => Assert.Equal(500, JsonElement.Parse(a.Out).GetProperty("stored").GetInt32()));
        Assert.Equal(2_000, (await up.Client.GetStringAsync(new Uri("/api/v1/histogram", UriKind.Relative), TestContext.Current.CancellationToken) is { } body
            ? JsonElement.Parse(body) : default).GetProperty("total").GetInt32());
    }

    private static async Task<HttpStatusCode> StatusAsync(RunningUp up, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/pipeline");
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var answer = await up.Client.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private async Task<JsonElement> RunAsync(int code, params string[] arguments)
    {
        var answer = await _crowsnest.RunAsync(arguments);
        Assert.True(code == answer.ExitCode, $"{string.Join(' ', arguments)}: {answer.ExitCode} {answer.Error}");
        return JsonElement.Parse(answer.Out);
    }
}
