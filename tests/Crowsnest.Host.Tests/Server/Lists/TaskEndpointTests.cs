using System.Net;
using System.Text.Json;
using static Crowsnest.Host.Tests.Server.Lists.ShopEvents;

namespace Crowsnest.Host.Tests.Server.Lists;

/// <summary>A task's flight recorder.</summary>
public class TaskEndpointTests
{
    // Goal: a link to a task tells its story, whatever came in between. Method: its events in disorder among those of a sibling, another deployment's task, its service
    // and another service; an hour of it in the past, so that memory has let go of it.
    [Fact]
    public async Task A_task_has_its_events_phases_diagnosis_siblings_and_what_its_service_said()
    {
        await using var host = await RunningHost.StartAsync();
        var times = $",\"createdAt\":\"{Time(-7_300)}\",\"pullStartedAt\":\"{Time(-7_290)}\",\"pullStoppedAt\":\"{Time(-7_280)}\",\"startedAt\":\"{Time(-7_270)}\"";
        await host.PostAsync(
            "/api/v1/events",
            Lines(
                ShopEvents.Task("dead", "STOPPED", 5, -7_200, extra: $"{times},\"stoppingAt\":\"{Time(-7_210)}\",\"stoppedAt\":\"{Time(-7_200)}\",\"stopCode\":\"EssentialContainerExited\",\"stoppedReason\":\"Essential container in task exited\""),
                ShopEvents.Task("dead", "RUNNING", 3, -7_270, extra: times), ShopEvents.Task("sibling", "RUNNING", 3, -60), ShopEvents.Task("dead", "PENDING", 2, -7_290),
                Action("SERVICE_TASK_START_IMPAIRED", -7_100, ""), Action("SERVICE_STEADY_STATE", -3_000, ""), Action("SERVICE_STEADY_STATE", -7_250, "").Replace("service/shop/web", "service/shop/other", StringComparison.Ordinal),
                Deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", -7_310)),
            HttpStatusCode.Accepted);
        await using var again = await host.RestartAsync(TimeSpan.Zero);

        var record = await again.GetAsync("/api/v1/tasks/dead");

        Assert.Equal(("dead", "STOPPED", 5), (Text(record.GetProperty("task"), "taskId"), Text(record.GetProperty("task"), "lastStatus"), record.GetProperty("task").GetProperty("version").GetInt32()));
        Assert.Equal(("EssentialContainerExited", "failure", "error"), (Text(record.GetProperty("diagnosis"), "kind"), Text(record.GetProperty("diagnosis"), "outcome"), Text(record.GetProperty("diagnosis"), "severity")));
        Assert.Equal(
            ["provisioning 10", "pulling 10", "starting 10", "running 60", "stopping 10"],
            record.GetProperty("phases").EnumerateArray().Select(phase => $"{Text(phase, "phase")} {phase.GetProperty("seconds").GetDouble():0}"));
        Assert.Equal(["PENDING", "RUNNING", "STOPPED"], Events(record, "events").Select(e => Text(e.GetProperty("event").GetProperty("detail"), "lastStatus")));
        Assert.Equal(["sibling"], Events(record, "siblings").Select(sibling => Text(sibling, "taskId")));
        Assert.Equal(["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_TASK_START_IMPAIRED"], Events(record, "serviceEvents").Select(e => Text(e.GetProperty("event").GetProperty("detail"), "eventName")));
        Assert.Equal(JsonValueKind.Null, record.GetProperty("cut").ValueKind);
    }

    [Fact]
    public async Task A_task_that_runs_has_no_diagnosis_and_its_last_phase_goes_on()
    {
        await using var host = await RunningHost.StartAsync();
        await host.PostAsync("/api/v1/events", Lines(ShopEvents.Task("a", "RUNNING", 3, -60, extra: $",\"createdAt\":\"{Time(-80)}\",\"startedAt\":\"{Time(-60)}\"")), HttpStatusCode.Accepted);

        var record = await host.GetAsync("/api/v1/tasks/A");

        Assert.Equal(JsonValueKind.Null, record.GetProperty("diagnosis").ValueKind);
        Assert.Equal(["provisioning True", "running False"], record.GetProperty("phases").EnumerateArray().Select(phase => $"{Text(phase, "phase")} {phase.TryGetProperty("to", out _)}"));
        Assert.Empty(Events(record, "siblings"));
    }

    [Fact]
    public async Task A_task_that_nothing_is_stored_of_is_not_found_and_why_that_may_be_is_said()
    {
        await using var host = await RunningHost.StartAsync();

        var problem = await host.GetAsync("/api/v1/tasks/none", HttpStatusCode.NotFound);

        Assert.Contains("none of its events has come", Text(problem, "detail"), StringComparison.Ordinal);
    }

    private static List<JsonElement> Events(JsonElement record, string name) => [.. record.GetProperty(name).EnumerateArray()];

    private static string? Text(JsonElement e, string name) => e.GetProperty(name).GetString();
}
