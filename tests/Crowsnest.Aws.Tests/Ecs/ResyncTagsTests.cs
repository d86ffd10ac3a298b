using System.Text.Json.Nodes;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests.Ecs;

/// <summary>Tags from ECS to a search's hit, within the calls that they may cost.</summary>
public sealed class ResyncTagsTests
{
    private const string Definition = $"arn:aws:ecs:{OwnEcs.Region}:{OwnEcs.Account}:task-definition/";
    private readonly LeapingTime _time = new(Some.Noon.AddHours(1));

    [Fact]
    public async Task Events_that_come_are_found_by_what_ECS_said_of_their_service_definition_and_cluster()
    {
        await using var ecs = new OwnEcs(_time);
        var prod = ecs.Cluster("prod");
        prod.Serve("api", 2);
        prod.Run("t1");
        ecs.Tags[prod.ArnOf("service", "api")] = Tags(("team", "payments"));
        ecs.Tags[Definition + "api:1"] = Tags(("git", "4f2a"));
        ecs.Tags[prod.Arn] = Tags(("stage", "live"));
        await using var run = new ResyncRun(_time, ecs.Address);
        Assert.Empty((await run.RunAsync()).Problems);

        prod.Stop("t1", _time.GetUtcNow());
        await run.TellAsync(prod, "t1");

        foreach (var tag in (string[])["tag.team:payments", "tag.git:4f2a", "tag.stage:live"]) Assert.Equal(1, await CountAsync(run, $"source:aws.ecs AND task:t1 AND {tag}"));
        var labels = Assert.Single(run.Firings).Labels;
        Assert.Equal(("4f2a", "live", "payments"), (labels["tag_git"], labels["tag_stage"], labels["tag_team"]));
    }

    // Goal: a definition is described once, and again when its tags may have changed; a fleet at rest costs no call for it. Method: count the calls of runs, the clock moved on.
    [Fact]
    public async Task A_definition_is_asked_for_when_it_is_new_and_after_half_a_day()
    {
        await using var ecs = new OwnEcs(_time);
        var prod = ecs.Cluster("prod");
        for (var i = 0; i < 30; i++) prod.Run("a" + i, "s" + (i % 3));
        ecs.Tags[Definition + "s0:1"] = Tags(("git", "1"));
        await using var run = new ResyncRun(_time, ecs.Address);
        Assert.Equal(3, await CallsAsync());
        Assert.Equal(0, await CallsAsync());
        prod.Run("b", "s9");
        ecs.Tags[Definition + "s0:1"] = Tags(("git", "2"));
        Assert.Equal(1, await CallsAsync());
        Assert.Equal(0, await CountAsync(run, "tag.git:2"));
        _time.Advance(TimeSpan.FromHours(12));
        Assert.Equal(4, await CallsAsync());
        Assert.Equal(1, await CountAsync(run, "tag.git:2"));

        // After a start what is stored is known: only of those without tags nobody wrote that down.
        await using var second = new ResyncRun(_time, ecs.Address, store: run.Store);
        await second.Clusters.LoadAsync(since => run.Store.ReadStatesAsync(since, TestContext.Current.CancellationToken), TestContext.Current.CancellationToken);
        ecs.ForgetCalls();
        await second.RunAsync();
        Assert.Equal(3, ecs.Calls.Count(call => call == "DescribeTaskDefinition"));
        Assert.Equal(0, ecs.Throttled);

        async Task<int> CallsAsync()
        {
            ecs.ForgetCalls();
            var (problems, _) = await run.RunAsync();
            Assert.Empty(problems);
            return ecs.Calls.Count(call => call == "DescribeTaskDefinition");
        }
    }

    [Fact]
    public async Task A_role_without_the_right_says_so_and_the_rest_is_read()
    {
        await using var ecs = new OwnEcs(_time);
        ecs.Cluster("prod").Run("t1");
        ecs.Before = (operation, _) => operation is "DescribeTaskDefinition" or "DescribeClusters" ? "AccessDeniedException" : null;
        await using var run = new ResyncRun(_time, ecs.Address);

        var (problems, drift) = await run.RunAsync();

        Assert.Equal(2, problems.Count);
        Assert.All(problems, problem => Assert.Contains("tags", problem, StringComparison.Ordinal));
        Assert.Equal([new("task-missed-start", 1)], drift);
    }

    private static JsonArray Tags(params (string Key, string Value)[] tags) => [.. tags.Select(tag => new JsonObject { ["key"] = tag.Key, ["value"] = tag.Value })];

    private static async Task<int> CountAsync(ResyncRun run, string query) =>
        (await run.Store.Events.SearchAsync(new SearchRequest(QueryParser.Parse(query, Some.Noon).Query!, null, null, 50), TestContext.Current.CancellationToken)).Events.Count;
}
