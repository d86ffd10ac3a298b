using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>How incidents end and go on over any store: by what the events show, and by what people say.</summary>
public abstract class LifecycleContract<TPlace> where TPlace : StorePlace, new()
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_steady_state_after_the_last_failure_resolves_and_that_is_told_once()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Crash("t1"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Steady(90), Steady(95));
        await telling.SubmitAsync(Steady(90));
        await telling.TickAsync();
        await telling.RestartAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(20));

        Assert.Equal([false, true], telling.Told.Select(n => n.IsResolved));
        var over = telling.Told[1].Incidents.Single();
        Assert.Equal((Some.Noon.AddSeconds(95), "The service reached a steady state."), (over.ResolvedAt!.Value, over.Resolution));
        var incident = await telling.OnlyIncidentAsync();
        Assert.Equal(IncidentState.Resolved, incident.State);
        Assert.Equal([StepKind.Opened, StepKind.Told, StepKind.Resolved, StepKind.Told], incident.Steps.Select(s => s.Kind));
        Assert.Equal(telling.Told.Select(n => n.NotificationId), incident.Steps.Where(s => s.Kind == StepKind.Told).Select(s => s.NotificationId));
        Assert.Equal((0L, 0L), await CountsAsync(telling));
    }

    [Fact]
    public async Task What_was_said_before_the_last_failure_or_of_another_resolves_nothing()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Steady(5), Crash("t1", seconds: 10), Steady(20, "billing"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Steady(8), Steady(10));
        await telling.PassAsync(TimeSpan.FromMinutes(10));

        Assert.False(Assert.Single(telling.Told).IsResolved);
        Assert.Equal(IncidentState.Firing, (await telling.OnlyIncidentAsync()).State);
    }

    // Events come in any order: the all-clear may be there before the failure that it ends. Such a failure is told all the same, once, as over.
    [Fact]
    public async Task A_failure_that_comes_after_its_own_all_clear_is_told_as_over()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Steady(60));
        await telling.TickAndSendAsync();
        await telling.RestartAsync();
        await telling.SubmitAsync(Crash("t1", seconds: 10));
        await telling.PassAsync(TimeSpan.FromMinutes(20));

        Assert.True(Assert.Single(telling.Told).IsResolved);
        Assert.Equal(IncidentState.Resolved, (await telling.OnlyIncidentAsync()).State);
    }

    [Fact]
    public async Task A_failure_after_the_end_reopens_it_and_is_told_again()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Crash("t1"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Steady(70));
        await telling.PassAsync(TimeSpan.FromMinutes(8));
        await telling.SubmitAsync(Crash("late", seconds: 30));
        await telling.PassAsync(TimeSpan.FromMinutes(8));
        Assert.Equal([false, true], telling.Told.Select(n => n.IsResolved));

        await telling.SubmitAsync(Crash("t2", seconds: 20 * 60));
        await telling.PassAsync(TimeSpan.FromMinutes(8));
        await telling.SubmitAsync(Steady(30 * 60));
        await telling.PassAsync(TimeSpan.FromMinutes(8));

        Assert.Equal([false, true, false, true], telling.Told.Select(n => n.IsResolved));
        Assert.Equal([1L, 1L, 3L, 3L], telling.Told.Select(n => n.Incidents.Single().Count));
        Assert.Equal(4, telling.Told.Select(n => n.NotificationId).Distinct().Count());
        Assert.Contains(StepKind.Reopened, (await telling.OnlyIncidentAsync()).Steps.Select(s => s.Kind));
    }

    // Goal: a crash loop that looks well between its crashes is told as over twice, and then only when it has been well for long. Method: a crash each eight minutes, and the service steady after each.
    [Fact]
    public async Task What_comes_back_again_and_again_goes_on_until_it_has_been_well_for_a_while()
    {
        await using var telling = await StartAsync();
        for (var minute = 0; minute < 80; minute += 8)
        {
            await telling.SubmitAsync(Crash($"t{minute}", seconds: minute * 60));
            await telling.PassAsync(TimeSpan.FromMinutes(1));
            await telling.SubmitAsync(Steady((minute * 60) + 50));
            await telling.PassAsync(TimeSpan.FromMinutes(7));
        }

        Assert.Equal([false, true, false, true, false], telling.Told.Select(n => n.IsResolved));
        Assert.Equal(IncidentState.Firing, (await telling.OnlyIncidentAsync()).State);

        await telling.PassAsync(TimeSpan.FromMinutes(10));
        var over = await telling.OnlyIncidentAsync();
        Assert.Equal((IncidentState.Resolved, Some.Noon.AddSeconds((72 * 60) + 50), 10L), (over.State, over.ResolvedAt!.Value, over.Count));
        Assert.True(telling.Told[^1].IsResolved);
    }

    [Fact]
    public async Task Whoever_wants_no_ends_hears_of_what_began_though_it_has_ended()
    {
        await using var telling = await StartAsync();
        telling.SendResolved = false;
        await telling.SubmitAsync(Crash("t1"), Steady(5));
        await telling.PassAsync(TimeSpan.FromMinutes(20));
        await telling.SubmitAsync(Crash("t2", seconds: 25 * 60));
        await telling.PassAsync(TimeSpan.FromMinutes(10));
        await telling.SubmitAsync(Steady(35 * 60));
        await telling.PassAsync(TimeSpan.FromMinutes(20));

        Assert.Equal([true, false], telling.Told.Select(n => n.IsResolved));
    }

    // What somebody saw before anybody was told needs no telling, and its group does not wait for it for ever.
    [Fact]
    public async Task What_was_acknowledged_before_it_was_told_is_not_told_and_nothing_waits_for_it()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Crash("t1"));
        await telling.TickAsync();
        await telling.ActAsync(IncidentVerb.Acknowledge);
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Steady(70));
        await telling.PassAsync(TimeSpan.FromMinutes(10));

        Assert.Empty(telling.Told);
        Assert.Null(await telling.Incidents.NextDueAsync(Cancel));
    }

    [Fact]
    public async Task An_end_is_no_news_to_whoever_wants_none_and_one_that_expired_is_told_anew_when_it_goes_on()
    {
        var options = new TellingOptions { Route = new Route { Receiver = "ops", GroupBy = ["cluster"] } };
        await using var telling = await TellingHarness.StartAsync(new TPlace(), options);
        telling.SendResolved = false;
        await telling.SubmitAsync(Crash("t1"), Crash("t2", "billing"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Steady(70, "billing"));
        await telling.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal([2], telling.Told.Select(n => n.Incidents.Length));

        // The other keeps the group.
        await telling.SubmitAsync(Crash("t3", "search", 11 * 60));
        await telling.PassAsync(TimeSpan.FromMinutes(55));
        var api = (await telling.Incidents.IncidentsAsync(10, Cancel)).Single(i => i.Lead.Labels["service"] == "api");
        Assert.Equal(IncidentState.Expired, api.State);
        var before = telling.Told.Count;
        await new IncidentActions(options).ApplyAsync(telling.Incidents, api.Id, new IncidentAction(IncidentVerb.Reopen, "ann"), telling.Time.GetUtcNow(), Cancel);
        await telling.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(before + 1, telling.Told.Count);
    }

    [Fact]
    public async Task Acknowledged_is_quiet_until_it_is_over()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "ops", RepeatInterval = TimeSpan.FromHours(1) } });
        await telling.SubmitAsync(Crash("t1"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("ann", (await telling.ActAsync(IncidentVerb.Acknowledge, "on it")).Incident!.AcknowledgedBy);
        Assert.Contains("ann", (await telling.ActAsync(IncidentVerb.Acknowledge)).Refusal, StringComparison.Ordinal);
        for (var half = 1; half <= 3; half++)
        {
            await telling.SubmitAsync(Crash("t" + (half + 1), seconds: (half * 30 * 60) + 30));
            await telling.PassAsync(TimeSpan.FromMinutes(30));
        }

        Assert.Single(telling.Told);
        await telling.SubmitAsync(Steady((90 * 60) + 60));
        await telling.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal([false, true], telling.Told.Select(n => n.IsResolved));

        // The next failure is news again.
        await telling.SubmitAsync(Crash("again", seconds: (90 * 60) + 600));
        await telling.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal("", (await telling.OnlyIncidentAsync()).AcknowledgedBy);
        Assert.Equal(3, telling.Told.Count);
    }

    [Fact]
    public async Task People_resolve_reopen_assign_and_comment_and_what_makes_no_sense_is_refused()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Crash("t1"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal("It is not over.", (await telling.ActAsync(IncidentVerb.Reopen)).Refusal);
        Assert.NotEmpty((await telling.ActAsync(IncidentVerb.Comment)).Refusal);
        await telling.ActAsync(IncidentVerb.Assign, "bob");
        await telling.ActAsync(IncidentVerb.Comment, "looks like the new image");
        await telling.ActAsync(IncidentVerb.Resolve, "rolled back");
        Assert.NotEmpty((await telling.ActAsync(IncidentVerb.Resolve)).Refusal);
        await telling.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal(("rolled back", true), (telling.Told[^1].Incidents.Single().Resolution, telling.Told[^1].IsResolved));

        await telling.RestartAsync();
        await telling.ActAsync(IncidentVerb.Reopen, "it was not that");
        await telling.PassAsync(TimeSpan.FromMinutes(10));

        Assert.Equal([false, true, false], telling.Told.Select(n => n.IsResolved));
        var incident = await telling.OnlyIncidentAsync();
        Assert.Equal((IncidentState.Firing, "bob", null), (incident.State, incident.Assignee, incident.ResolvedAt));
        Assert.Equal(["rolled back", "it was not that"], incident.Steps.Where(s => s.Kind is StepKind.Resolved or StepKind.Reopened).Select(s => s.Text));
        Assert.Null((await new IncidentActions(Options).ApplyAsync(telling.Incidents, "none", new IncidentAction(IncidentVerb.Comment, "ann", "x"), telling.Time.GetUtcNow(), Cancel)).Incident);
    }

    [Fact]
    public async Task Silence_ends_nothing_while_less_runs_than_should()
    {
        await using var telling = await StartAsync();
        telling.IsShort = true;
        await telling.SubmitAsync(Crash("t1"));
        await telling.PassAsync(TimeSpan.FromHours(2));
        Assert.Equal((1L, 0L), await CountsAsync(telling));

        telling.IsShort = false;
        await telling.PassAsync(TimeSpan.FromMinutes(10));
        Assert.Equal((0L, 1L), await CountsAsync(telling));
        Assert.All(telling.Told, n => Assert.False(n.IsResolved));
    }

    [Fact]
    public async Task A_later_task_of_a_family_that_ends_well_resolves_its_failure()
    {
        await using var telling = await StartAsync();
        await telling.SubmitAsync(Job("bad", 1, 0));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Job("good", 0, 120));
        await telling.PassAsync(TimeSpan.FromMinutes(10));

        Assert.Equal([false, true], telling.Told.Select(n => n.IsResolved));
    }

    [Fact]
    public async Task Each_route_that_takes_it_tells_it_by_its_own_times()
    {
        var payments = new Route { Receiver = "testers", Matchers = MatcherText.Parse("service=~pay-.*"), Continue = true, GroupWait = TimeSpan.Zero };
        var rest = new Route { Receiver = "ops", Matchers = MatcherText.Parse("cluster=prod"), GroupBy = ["cluster"] };
        await using var telling = await TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "nobody", Routes = [payments, rest] } });
        await telling.SubmitAsync(Crash("t1", "pay-api"), Crash("t2"));
        await telling.TickAndSendAsync();
        Assert.Equal(["testers"], telling.Told.Select(n => n.Receiver));
        await telling.RestartAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Steady(100, "pay-api"));
        await telling.PassAsync(TimeSpan.FromMinutes(20));

        Assert.Equal(["testers 1 firing", "testers 1 resolved"], Told("testers"));
        Assert.Equal(["ops 2 firing", "ops 2 firing"], Told("ops"));
        Assert.Equal("{}/{cluster=\"prod\"}:{cluster=\"prod\"}", telling.Told.First(n => n.Receiver == "ops").GroupKey);

        IEnumerable<string> Told(string receiver) => telling.Told.Where(n => n.Receiver == receiver).Select(n => $"{receiver} {n.Incidents.Length} {(n.IsResolved ? "resolved" : "firing")}");
    }

    private static readonly TellingOptions Options = new() { Route = new Route { Receiver = "ops" } };

    private static Task<TellingHarness> StartAsync() => TellingHarness.StartAsync(new TPlace(), Options);

    private static EcsEvent Crash(string task, string service = "api", int seconds = 0) =>
        Some.Task("STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(1)], service: service, taskId: task, seconds: seconds);

    private static EcsEvent Job(string task, int exitCode, int seconds) => Some.Task(
        "STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(exitCode)], service: "", taskId: task, startedBy: "cron", seconds: seconds, family: "job");

    private static EcsEvent Steady(int seconds, string service = "api") =>
        Some.Event(EventKind.ServiceAction, new ActionDetail { EventType = "INFO", EventName = "SERVICE_STEADY_STATE" }, seconds, service);

    private static async Task<(long, long)> CountsAsync(TellingHarness telling)
    {
        var counts = await telling.Incidents.CountsAsync(Cancel);
        return (counts.Firing, counts.Expired);
    }
}
