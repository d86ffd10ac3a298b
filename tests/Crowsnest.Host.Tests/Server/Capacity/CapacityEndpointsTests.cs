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
