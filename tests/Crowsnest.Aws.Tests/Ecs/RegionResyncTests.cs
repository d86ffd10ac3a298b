using System.Globalization;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests.Ecs;

/// <summary>A region read against an ECS that holds callers to its limits, fails between pages and changes meanwhile.</summary>
public sealed class RegionResyncTests
{
    private readonly LeapingTime _time = new(Some.Noon.AddHours(1));

    [Fact]
    public async Task All_that_ECS_has_becomes_known_page_by_page_and_the_second_time_nothing_is_new()
    {
        await using var ecs = new OwnEcs(_time);
        var prod = ecs.Cluster("prod");
        for (var i = 0; i < 250; i++) prod.Run(i.ToString("d4", CultureInfo.InvariantCulture));
        for (var i = 0; i < 120; i++) prod.Register("host" + i);
        for (var i = 0; i < 23; i++) prod.Serve("svc" + i, i);
        ecs.Cluster("empty");
        await using var run = new ResyncRun(_time, ecs.Address);

        var (problems, drift) = await run.RunAsync();

        Assert.Empty(problems);
        Assert.Equal([new("instance-missed-start", 120), new("service-missed", 23), new("task-missed-start", 250)], drift);
        var cluster = Assert.Single(run.Clusters.View.Clusters);
        Assert.Equal((250, 120, 23 + 1), (cluster.Tasks.Count(), cluster.Instances.Count, cluster.Services.Count));
        Assert.Equal((2, 2, 393), (run.Progress.Done, run.Progress.Of, run.Progress.Described));

        // 100 a page and a call, 10 services a call; two clusters.
        Assert.Equal((3 + 1 + 2, 3, 2 + 1, 2, 2, 3), (Count("ListTasks"), Count("DescribeTasks"), Count("ListContainerInstances"), Count("DescribeContainerInstances"), Count("ListServices"), Count("DescribeServices")));
        ecs.ForgetCalls();
        (problems, drift) = await run.RunAsync();
        Assert.Equal((0, 0, 0), (problems.Count, drift.Count, ecs.Throttled));

        int Count(string operation) => ecs.Calls.Count(call => call == operation);
    }

    // Goal: what a listing that failed did not see stays as it is; what it saw is taken in. Method: the second page does not come.
    [Theory]
    [InlineData("ServerException")]
    [InlineData("AccessDeniedException")]
    public async Task A_listing_that_fails_half_way_changes_nothing_that_it_did_not_see(string code)
    {
        await using var ecs = new OwnEcs(_time);
        var prod = ecs.Cluster("prod");
        for (var i = 0; i < 150; i++) prod.Run(i.ToString("d4", CultureInfo.InvariantCulture));
        await using var run = new ResyncRun(_time, ecs.Address);
        await run.RunAsync();
        prod.Stop("0001", _time.GetUtcNow());
        prod.Tasks["0050"]["version"] = 9;
        prod.Tasks.Remove("0149");
        prod.Tasks.Remove("0002");
        _time.Advance(TimeSpan.FromMinutes(15));
        ecs.ForgetCalls();
        ecs.Before = (operation, before) => operation == "ListTasks" && before == 1 ? code : null;

        var (problems, drift) = await run.RunAsync();

        Assert.Contains("prod", Assert.Single(problems), StringComparison.Ordinal);
        Assert.Equal([new("task-changed", 1)], drift);
        Assert.All(run.Tasks, task => Assert.Equal("RUNNING", task.Status));

        ecs.Before = (_, _) => null;
        (problems, drift) = await run.RunAsync();
        Assert.Empty(problems);
        Assert.Equal([new("task-gone", 2), new("task-missed-stop", 1)], drift);

        // What stopped a quarter of an hour ago has left the lists, and is told all the same.
        Assert.Equal(["0002", "0149"], run.Tasks.Where(t => t.Status == "STOPPED").Select(t => t.Id));
        Assert.DoesNotContain(run.Tasks, t => t.Id == "0001");
        Assert.Contains(run.Firings, firing => firing.Resource == "0001");
    }

    [Fact]
    public async Task One_cluster_that_cannot_be_read_does_not_end_the_others()
    {
        await using var ecs = new OwnEcs(_time);
        ecs.Cluster("a").Run("t1");
        ecs.Cluster("b").Run("t2");
        ecs.Before = (operation, before) => operation == "ListServices" && before == 0 ? "AccessDeniedException" : null;
        await using var run = new ResyncRun(_time, ecs.Address);

        // Refused calls are not counted among the answered: the first cluster never gets further.
        var (problems, _) = await run.RunAsync();
        Assert.Equal(2, problems.Count);
        ecs.Before = (operation, _) => operation == "ListServices" && ecs.Clusters.Remove("a") ? "ClusterNotFoundException" : null;
        (problems, _) = await run.RunAsync();
        Assert.Single(problems);
        Assert.Equal([("b", "t2", "RUNNING")], run.Tasks);
    }

    [Fact]
    public async Task A_failure_that_nobody_told_of_is_told()
    {
        await using var ecs = new OwnEcs(_time);
        ecs.Cluster("prod").Run("t1");
        await using var run = new ResyncRun(_time, ecs.Address);
        await run.RunAsync();
        ecs.Cluster("prod").Stop("t1", _time.GetUtcNow(), exitCode: 3);
        _time.Advance(TimeSpan.FromMinutes(15));

        var (_, drift) = await run.RunAsync();

        Assert.Equal([new("task-missed-stop", 1)], drift);
        var firing = Assert.Single(run.Firings);
        Assert.Equal(("t1", "EssentialContainerExited"), (firing.Resource, firing.Labels["kind"]));
        Assert.Contains(firing.Evidence, fact => fact.StartsWith("found late", StringComparison.Ordinal));

        // That it is over is known now, and it is not asked for any more.
        ecs.ForgetCalls();
        Assert.Empty((await run.RunAsync()).Drift);
        Assert.DoesNotContain("DescribeTasks", ecs.Calls);
    }

    // Goal: whatever events were lost, after a resync all that is known is what ECS has, and another finds nothing. Method: ECS lives on by chance, and of what it does some is told.
    [Fact]
    public async Task After_a_resync_the_view_is_what_ECS_has_whatever_was_lost()
    {
        for (var seed = 0; seed < 25; seed++)
        {
            var random = new Random(seed);
            await using var ecs = new OwnEcs(_time);
            await using var run = new ResyncRun(_time, ecs.Address);
            for (var round = 0; round < 3; round++)
            {
                for (var step = 0; step < 40; step++)
                {
                    _time.Advance(TimeSpan.FromSeconds(random.Next(1, 60)));
                    var cluster = ecs.Cluster("c" + random.Next(2));

                    // Ids come once.
                    var running = cluster.Tasks.Where(t => (string)t.Value["lastStatus"]! == "RUNNING").Select(t => t.Key).ToArray();
                    var id = running.Length == 0 || random.Next(3) == 0 ? $"{cluster.Arn[^2..]}t{round}x{step}" : running[random.Next(running.Length)];
                    if (!cluster.Tasks.TryGetValue(id, out var task)) cluster.Run(id, startedAt: _time.GetUtcNow());
                    else if (random.Next(3) == 0) cluster.Stop(id, _time.GetUtcNow());
                    else if (random.Next(3) == 0) cluster.Tasks.Remove(id);
                    else task["version"] = (int)task["version"]! + 1;
                    if (random.Next(2) == 0 && cluster.Tasks.ContainsKey(id)) await run.TellAsync(cluster, id);
                }

                Assert.Empty((await run.RunAsync()).Problems);
                var there = ecs.Clusters.SelectMany(c => c.Value.Tasks.Where(t => (string)t.Value["lastStatus"]! == "RUNNING").Select(t => (c.Key, t.Key, (long)(int)t.Value["version"]!))).Order();
                var known = run.Clusters.View.Clusters.SelectMany(c => c.Tasks.Where(t => !t.IsStopped).Select(t => (c.Name.Name, t.Name.Id, t.Order.Version))).Order();
                Assert.Equal((seed, string.Join(' ', there)), (seed, string.Join(' ', known)));
                Assert.Empty((await run.RunAsync()).Drift);
            }
        }
    }

    // Goal: events that come while ECS is read win. Method: ECS changes, and tells, between the list and the description, and after the description.
    [Fact]
    public async Task Events_that_come_during_the_listing_win_and_count_as_told()
    {
        await using var ecs = new OwnEcs(_time);
        var prod = ecs.Cluster("prod");
        foreach (var id in (string[])["t1", "t2", "t3"]) prod.Run(id);
        await using var run = new ResyncRun(_time, ecs.Address);
        await run.RunAsync();
        _time.Advance(TimeSpan.FromMinutes(15));
        var told = false;
        ecs.Before = (operation, _) =>
        {
            if (operation != "DescribeTasks" || told) return null;
            told = true;

            // One stops and goes, one begins, one stops: all of it told by events that are there before the answer is looked at or soon after it.
            prod.Stop("t1", _time.GetUtcNow());
            prod.Run("t4", startedAt: _time.GetUtcNow());
            prod.Tasks["t2"]["version"] = 8;
            run.TellAsync(prod, "t1").GetAwaiter().GetResult();
            run.TellAsync(prod, "t4").GetAwaiter().GetResult();
            return null;
        };
        _time.Leapt = _ =>
        {
            // While it waits, the last one's event comes.
            _time.Leapt = null;
            run.TellAsync(prod, "t2").GetAwaiter().GetResult();
        };

        var (problems, drift) = await run.RunAsync();

        Assert.Empty(problems);
        Assert.Empty(drift);
        Assert.Equal([("prod", "t1", "STOPPED"), ("prod", "t2", "RUNNING"), ("prod", "t3", "RUNNING"), ("prod", "t4", "RUNNING")], run.Tasks);
    }

    // Goal: a task that moves from one list to the other between the calls is in neither, and not gone.
    [Fact]
    public async Task A_task_between_two_lists_is_not_gone()
    {
        await using var ecs = new OwnEcs(_time);
        var prod = ecs.Cluster("prod");
        prod.Run("t1");
        await using var run = new ResyncRun(_time, ecs.Address);
        await run.RunAsync();
        _time.Advance(TimeSpan.FromMinutes(15));
        var lists = 0;
        ecs.Before = (operation, _) =>
        {
            if (operation == "ListTasks") prod.Tasks["t1"]["desiredStatus"] = lists++ == 0 ? "STOPPED" : "RUNNING";
            return null;
        };

        var (_, drift) = await run.RunAsync();

        Assert.Empty(drift);
        Assert.Equal([("prod", "t1", "RUNNING")], run.Tasks);
    }

    [Fact]
    public async Task What_is_deleted_is_closed_services_instances_and_whole_clusters()
    {
        await using var ecs = new OwnEcs(_time);
        foreach (var name in (string[])["keep", "lose"])
        {
            var cluster = ecs.Cluster(name);
            cluster.Run("t" + name);
            cluster.Serve("api", 1);
            cluster.Serve("web", 1);
            cluster.Register("h" + name);
        }

        await using var run = new ResyncRun(_time, ecs.Address);
        await run.RunAsync();
        _time.Advance(TimeSpan.FromMinutes(15));
        ecs.Cluster("keep").Services["api"]["status"] = "INACTIVE";
        ecs.Cluster("keep").Services.Remove("web");
        ecs.Cluster("keep").Instances.Clear();
        ecs.Clusters.Remove("lose");

        var (problems, drift) = await run.RunAsync();

        Assert.Empty(problems);
        Assert.Equal([new("instance-gone", 2), new("service-gone", 4), new("task-gone", 1)], drift);
        Assert.Equal([("keep", "tkeep", "RUNNING"), ("lose", "tlose", "STOPPED")], run.Tasks);
        Assert.Empty((await run.RunAsync()).Drift);

        // Nothing says of which account an empty list is, unless it is told.
        ecs.Clusters.Clear();
        _time.Advance(TimeSpan.FromMinutes(15));
        Assert.Empty((await run.RunAsync()).Drift);
        Assert.Equal([new("task-gone", 1)], (await run.RunAsync(account: OwnEcs.Account)).Drift);
    }

    [Fact]
    public async Task Only_the_cluster_that_was_named_is_read()
    {
        await using var ecs = new OwnEcs(_time);
        ecs.Cluster("a").Run("t1");
        ecs.Cluster("b").Run("t2");
        await using var run = new ResyncRun(_time, ecs.Address);

        await run.RunAsync("b");
        Assert.Equal([("b", "t2", "RUNNING")], run.Tasks);
    }

    // Goal: 16 clusters of 500 tasks, read within a quarter of the quotas while someone else uses the rest, are done in a few minutes; events flow meanwhile.
    // Method: the clock leaps over waits, so that the time it takes is the budget's alone.
    [Fact]
    public async Task Sixteen_clusters_of_five_hundred_tasks_stay_within_a_quarter_of_the_quotas()
    {
        await using var ecs = new OwnEcs(_time);
        for (var c = 0; c < 16; c++)
        {
            var cluster = ecs.Cluster("c" + c.ToString("d2", CultureInfo.InvariantCulture));
            for (var i = 0; i < 500; i++) cluster.Run($"{c}x{i.ToString("d3", CultureInfo.InvariantCulture)}", "svc" + (i % 20));
            for (var s = 0; s < 20; s++) cluster.Serve("svc" + s, 25);
            for (var h = 0; h < 50; h++) cluster.Register($"{c}h{h}");
        }

        await using var run = new ResyncRun(_time, ecs.Address);
        var began = _time.GetUtcNow();
        var (told, calls) = (0, 0);
        ecs.Before = (_, _) =>
        {
            if (++calls % 20 != 0) return null;
            ecs.Cluster("c15").Run("new" + told, startedAt: _time.GetUtcNow());
            run.TellAsync(ecs.Cluster("c15"), "new" + told++).GetAwaiter().GetResult();
            return null;
        };

        var (problems, drift) = await run.RunAsync();

        var took = _time.GetUtcNow() - began;
        Assert.Empty(problems);
        Assert.Equal((8_000, 0), (drift["task-missed-start"], ecs.Throttled));
        Assert.True(run.Budget.CallsLastHour is > 250 and < 350, $"{run.Budget.CallsLastHour} calls");
        Assert.True(took > TimeSpan.FromSeconds(20) && took < TimeSpan.FromMinutes(2), $"{took}");
        Assert.True(told > 10);
        Assert.Equal(told, run.Tasks.Count(t => t.Id.StartsWith("new", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_others_have_used_up_is_waited_for()
    {
        await using var ecs = new OwnEcs(_time);
        ecs.Cluster("prod").Run("t1");
        ecs.Drain("ListTasks", 100);
        await using var run = new ResyncRun(_time, ecs.Address);

        var (problems, drift) = await run.RunAsync();

        Assert.Empty(problems);
        Assert.True(ecs.Throttled > 0);
        Assert.Equal([new("task-missed-start", 1)], drift);
    }
}
