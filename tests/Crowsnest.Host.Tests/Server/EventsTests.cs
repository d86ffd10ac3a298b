using System.Net;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Server;

/// <summary>Events over HTTP: in, and found again in every way.</summary>
public class EventsTests
{
    [Fact]
    public async Task The_seeds_event_is_stored_found_and_explained()
    {
        var seed = await File.ReadAllBytesAsync(Repository.Shared("ecs-events", "task--seed-stopped-essential-exit1.json"), TestContext.Current.CancellationToken);
        await using var host = await RunningHost.StartAsync();

        var receipt = await host.PostAsync("/api/v1/events", seed, HttpStatusCode.Accepted);
        Assert.Equal((1, 1), (receipt.GetProperty("received").GetInt32(), receipt.GetProperty("stored").GetInt32()));

        var page = await host.GetAsync("/api/v1/events?q=" + Uri.EscapeDataString("exitCode:1 AND stoppedReason:\"Essential container in task exited\""));
        var found = Assert.Single(page.GetProperty("items").EnumerateArray());
        Assert.Equal(("EssentialContainerExited", "failure"), (found.GetProperty("kind").GetString(), found.GetProperty("outcome").GetString()));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(seed), found.GetProperty("event")));

        var one = await host.GetAsync($"/api/v1/events/{found.GetProperty("key").GetString()}");
        Assert.Equal(found.GetRawText(), one.GetRawText());
        var byId = await host.GetAsync($"/api/v1/events/by-id/{found.GetProperty("id").GetString()}");
        Assert.Equal(found.GetRawText(), Assert.Single(byId.GetProperty("items").EnumerateArray()).GetRawText());

        var explained = await host.PostAsync("/api/v1/explain", seed, HttpStatusCode.OK);
        Assert.Equal(found.GetProperty("summary").GetString(), Assert.Single(explained.GetProperty("items").EnumerateArray()).GetProperty("summary").GetString());
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat_newest_first()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Minutes(25), HttpStatusCode.Accepted);

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = await host.GetAsync($"/api/v1/events?limit=10{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(e => e.GetProperty("id").GetString()!));
            cursor = page.GetProperty("next").GetString();
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"e{i}"), seen);
    }

    [Fact]
    public async Task An_event_is_shown_with_its_neighbours_from_itself_outwards()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Minutes(9), HttpStatusCode.Accepted);
        var key = Single(await host.GetAsync("/api/v1/events?q=id:e4")).GetProperty("key").GetString();

        var context = await host.GetAsync($"/api/v1/events/{key}/context?limit=2");

        Assert.Equal("e4", context.GetProperty("event").GetProperty("id").GetString());
        Assert.Equal(["e3", "e2"], Ids(context.GetProperty("earlier")));
        Assert.Equal(["e5", "e6"], Ids(context.GetProperty("later")));
        Assert.Equal(["e8"], Ids((await host.GetAsync($"/api/v1/events/{key}/context?q=id:e8")).GetProperty("later")));
    }

    [Fact]
    public async Task Counts_come_over_time_and_by_value_and_fields_are_listed()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Minutes(10), HttpStatusCode.Accepted);

        var histogram = await host.GetAsync("/api/v1/histogram?from=2026-03-02T12:00:00Z&to=2026-03-02T12:10:00Z&by=detail.parity&buckets=5");
        Assert.Equal([2L, 2, 2, 2, 2], histogram.GetProperty("counts").EnumerateArray().Select(c => c.GetInt64()));
        Assert.Equal(["even", "odd"], histogram.GetProperty("series").EnumerateArray().Select(s => s.GetProperty("value").GetString()));
        Assert.Equal((10, 120_000), (histogram.GetProperty("total").GetInt32(), histogram.GetProperty("bucketMilliseconds").GetInt32()));

        var values = await host.GetAsync("/api/v1/fields/detail.parity/values?q=NOT%20id:e0");
        Assert.Equal(["odd 5", "even 4"], values.GetProperty("items").EnumerateArray().Select(v => $"{v.GetProperty("value")} {v.GetProperty("count")}"));

        var fields = (await host.GetAsync("/api/v1/fields")).GetProperty("items").EnumerateArray().ToDictionary(f => f.GetProperty("name").GetString()!, f => f.GetProperty("listed").GetBoolean());
        Assert.True(fields["stoppedReason"]);
        Assert.False(fields["detail.parity"]);
    }

    [Theory]
    [InlineData("/api/v1/events?q=kidn:x", "did you mean")]
    [InlineData("/api/v1/events?from=soon", "is not a time")]
    [InlineData("/api/v1/events?cursor=x", "'next' of a page")]
    [InlineData("/api/v1/events?limit=1001", "from 1 to 1000")]
    [InlineData("/api/v1/events/nokey", "by-id")]
    [InlineData("/api/v1/histogram?by=kidn", "did you mean 'kind'")]
    [InlineData("/api/v1/fields/kidn/values", "did you mean 'kind'")]
    public async Task A_wrong_question_is_answered_with_what_would_be_right(string path, string words)
    {
        await using var host = await RunningHost.StartAsync();
        Assert.Contains(words, (await host.GetAsync(path, HttpStatusCode.BadRequest)).GetProperty("detail").GetString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_mistake_in_a_query_names_its_column()
    {
        await using var host = await RunningHost.StartAsync();
        var problem = await host.GetAsync("/api/v1/events?q=" + Uri.EscapeDataString("outcome:failure AND (kind:x"), HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors")[0].GetProperty("column").GetInt32() > 1);
    }

    [Fact]
    public async Task What_was_quarantined_is_read_again_and_leaves_only_when_it_can_be_read()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", "not json", HttpStatusCode.Accepted);
        var id = Single(await host.GetAsync("/api/v1/quarantine")).GetProperty("id").GetString();

        var problem = await host.PostAsync($"/api/v1/quarantine/{id}/replay", [], HttpStatusCode.Conflict);

        Assert.StartsWith("It still cannot be read: ", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Single((await host.GetAsync("/api/v1/quarantine")).GetProperty("items").EnumerateArray());
        await host.PostAsync("/api/v1/quarantine/999/replay", [], HttpStatusCode.NotFound);
    }

    private static JsonElement Single(JsonElement page) => Assert.Single(page.GetProperty("items").EnumerateArray());

    private static IEnumerable<string?> Ids(JsonElement events) => events.EnumerateArray().Select(e => e.GetProperty("id").GetString());

    // One event a minute from noon on, e0, e1, ...
    private static string Minutes(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i =>
        """{"detail-type":"Something New","source":"my.app","id":"eI","time":"2026-03-02T12:MM:00Z","detail":{"parity":"P"}}"""
            .Replace("eI", $"e{i}", StringComparison.Ordinal).Replace("MM", $"{i:00}", StringComparison.Ordinal).Replace("\"P\"", i % 2 == 0 ? "\"even\"" : "\"odd\"", StringComparison.Ordinal)));
}
