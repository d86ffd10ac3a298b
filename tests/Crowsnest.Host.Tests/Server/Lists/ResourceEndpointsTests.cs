using System.Net;
using System.Text.Json;
using static Crowsnest.Host.Tests.Server.Lists.ShopEvents;

namespace Crowsnest.Host.Tests.Server.Lists;

/// <summary>The clusters as they are, over HTTP.</summary>
public class ResourceEndpointsTests
{
    [Fact]
    public async Task Nothing_stored_is_an_empty_list()
    {
        await using var host = await RunningHost.StartAsync();

        foreach (var kind in (string[])["clusters", "services", "deployments", "tasks", "instances"])
            Assert.Equal("""{"items":[],"next":null}""", (await host.GetAsync("/api/v1/" + kind)).GetRawText());
    }

    [Fact]
    public async Task What_events_say_is_listed_at_once_under_ECSs_own_names()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync(
            "/api/v1/events",
            Lines(
                Task("a", "RUNNING", 3, -60), Task("b", "PENDING", 2, -50, extra: $",\"pullStartedAt\":\"{Time(-52)}\""), Task("c", "STOPPED", 5, -40, extra: ",\"stopCode\":\"EssentialContainerExited\",\"stoppedReason\":\"Essential container in task exited\""),
                Instance("i", -30), Action("SERVICE_DESIRED_COUNT_UPDATED", -20, ",\"desiredCount\":3"), Deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", -70)),
            HttpStatusCode.Accepted);

        var cluster = Assert.Single(await ItemsAsync(host, "clusters"));
        Assert.Equal(("shop", 1, 1, 1), (Text(cluster, "clusterName"), Number(cluster, "activeServicesCount"), Number(cluster, "runningTasksCount"), Number(cluster, "registeredContainerInstancesCount")));
        var service = Assert.Single(await ItemsAsync(host, "services?cluster=shop"));
        Assert.Equal(("web", 3, "serviceEvent", 1, 1), (Text(service, "serviceName"), Number(service, "desiredCount"), Text(service, "desiredCountFrom"), Number(service, "runningCount"), Number(service, "pendingCount")));
        Assert.Equal(("ImagePull", "EssentialContainerExited"), (Text(service.GetProperty("pendingReason"), "code"), Text(service.GetProperty("lastFailure"), "kind")));
        var deployment = Assert.Single(await ItemsAsync(host, "deployments"));
        Assert.Equal(("ecs-svc/1", "IN_PROGRESS", 1, 1), (Text(deployment, "id"), Text(deployment, "rolloutState"), Number(deployment, "runningCount"), Number(deployment, "failedTasks")));
        Assert.Equal(["a RUNNING 3", "b PENDING 2"], (await ItemsAsync(host, "tasks")).Select(t => $"{Text(t, "taskId")} {Text(t, "lastStatus")} {Number(t, "version")}"));
        Assert.Equal(["c STOPPED 5"], (await ItemsAsync(host, "tasks?stopped=true&lastStatus=stopped")).Select(t => $"{Text(t, "taskId")} {Text(t, "lastStatus")} {Number(t, "version")}"));
        var instance = Assert.Single(await ItemsAsync(host, "instances?name=i"));
        Assert.Equal((4096, 1024, 3072, false), (Number(instance, "registeredCpu"), Number(instance, "remainingCpu"), Number(instance, "usedCpu"), instance.GetProperty("agentConnected").GetBoolean()));
        Assert.Equal("[22,8080]", instance.GetProperty("usedPorts").GetRawText());
    }

    [Fact]
    public async Task What_was_stored_is_there_after_a_restart_and_what_stopped_long_ago_where_it_is_asked_for()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Lines(Task("live", "RUNNING", 3, -60), Task("gone", "STOPPED", 5, -7_200)), HttpStatusCode.Accepted);
        await using var again = await host.RestartAsync(TimeSpan.Zero);

        Assert.Equal(["live"], (await ItemsAsync(again, "tasks")).Select(t => Text(t, "taskId")));
        Assert.Equal(["gone", "live"], (await ItemsAsync(again, "tasks?stopped=true")).Select(t => Text(t, "taskId")));
    }

    [Fact]
    public async Task How_it_was_is_listed_for_any_moment_with_what_may_be_missing()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync(
            "/api/v1/events", Lines(Task("a", "STOPPED", 5, -20), Task("a", "RUNNING", 3, -60), Task("b", "RUNNING", 3, -40), Action("SERVICE_DESIRED_COUNT_UPDATED", -50, ",\"desiredCount\":3")), HttpStatusCode.Accepted);

        Assert.Equal(["a RUNNING"], await TasksAsync("at=" + Time(-45)));
        Assert.Equal(["a RUNNING", "b RUNNING"], await TasksAsync("at=" + Time(-30)));
        Assert.Equal(["b RUNNING"], await TasksAsync("at=" + Time(-10)));
        Assert.Equal(["a STOPPED", "b RUNNING"], await TasksAsync("stopped=true&at=" + Time(-10)));
        var service = Assert.Single(await ItemsAsync(host, "services?at=" + Time(-45)));
        Assert.Equal((3, 1), (Number(service, "desiredCount"), Number(service, "runningCount")));
        var then = await host.GetAsync("/api/v1/clusters?at=" + Time(-45));
        Assert.StartsWith("Until then nothing had been compared with ECS", Text(then, "note"), StringComparison.Ordinal);
        Assert.Equal((Time(-45)[..19], 0), (Text(then, "at")![..19], then.GetProperty("items")[0].GetProperty("silentSeconds").GetInt32() / 10));
        var before = await host.GetAsync("/api/v1/tasks?at=2001-01-01");
        Assert.Equal(0, before.GetProperty("items").GetArrayLength());
        Assert.StartsWith("Nothing is stored from before", Text(before, "note"), StringComparison.Ordinal);

        async Task<string[]> TasksAsync(string query) => [.. (await ItemsAsync(host, "tasks?" + query)).Select(t => $"{Text(t, "taskId")} {Text(t, "lastStatus")}")];
    }

    [Fact]
    public async Task Pages_follow_each_other_in_any_order_that_is_offered()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Lines([.. Enumerable.Range(0, 25).Select(i => Task($"t{i:00}", "RUNNING", 1, -100 + i))]), HttpStatusCode.Accepted);

        var ids = new List<string?>();
        for (var cursor = ""; cursor is not null;)
        {
            var page = await host.GetAsync($"/api/v1/tasks?sort=-updatedAt&limit=10{(cursor.Length > 0 ? "&cursor=" + cursor : "")}");
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(t => Text(t, "taskId")));
            cursor = page.GetProperty("next").GetString();
        }

        Assert.Equal(Enumerable.Range(0, 25).Reverse().Select(i => $"t{i:00}"), ids);
    }

    [Theory]
    [InlineData("tasks?sort=colour")]
    [InlineData("tasks?cursor=nonsense")]
    [InlineData("tasks?stopped=perhaps")]
    [InlineData("services?stopped=true")]
    [InlineData("clusters?limit=0")]
    [InlineData("tasks?at=soon")]
    [InlineData("tasks?at=2999-01-01")]
    [InlineData("status?at=now&to=now")]
    public async Task What_cannot_be_is_refused(string path)
    {
        await using var host = await RunningHost.StartAsync();

        await host.GetAsync("/api/v1/" + path, HttpStatusCode.BadRequest);
    }

    private static async Task<List<JsonElement>> ItemsAsync(RunningHost host, string path) => [.. (await host.GetAsync("/api/v1/" + path)).GetProperty("items").EnumerateArray()];

    private static string? Text(JsonElement e, string name) => e.GetProperty(name).GetString();

    private static int Number(JsonElement e, string name) => e.GetProperty(name).GetInt32();
}
