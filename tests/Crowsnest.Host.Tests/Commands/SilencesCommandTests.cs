using System.Text;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary><c>silences</c> as a process: with the data folder to itself, and through a server.</summary>
public sealed class SilencesCommandTests : IDisposable
{
    private readonly CrowsnestProcess _crowsnest = new();

    public void Dispose() => _crowsnest.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_silence_is_added_listed_changed_and_ended(bool throughServer)
    {
        await using var up = throughServer ? await RunningUp.StartAsync(_crowsnest) : null;
        var added = await _crowsnest.RunAsync(["silences", "add", "cluster=prod", "service=~api|web", "--comment", "deploying 2.4", "--by", "anna", "--for", "90m"]);
        Assert.Equal((0, ""), (added.ExitCode, added.Error));
        var id = added.Out.Trim();

        var one = await OnlyAsync("active");
        Assert.Equal((id, "anna", "deploying 2.4", TimeSpan.FromMinutes(90)), (Text(one, "id"), Text(one, "createdBy"), Text(one, "comment"), one.GetProperty("endsAt").GetDateTime() - one.GetProperty("startsAt").GetDateTime()));

        var longer = await _crowsnest.RunAsync(["silences", "add", "cluster=prod", "service=~api|web", "--comment", "longer", "--id", id, "--until", "2999-01-01", "-o", "ndjson"]);
        Assert.Equal((id, "longer"), (Text(JsonElement.Parse(longer.Out), "id"), Text(JsonElement.Parse(longer.Out), "comment")));

        Assert.Equal(0, (await _crowsnest.RunAsync(["silences", "expire", id])).ExitCode);
        var again = await _crowsnest.RunAsync(["silences", "expire", id, "none"]);
        Assert.Equal((1, $"crowsnest: {id}: It has ended already.\ncrowsnest: none: There is no silence with this id; one that has ended leaves after five days.\n"), (again.ExitCode, again.Error));
        Assert.Equal(id, Text(await OnlyAsync("expired"), "id"));
        Assert.Equal("[]", (await _crowsnest.RunAsync(["silences", "list", "--state", "open"])).Out.Trim());

        var wrong = await _crowsnest.RunAsync(["silences", "add", "cluster=~.*", "--comment", "x"]);
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("hide everything", wrong.Error, StringComparison.Ordinal);
        Assert.Equal(1, (await _crowsnest.RunAsync(["silences", "add", "cluster=prod", "--comment", "x", "--id", "none"])).ExitCode);
    }

    // Without a server the end of a file tells, and a silence holds there too.
    [Fact]
    public async Task An_ingest_tells_nothing_that_is_silenced_and_a_preview_counts_it()
    {
        await _crowsnest.RunAsync(["silences", "add", "cluster=prod", "--comment", "import"]);
        var ingested = await _crowsnest.RunAsync(["ingest", "-"], Encoding.UTF8.GetBytes(CrashNow()));
        var summary = JsonElement.Parse(ingested.Out);
        Assert.Equal((1, 0), (summary.GetProperty("incidentsOpened").GetInt32(), summary.GetProperty("notifications").GetInt32()));

        var preview = await _crowsnest.RunAsync(["silences", "preview", "service=web", "-o", "table"]);
        Assert.Contains("EssentialContainerExited", preview.Out, StringComparison.Ordinal);
        Assert.Equal("crowsnest: it would hide 1 that fires now; 1 in the last seven days\n", preview.Error);
        Assert.Equal(0, JsonElement.Parse((await _crowsnest.RunAsync(["silences", "preview", "service=api"])).Out).GetProperty("lastWeek").GetInt32());
        Assert.Contains("muted     Silenced by", (await _crowsnest.RunAsync(["incidents", "show", Text(JsonElement.Parse((await _crowsnest.RunAsync(["incidents", "list", "-o", "ndjson"])).Out), "id"), "-o", "table"])).Out, StringComparison.Ordinal);
    }

    private async Task<JsonElement> OnlyAsync(string state) => JsonElement.Parse((await _crowsnest.RunAsync(["silences", "list", "--state", state, "-o", "ndjson"])).Out);

    private static string CrashNow() => $$$"""
        {"id":"1","detail-type":"ECS Task State Change","source":"aws.ecs","account":"111122223333","region":"eu-west-1","time":"{{{TimeProvider.System.GetUtcNow().AddSeconds(-5):yyyy-MM-dd'T'HH:mm:ss'Z'}}}","detail":{"clusterArn":"arn:aws:ecs:eu-west-1:111122223333:cluster/prod","taskArn":"arn:aws:ecs:eu-west-1:111122223333:task/prod/t1","group":"service:web","startedBy":"ecs-svc/1","lastStatus":"STOPPED","desiredStatus":"STOPPED","version":5,"stopCode":"EssentialContainerExited","stoppedReason":"Essential container in task exited","containers":[{"name":"web","exitCode":1}]}}
        """;

    private static string Text(JsonElement of, string member) => of.GetProperty(member).GetString() ?? "";
}
