using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Cluster;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>Rules that count, notices, and conditions over any store.</summary>
public abstract class RulesContract<TPlace> where TPlace : StorePlace, new()
{
    private static readonly ConditionRule AgentAway = new() { Name = "agent-disconnected", Condition = ConditionKind.AgentDisconnected, For = TimeSpan.FromMinutes(5) };
    private static readonly ConditionRule Draining = new() { Name = "draining", Condition = ConditionKind.Draining, For = TimeSpan.FromMinutes(10), Severity = Severity.Warning };

    private static readonly EventRule CrashLoop = new()
    {
        Name = "crash-loop", Pattern = Some.Pattern("""{"crowsnest":{"outcome":["failure"]}}"""), Count = new CountWindow(3, TimeSpan.FromMinutes(10)), GroupBy = ["cluster", "service"],
    };

    private static readonly EventRule Steadied = new() { Name = "steadied", Pattern = Some.Pattern("""{"crowsnest":{"outcome":["routine"]}}"""), IsNotice = true };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_counted_is_told_when_it_came_often_enough_and_lapses_otherwise()
    {
        await using var telling = await StartAsync(new RuleSet([], [CrashLoop]));
        await telling.SubmitAsync(Crash("a", 0), Crash("a", 0), Crash("b", 60), Crash("other", 0, "web"));
        await telling.PassAsync(TimeSpan.FromMinutes(12));
        Assert.Equal((0, 0L), (telling.Told.Count, await FiringAsync(telling)));

        await telling.RestartAsync();
        await telling.SubmitAsync(Crash("d", 720), Crash("c", 659));
        await telling.PassAsync(TimeSpan.FromMinutes(2));
        Assert.Empty(telling.Told);
        await telling.SubmitAsync(Crash("e", 725));
        await telling.PassAsync(TimeSpan.FromMinutes(2));

        var told = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.Equal(("crash-loop", Some.Noon.AddSeconds(659), 3L), (told.Labels["alertname"], told.FirstAt, told.Count));
        Assert.StartsWith("At least 3 times within 10 min: ", told.Summary, StringComparison.Ordinal);

        await telling.SubmitAsync(Steady(800));
        await telling.PassAsync(TimeSpan.FromMinutes(6));
        Assert.True(telling.Told[^1].IsResolved);
        await telling.SubmitAsync(Crash("f", 1_000), Crash("g", 1_010));
        await telling.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal((2, 0L), (telling.Told.Count, await FiringAsync(telling)));
    }

    [Fact]
    public async Task A_notice_is_told_once_for_each_event_and_is_over()
    {
        await using var telling = await StartAsync(new RuleSet([], [Steadied]));
        await telling.SubmitAsync(Steady(1), Steady(1), Steady(2));
        await telling.TickAsync();
        await telling.RestartAsync();
        await telling.SubmitAsync(Steady(1));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        telling.Time.Advance(TimeSpan.FromHours(5));
        await telling.TickAndSendAsync();

        var notice = Assert.Single(telling.Told);
        Assert.Equal((2, false), (notice.Incidents.Length, notice.IsResolved));
        Assert.All(await telling.Incidents.IncidentsAsync(10, Cancel), incident => Assert.Equal(IncidentState.Notice, incident.State));
        Assert.Equal(0L, await FiringAsync(telling));
    }

    [Fact]
    public async Task An_agent_that_flaps_tells_nobody_and_one_that_stays_away_is_told_once_and_when_it_is_back()
    {
        await using var telling = await StartAsync(conditions: AgentAway);
        await telling.SubmitAsync(SomeCluster.Instance(1, true, 0));
        for (var i = 0; i < 6; i++)
        {
            await telling.SubmitAsync(SomeCluster.Instance(2 + (2 * i), false, i * 600));
            await telling.PassAsync(TimeSpan.FromMinutes(4.5));
            await telling.SubmitAsync(SomeCluster.Instance(3 + (2 * i), true, (i * 600) + 270));
            telling.Time.Advance(TimeSpan.FromMinutes(5.5));
            await telling.TickAndSendAsync();
        }

        Assert.Equal((0, 0), (telling.Told.Count, (await telling.Incidents.IncidentsAsync(10, Cancel)).Count));
        await telling.SubmitAsync(SomeCluster.Instance(20, false, 3_600));
        await telling.PassAsync(TimeSpan.FromMinutes(4));
        await telling.RestartAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(8));
        var told = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.Equal(("agent-disconnected", "AgentDisconnected", "i0", "error"), (told.Labels["alertname"], told.Labels["kind"], told.Labels["instance"], told.Labels["severity"]));
        Assert.Equal((Some.Noon.AddHours(1), false), (told.FirstAt, told.IsResolved));

        await telling.RestartAsync();
        await telling.SubmitAsync(SomeCluster.Instance(21, true, 4_300));
        await telling.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal((2, true), (telling.Told.Count, telling.Told[1].IsResolved));
        Assert.Equal([StepKind.Opened, StepKind.Told, StepKind.Resolved, StepKind.Told], (await telling.OnlyIncidentAsync()).Steps.Select(step => step.Kind));
    }

    // The state of an instance does not say since when it is being drained: that is remembered, over a restart too, and forgotten when it ends.
    [Fact]
    public async Task What_no_state_says_the_beginning_of_is_remembered_from_when_it_was_seen()
    {
        await using var telling = await StartAsync(conditions: Draining);
        await telling.SubmitAsync(SomeCluster.Instance(1, true, 0, "DRAINING"));
        await telling.PassAsync(TimeSpan.FromMinutes(9));
        await telling.SubmitAsync(SomeCluster.Instance(2, true, 540));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(await telling.Incidents.IncidentsAsync(10, Cancel));

        await telling.SubmitAsync(SomeCluster.Instance(3, true, 600, "DRAINING"));
        await telling.PassAsync(TimeSpan.FromMinutes(5));
        await telling.RestartAsync();
        await telling.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Empty(telling.Told);
        Assert.Equal(IncidentState.Pending, (await telling.OnlyIncidentAsync()).State);
        Assert.Equal(0L, await FiringAsync(telling));
        await telling.PassAsync(TimeSpan.FromMinutes(2));

        Assert.Equal("warning", Assert.Single(Assert.Single(telling.Told).Incidents).Labels["severity"]);
        Assert.Equal(1L, await FiringAsync(telling));
    }

    [Fact]
    public async Task A_backlog_tells_of_nothing_that_is_over_and_of_what_still_holds_when_it_is_read()
    {
        await using var telling = await StartAsync(conditions: AgentAway);
        telling.Time.Advance(TimeSpan.FromHours(5));
        await telling.SubmitAsync(SomeCluster.Instance(1, false, 0), SomeCluster.Instance(1, false, 60, instance: "i1"), SomeCluster.Instance(1, true, 0, instance: "i2"));
        await telling.TickAsync();
        Assert.Empty(await telling.Incidents.IncidentsAsync(10, Cancel));
        telling.Time.Advance(TimeSpan.FromMinutes(1));
        await telling.TickAsync(behind: TimeSpan.FromHours(4.95));
        Assert.Empty(await telling.Incidents.IncidentsAsync(10, Cancel));
        await telling.TickAsync(behind: TimeSpan.FromHours(4.5));
        await telling.SendAsync();
        Assert.All(await telling.Incidents.IncidentsAsync(10, Cancel), incident => Assert.Equal((IncidentState.Firing, true), (incident.State, incident.Untold.Length > 0)));

        await telling.SubmitAsync(SomeCluster.Instance(2, true, 3_600));
        await telling.PassAsync(TimeSpan.FromMinutes(3));
        var told = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.Equal("i1", told.Labels["instance"]);
        Assert.Equal(1L, await FiringAsync(telling));
    }

    [Fact]
    public async Task What_was_over_before_its_group_was_sent_is_told_to_nobody()
    {
        await using var telling = await StartAsync(conditions: AgentAway);
        await telling.SubmitAsync(SomeCluster.Instance(1, false, 0));
        telling.Time.Advance(TimeSpan.FromMinutes(5));
        await telling.TickAsync();
        await telling.SubmitAsync(SomeCluster.Instance(2, true, 310));
        await telling.PassAsync(TimeSpan.FromMinutes(2));

        var incident = await telling.OnlyIncidentAsync();
        Assert.Equal((0, IncidentState.Resolved, "It was over before anybody was told."), (telling.Told.Count, incident.State, incident.Untold));
    }

    [Fact]
    public async Task Of_a_cluster_that_went_silent_nothing_is_resolved_but_it_expires()
    {
        await using var telling = await StartAsync(conditions: AgentAway);
        await telling.SubmitAsync(SomeCluster.Instance(1, false, 0));
        await telling.PassAsync(TimeSpan.FromMinutes(7));
        telling.Time.Advance(ConditionRules.SilentMax);
        await telling.TickAndSendAsync();

        Assert.False(Assert.Single(telling.Told).IsResolved);
        Assert.Equal(IncidentState.Expired, (await telling.OnlyIncidentAsync()).State);
    }

    [Fact]
    public async Task One_incident_has_all_that_its_group_holds_and_ends_with_the_last_of_it()
    {
        var all = AgentAway with { GroupBy = ["cluster"] };
        await using var telling = await StartAsync(conditions: all);
        await telling.SubmitAsync(SomeCluster.Instance(1, false, 0), SomeCluster.Instance(1, false, 30, instance: "i1"));
        await telling.PassAsync(TimeSpan.FromMinutes(7));
        Assert.Equal(2L, Assert.Single(Assert.Single(telling.Told).Incidents).Count);
        await telling.SubmitAsync(SomeCluster.Instance(2, true, 450));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(1L, (await telling.OnlyIncidentAsync()).Count);
        await telling.SubmitAsync(SomeCluster.Instance(2, true, 480, instance: "i1"));
        await telling.PassAsync(TimeSpan.FromMinutes(6));

        Assert.Equal([false, true], telling.Told.Select(n => n.IsResolved));
    }

    private static async Task<TellingHarness> StartAsync(RuleSet? rules = null, params ConditionRule[] conditions)
    {
        // Nothing here turns on less than a minute.
        var telling = await TellingHarness.StartAsync(new TPlace(), null, rules, conditions: conditions);
        telling.Step *= 2;
        return telling;
    }

    private static async Task<long> FiringAsync(TellingHarness telling) => (await telling.Incidents.CountsAsync(Cancel)).Firing;

    private static EcsEvent Crash(string task, int seconds, string service = "api") =>
        Some.Task("STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(1)], service: service, taskId: task, seconds: seconds);

    private static EcsEvent Steady(int seconds) =>
        Some.Event(EventKind.ServiceAction, new ActionDetail { EventType = "INFO", EventName = "SERVICE_STEADY_STATE" }, seconds, "api");
}
