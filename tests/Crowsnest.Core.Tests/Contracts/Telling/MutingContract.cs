using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What is muted is not told, is not forgotten, and is told once when that ends, over any store and through restarts.</summary>
public abstract class MutingContract<TPlace> where TPlace : StorePlace, new()
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_a_silence_hides_is_told_once_when_it_ends_with_a_note()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Crash("t1"));
        await telling.SilenceAsync("cluster=prod, kind=~Essential.*", TimeSpan.FromMinutes(4));
        await telling.TickAndSendAsync();
        await LaterAsync(telling, TimeSpan.FromMinutes(1));
        await telling.RestartAsync();
        Assert.Empty(telling.Told);
        var hidden = await telling.OnlyIncidentAsync();
        Assert.Equal((MuteKind.Silenced, "Silenced by anna: deploy"), (hidden.Mute!.Kind, hidden.Mute.Text));
        Assert.Equal(Some.Noon.AddMinutes(4), await telling.Incidents.NextDueAsync(Cancel));

        await LaterAsync(telling, TimeSpan.FromMinutes(3));
        await LaterAsync(telling, TimeSpan.FromMinutes(6));

        Assert.Equal("Silenced by anna: deploy (2026-03-02 12:01 to 12:04 UTC)", Assert.Single(telling.Told).Incidents.Single().Note);
        var incident = await telling.OnlyIncidentAsync();
        Assert.Null(incident.Mute);
        Assert.Equal([StepKind.Opened, StepKind.Muted, StepKind.Unmuted, StepKind.Told], incident.Steps.Select(s => s.Kind));
        Assert.Equal("Silenced by anna: deploy (until 2026-03-02 12:04 UTC)", incident.Steps[1].Text);
    }

    [Fact]
    public async Task Ends_and_repeats_wait_for_the_silences_end_and_what_nobody_heard_of_says_why()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "ops", RepeatInterval = TimeSpan.FromMinutes(6) } });
        await telling.SubmitAsync(Crash("t1"), Crash("t2", "search"));
        await telling.TickAndSendAsync();
        await LaterAsync(telling, TimeSpan.FromSeconds(30));
        await telling.SilenceAsync("cluster=prod", TimeSpan.FromMinutes(15));
        await telling.SubmitAsync(Crash("t3", "billing", seconds: 40));
        await LaterAsync(telling, TimeSpan.FromMinutes(5));
        await telling.SubmitAsync(Steady(300), Steady(301, "billing"));
        await LaterAsync(telling, TimeSpan.FromMinutes(7));
        Assert.Equal([false, false], telling.Told.Select(n => n.IsResolved));

        await LaterAsync(telling, TimeSpan.FromMinutes(5));

        Assert.Equal(["api resolved", "search goes on"], telling.Told.Skip(2).Select(n => $"{n.Incidents.Single().Labels["service"]} {(n.IsResolved ? "resolved" : "goes on")}").Order());
        Assert.All(telling.Told.Skip(2), n => Assert.StartsWith("Silenced by anna", n.Incidents.Single().Note, StringComparison.Ordinal));

        // The note is news once.
        await LaterAsync(telling, TimeSpan.FromMinutes(7));
        Assert.Equal(("search", ""), (telling.Told[^1].Incidents.Single().Labels["service"], telling.Told[^1].Incidents.Single().Note));
        var untold = (await telling.Incidents.IncidentsAsync(9, Cancel)).Single(i => i.Lead.Labels["service"] == "billing");
        Assert.Equal(("Silenced by anna: deploy", null, IncidentState.Resolved), (untold.Untold, untold.ToldAt, untold.State));
    }

    // ECS says of one bad deployment that tasks fail, that they cannot be started, and that the deployment failed; in any order.
    [Fact]
    public async Task A_bad_deployment_is_one_message_whatever_comes_first()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "ops" }, InhibitRules = InhibitRule.Shipped });
        await telling.SubmitAsync(Failed(0));
        await telling.TickAndSendAsync();
        telling.Time.Advance(TimeSpan.FromSeconds(20));
        await telling.SubmitAsync(Crash("t1", seconds: 5), Crash("t2", seconds: 6));
        await telling.TickAndSendAsync();
        await LaterAsync(telling, TimeSpan.FromSeconds(40));
        await telling.RestartAsync();
        await LaterAsync(telling, TimeSpan.FromMinutes(6));

        Assert.Equal("EssentialContainerExited 2", Assert.Single(telling.Told).Incidents.Select(i => $"{i.Labels["kind"]} {i.Count}").Single());
        var inhibited = (await telling.Incidents.IncidentsAsync(9, Cancel)).Single(i => i.Lead.Labels["kind"] == "DeploymentFailed");
        Assert.Equal((MuteKind.Inhibited, telling.Told[0].Incidents[0].Id), (inhibited.Mute!.Kind, inhibited.Mute.By));

        // When the tasks' incident is over and the deployment's is not, it is told after all.
        await new IncidentActions(new TellingOptions { Route = new Route { Receiver = "ops" } }).ApplyAsync(
            telling.Incidents, inhibited.Mute.By, new IncidentAction(IncidentVerb.Resolve, "ann"), telling.Time.GetUtcNow(), Cancel);
        await LaterAsync(telling, TimeSpan.FromMinutes(6));
        Assert.StartsWith($"Inhibited by incident {inhibited.Mute.By}", telling.Told.Single(n => n.Incidents[0].Id == inhibited.Id).Incidents[0].Note, StringComparison.Ordinal);
    }

    // What was inhibited and is over together with what inhibited it: nobody heard that it began.
    [Fact]
    public async Task A_bad_deployment_whose_incidents_end_together_ends_with_one_message_too()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "ops" }, InhibitRules = InhibitRule.Shipped });
        await telling.SubmitAsync(Crash("t1", seconds: 5), Failed(6));
        await telling.PassAsync(TimeSpan.FromMinutes(2));
        await telling.SubmitAsync(Steady(130));
        await telling.PassAsync(TimeSpan.FromMinutes(15));

        Assert.Equal(["firing EssentialContainerExited", "resolved EssentialContainerExited"], telling.Told.SelectMany(n => n.Incidents).Select(i => $"{(i.IsResolved ? "resolved" : "firing")} {i.Labels["kind"]}"));
        var inhibited = (await telling.Incidents.IncidentsAsync(9, Cancel)).Single(i => i.Lead.Labels["kind"] == "DeploymentFailed");
        Assert.Equal((IncidentState.Resolved, null), (inhibited.State, inhibited.Mute));
        Assert.StartsWith("Inhibited by incident ", inhibited.Untold, StringComparison.Ordinal);
    }

    // Goal: who was told of the tasks is not told of the deployment too, though all of it was over before anybody looked at the deployment for the first time.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_began_beside_what_inhibits_it_is_not_told_after_that_ends(bool isOneCommit)
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "ops" }, InhibitRules = InhibitRule.Shipped });
        await telling.SubmitAsync(Crash("t1", seconds: 5));
        await telling.PassAsync(TimeSpan.FromMinutes(2));
        await telling.SubmitAsync(isOneCommit ? [Failed(130), Steady(135)] : [Failed(130)]);
        await telling.TickAndSendAsync();
        if (!isOneCommit) await telling.SubmitAsync(Steady(135));
        await telling.PassAsync(TimeSpan.FromMinutes(15));

        Assert.Equal(["firing EssentialContainerExited", "resolved EssentialContainerExited"], telling.Told.SelectMany(n => n.Incidents).Select(i => $"{(i.IsResolved ? "resolved" : "firing")} {i.Labels["kind"]}"));
        var inhibited = (await telling.Incidents.IncidentsAsync(9, Cancel)).Single(i => i.Lead.Labels["kind"] == "DeploymentFailed");
        Assert.StartsWith("Inhibited by incident ", inhibited.Untold, StringComparison.Ordinal);
    }

    private static Task<TellingHarness> StartAsync() => TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "ops" } });

    private static async Task LaterAsync(TellingHarness telling, TimeSpan time)
    {
        telling.Time.Advance(time);
        await telling.TickAndSendAsync();
    }

    private static EcsEvent Crash(string task, string service = "api", int seconds = 0) =>
        Some.Task("STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(1)], service: service, taskId: task, seconds: seconds);

    private static EcsEvent Failed(int seconds, string service = "api") =>
        Some.Event(EventKind.ServiceAction, new ActionDetail { EventType = "ERROR", EventName = "SERVICE_DEPLOYMENT_FAILED" }, seconds, service);

    private static EcsEvent Steady(int seconds, string service = "api") =>
        Some.Event(EventKind.ServiceAction, new ActionDetail { EventType = "INFO", EventName = "SERVICE_STEADY_STATE" }, seconds, service);
}
