using System.Net;
using System.Text.Json;
using static Crowsnest.Host.Tests.Server.Lists.ShopEvents;

namespace Crowsnest.Host.Tests.Server.Lists;

/// <summary>Changes of state over HTTP.</summary>
public class ChangesTests
{
    [Fact]
    public async Task Changes_come_in_the_order_of_commits_as_the_items_of_their_lists()
    {
        await using var host = await RunningHost.StartAsync();
        await using var changes = await OpenAsync(host);
        await using var services = await OpenAsync(host, "kind=service&cluster=SHOP");

        await host.PostAsync("/api/v1/events", Lines(Task("a", "PENDING", 2, -60)), HttpStatusCode.Accepted);
        await host.PostAsync("/api/v1/events", Lines(Instance("i", -50)), HttpStatusCode.Accepted);
        await host.PostAsync("/api/v1/events", Lines(Action("SERVICE_DESIRED_COUNT_UPDATED", -40, ",\"desiredCount\":3")), HttpStatusCode.Accepted);
        await host.PostAsync("/api/v1/events", Lines(Task("a", "PENDING", 2, -60), Task("a", "RUNNING", 3, -30)), HttpStatusCode.Accepted);

        var messages = await changes.TakeAsync(4);
        Assert.Equal(["task", "instance", "service", "task"], messages.Select(m => m.Type));
        Assert.Equal(("a", 2, "RUNNING"), (messages[0].Data.GetProperty("taskId").GetString(), messages[0].Data.GetProperty("version").GetInt32(), messages[3].Data.GetProperty("lastStatus").GetString()));
        Assert.Equal(4, messages.Select(m => m.Id).Distinct().Count());
        Assert.True(JsonElement.DeepEquals((await host.GetAsync("/api/v1/tasks")).GetProperty("items")[0], messages[3].Data));
        Assert.True(JsonElement.DeepEquals((await host.GetAsync("/api/v1/instances")).GetProperty("items")[0], messages[1].Data));
        Assert.Equal((3, "service"), (Assert.Single(await services.TakeAsync(1)).Data.GetProperty("desiredCount").GetInt32(), messages[2].Type));
    }

    [Fact]
    public async Task Who_comes_back_goes_on_without_a_gap_or_a_repeat()
    {
        await using var host = await RunningHost.StartAsync();
        var seen = new List<string?>();
        string place;
        await using (var first = await OpenAsync(host))
        {
            await host.PostAsync("/api/v1/events", Lines(Task("first", "RUNNING", 1, -70)), HttpStatusCode.Accepted);
            place = Assert.Single(await first.TakeAsync(1)).Id;
        }

        for (var round = 0; round < 5; round++)
        {
            await host.PostAsync("/api/v1/events", Lines(Task($"t{round}a", "RUNNING", 1, -60), Task($"t{round}b", "RUNNING", 1, -50), Task($"t{round}c", "RUNNING", 1, -40)), HttpStatusCode.Accepted);
            await using var changes = round % 2 == 0 ? await OpenAsync(host, "after=" + place) : await OpenAsync(host, lastEvent: place);

            // Two of three, so that the next one begins with the third; the last has all that is left.
            var messages = await changes.TakeAsync(round == 4 ? 7 : 2);
            seen.AddRange(messages.Select(m => m.Data.GetProperty("taskId").GetString()));
            place = messages[^1].Id;
        }

        Assert.Equal(Enumerable.Range(0, 5).SelectMany(r => (string[])[$"t{r}a", $"t{r}b", $"t{r}c"]), seen);
    }

    [Fact]
    public async Task A_place_of_another_start_is_told_to_begin_again()
    {
        await using var host = await RunningHost.StartAsync();
        await using var changes = await OpenAsync(host, lastEvent: "19c0000-7");
        await host.PostAsync("/api/v1/events", Lines(Task("a", "RUNNING", 3, -30)), HttpStatusCode.Accepted);

        var messages = await changes.TakeAsync(2);
        Assert.Equal(["reset", "task"], messages.Select(m => m.Type));
        Assert.StartsWith("Read the lists again", messages[0].Data.GetProperty("startOver").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_is_none_is_refused()
    {
        await using var host = await RunningHost.StartAsync();
        await host.GetAsync("/api/v1/changes?kind=cats", HttpStatusCode.BadRequest);
    }

    [Fact]
    [Trait("Category", "slow")]
    public async Task A_thousand_follow_at_once()
    {
        await using var host = await RunningHost.StartAsync();
        var all = await System.Threading.Tasks.Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => OpenAsync(host)));
        for (var i = 0; i < 20; i++) await host.PostAsync("/api/v1/events", Lines([.. Enumerable.Range(0, 20).Select(n => Task($"t{i}-{n}", "RUNNING", 1, -60))]), HttpStatusCode.Accepted);

        var taken = await System.Threading.Tasks.Task.WhenAll(all.Select(one => one.TakeAsync(400)));
        var expected = taken[0].Select(m => m.Id).ToList();
        Assert.Equal(400, expected.Distinct().Count());
        Assert.All(taken, one => Assert.Equal(expected, one.Select(m => m.Id)));
        foreach (var one in all) await one.DisposeAsync();
    }

    [Fact]
    public async Task The_clusters_are_gauges_too()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync(
            "/api/v1/events", Lines(Task("a", "RUNNING", 3, -60), Task("b", "PENDING", 2, -50), Instance("i", -30), Action("SERVICE_DESIRED_COUNT_UPDATED", -20, ",\"desiredCount\":3")), HttpStatusCode.Accepted);

        var metrics = await host.Client.GetStringAsync(new Uri("/metrics", UriKind.Relative), TestContext.Current.CancellationToken);
        foreach (var (name, value) in ((string, int)[])[("ecs_services", 1), ("ecs_container_instances", 1), ("ecs_container_instance_agent_connected", 0)])
            Assert.Matches($$$"""(?m)^{{{name}}}\{account="[0-9]+",region="[a-z0-9-]+",cluster="shop"\} {{{value}}}$""", metrics);
        foreach (var (name, value) in ((string, int)[])[("ecs_service_desired_tasks", 3), ("ecs_service_running_tasks", 1), ("ecs_service_pending_tasks", 1)])
            Assert.Matches($$$"""(?m)^{{{name}}}\{account="[0-9]+",region="[a-z0-9-]+",cluster="shop",service="web"\} {{{value}}}$""", metrics);
    }

    private static Task<Tail> OpenAsync(RunningHost host, string query = "", string? lastEvent = null) => Tail.OpenAsync(host, query, lastEvent, "changes");
}
