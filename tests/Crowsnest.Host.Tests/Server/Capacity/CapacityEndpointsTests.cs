using System.Net;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Server.Capacity;

/// <summary>What is reserved and what still fits, over HTTP.</summary>
public class CapacityEndpointsTests
{
    [Fact]
    public async Task A_cluster_is_broken_down_by_instance_service_zone_and_provider()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", HarbourEvents.Bytes, HttpStatusCode.Accepted);

        var all = Assert.Single((await host.GetAsync("/api/v1/capacity")).GetProperty("items").EnumerateArray());
        Assert.Equal(("harbour", 3, 2, 1), (Text(all, "cluster"), Number(all, "instances"), Number(all, "instancesTakingTasks"), Number(all, "placementFailures")));
        Assert.Equal((10_240, 4_096, 6_144, 40.0), (Number(all, "registeredCpu"), Number(all, "reservedCpu"), Number(all, "remainingCpu"), all.GetProperty("cpuReservation").GetDouble()));

        var instances = await ItemsAsync(host, "harbour?sort=-remainingMemory");
        Assert.Equal(["c notActive", "b yes", "a yes"], instances.Select(i => $"{Text(i, "instance")} {Text(i, "takesTasks")}"));
        Assert.Equal("""[{"serviceName":"jobs","tasks":1},{"serviceName":"web","tasks":1}]""", instances[2].GetProperty("tasksByService").GetRawText());
        Assert.Equal(
            ["api   ", "jobs 1 1 ports", "web 0 1 memory"],
            (await ItemsAsync(host, "harbour?by=service")).Select(s => $"{Text(s, "serviceName")} {Raw(s, "fits")} {Raw(s, "fitsInOnePiece")} {Raw(s, "stoppedBy").Trim('"')}"));
        Assert.Equal(["eu-west-1a 1 3 1024", "eu-west-1b 2 1 0"], (await ItemsAsync(host, "harbour?by=zone")).Select(z => $"{Text(z, "availabilityZone")} {Number(z, "instances")} {Number(z, "tasks")} {Number(z, "fargateCpu")}"));
        Assert.Equal([" 3 3", "FARGATE 0 1"], (await ItemsAsync(host, "harbour?by=provider")).Select(p => $"{Text(p, "capacityProviderName")} {Number(p, "instances")} {Number(p, "tasks")}"));
    }

    [Fact]
    public async Task How_it_was_over_time_is_told_with_the_tasks_that_were_not_placed_and_what_is_not_known()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", HarbourEvents.Bytes, HttpStatusCode.Accepted);

        var history = await host.GetAsync("/api/v1/capacity/harbour/history?from=2026-03-02T07:00:00Z&to=2026-03-02T09:00:00Z&points=3");
        var moments = history.GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["2026-03-02T07:00:00.000Z False", "2026-03-02T08:00:00.000Z True", "2026-03-02T09:00:00.000Z True"], moments.Select(m => $"{Text(m, "at")} {m.GetProperty("isKnown").GetBoolean()}"));
        Assert.Equal((3, 2, 10_240, 4_096, 40.0, 4_096, 4, 4, 1, 0), (
            Number(moments[1], "instances"), Number(moments[1], "instancesTakingTasks"), Number(moments[1], "registeredCpu"), Number(moments[1], "reservedCpu"), moments[1].GetProperty("cpuReservation").GetDouble(),
            Number(moments[1], "availableCpu"), Number(moments[1], "tasks"), Number(moments[1], "runningTasks"), Number(moments[1], "placementFailures"), Number(moments[1], "silentSeconds")));
        Assert.Equal((3_600, 0), (Number(moments[2], "silentSeconds"), Number(moments[2], "placementFailures")));
        var mark = Assert.Single(history.GetProperty("placementFailures").EnumerateArray());
        Assert.Equal(("2026-03-02T08:00:00.000Z", "web", "RESOURCE:MEMORY"), (Text(mark, "at"), Text(mark, "serviceName"), Text(mark, "code")));
        Assert.Equal(
            "Nothing is stored from before 2026-03-02T08:00:00.000Z. Until 2026-03-02T09:00:00.000Z nothing had been compared with ECS: what had said nothing is not counted.", Text(history, "note"));
        foreach (var wrong in (string[])["points=1", "points=x", "from=2026-03-02&to=2026-03-01", "at=now"]) await host.GetAsync("/api/v1/capacity/harbour/history?" + wrong, HttpStatusCode.BadRequest);
        await host.GetAsync("/api/v1/capacity/nobody/history", HttpStatusCode.NotFound);

        // Of the minutes 0 to 2 two are between moments, with three instances each, and two of them with tasks.
        var scaling = Assert.Single((await host.GetAsync("/api/v1/capacity/harbour/scaling?from=2026-03-02T08:00:00Z&to=2026-03-02T08:02:30Z&target=90")).GetProperty("items").EnumerateArray());
        Assert.Equal((66.7, 0.1, 90), (scaling.GetProperty("capacityProviderReservation").GetDouble(), scaling.GetProperty("was").GetProperty("instanceHours").GetDouble(), Number(scaling.GetProperty("targets")[0], "target")));
        foreach (var wrong in (string[])["target=0", "target=a", "from=2026-01-01&to=2026-03-02", "points=3"]) await host.GetAsync("/api/v1/capacity/harbour/scaling?" + wrong, HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_placement_failure_says_what_the_cluster_has_and_what_would_have_fitted()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", HarbourEvents.Bytes, HttpStatusCode.Accepted);

        var failure = Assert.Single((await host.GetAsync("/api/v1/capacity/harbour")).GetProperty("placementFailures").EnumerateArray());
        Assert.Equal(("web", "RESOURCE:MEMORY", "b", 248), (Text(failure, "serviceName"), Text(failure, "code"), Text(failure.GetProperty("nearest"), "instance"), Number(failure.GetProperty("nearest"), "missingMemory")));
        Assert.Equal("2 instances take such tasks (1 more takes none); the nearest, b, misses 248 MiB.", Text(failure, "has"));
        Assert.Equal("An instance with 512 CPU units and 2048 MiB left would take it. As it is, a task with its CPU fits with at most 1800 MiB.", Text(failure, "wouldFit"));
    }

    [Fact]
    public async Task What_is_on_each_instance_can_be_drawn_as_it_is_and_as_it_would_be()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", HarbourEvents.Bytes, HttpStatusCode.Accepted);

        var now = await host.GetAsync("/api/v1/capacity/harbour/packing");
        Assert.Equal(["a: jobs 1, web 1", "b: web 1", "c: "], Drawn(now));
        var plan = await host.GetAsync("/api/v1/capacity/harbour/plan?room=none&packing=true");
        var then = Drawn(plan.GetProperty("packing"));
        Assert.Equal(Number(plan, "kept"), then.Length);
        Assert.Equal(plan.GetProperty("released").EnumerateArray().Select(i => Text(i, "instance")), Drawn(now).Select(line => line[..1]).Except(then.Select(line => line[..1])));
        Assert.False((await host.GetAsync("/api/v1/capacity/harbour/plan?room=none")).TryGetProperty("packing", out _));
        Assert.Equal("The parameter 'packing' is true or false.", Text(await host.GetAsync("/api/v1/capacity/harbour/plan?packing=maybe", HttpStatusCode.BadRequest), "detail"));
    }

    private static string[] Drawn(JsonElement packing)
    {
        var names = packing.GetProperty("workloads").EnumerateArray().Select(w => Text(w, "name")).ToList();
        return [.. packing.GetProperty("instances").EnumerateArray().Select(i => $"{Text(i, "instance")}: {string.Join(", ", i.GetProperty("tasks").EnumerateArray().Select(t => $"{names[t[0].GetInt32()]} {t[1]}"))}").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public async Task Of_several_clusters_of_a_name_one_is_told_by_account_and_region()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", HarbourEvents.Bytes, HttpStatusCode.Accepted);
        await host.PostAsync("/api/v1/events", HarbourEvents.Instance("far", "us-east-1a", 1_024, 1_024, 2_048, 2_048, region: "us-east-1"), HttpStatusCode.Accepted);

        Assert.Contains("123456789012:eu-west-1:harbour, 123456789012:us-east-1:harbour", Text(await host.GetAsync("/api/v1/capacity/harbour", HttpStatusCode.BadRequest), "detail"), StringComparison.Ordinal);
        foreach (var path in (string[])["harbour?region=us-east-1", "123456789012:us-east-1:harbour"]) Assert.Equal("far", Text(Assert.Single(await ItemsAsync(host, path)), "instance"));
        Assert.Equal(2, (await host.GetAsync("/api/v1/capacity")).GetProperty("items").GetArrayLength());
        Assert.Equal("eu-west-1", Text(Assert.Single((await host.GetAsync("/api/v1/capacity?region=eu-west-1")).GetProperty("items").EnumerateArray()), "region"));
    }

    [Fact]
    public async Task It_is_told_of_any_moment_and_page_by_page()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", HarbourEvents.Bytes, HttpStatusCode.Accepted);

        Assert.Equal(3, (await host.GetAsync("/api/v1/capacity/harbour?at=2026-03-02T08:01:00Z")).GetProperty("items").GetArrayLength());
        await host.GetAsync("/api/v1/capacity/harbour?at=2026-03-02T06:00:00Z", HttpStatusCode.NotFound);
        var first = await host.GetAsync("/api/v1/capacity/harbour?sort=-reservedCpu&limit=2");
        var rest = await host.GetAsync($"/api/v1/capacity/harbour?sort=-reservedCpu&limit=2&cursor={Text(first, "next")}");
        Assert.Equal(["a", "b", "c"], first.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).Select(i => Text(i, "instance")));
        Assert.Equal(JsonValueKind.Null, rest.GetProperty("next").ValueKind);
    }

    [Theory]
    [InlineData("capacity/nobody", HttpStatusCode.NotFound)]
    [InlineData("capacity?by=service", HttpStatusCode.BadRequest)]
    [InlineData("capacity/harbour?by=colour", HttpStatusCode.BadRequest)]
    [InlineData("capacity/harbour?by=zone&sort=fits", HttpStatusCode.BadRequest)]
    [InlineData("capacity?at=2999-01-01", HttpStatusCode.BadRequest)]
    public async Task What_cannot_be_is_refused(string path, HttpStatusCode status)
    {
        await using var host = await RunningHost.StartAsync();

        await host.GetAsync("/api/v1/" + path, status);
    }

    private static async Task<List<JsonElement>> ItemsAsync(RunningHost host, string path) => [.. (await host.GetAsync("/api/v1/capacity/" + path)).GetProperty("items").EnumerateArray()];

    private static string? Text(JsonElement e, string name) => e.GetProperty(name).GetString();

    private static int Number(JsonElement e, string name) => e.GetProperty(name).GetInt32();

    private static string Raw(JsonElement e, string name) => e.TryGetProperty(name, out var value) ? value.GetRawText() : "";
}
