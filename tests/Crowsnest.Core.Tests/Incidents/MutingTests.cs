using System.Collections.Immutable;
using System.Globalization;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Core.Tests.Incidents;

public sealed class MutingTests
{
    private static readonly InhibitRule Critical = new() { Sources = MatcherText.Parse("severity=critical"), Targets = MatcherText.Parse("severity=~warning|critical"), Equal = ["cluster", "team"] };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("severity=critical cluster=prod", "severity=warning cluster=prod", true)]
    [InlineData("severity=critical cluster=prod", "severity=warning cluster=test", false)]
    [InlineData("severity=critical cluster=prod team=a", "severity=warning cluster=prod", false)] // A missing label has the empty value.
    [InlineData("severity=error cluster=prod", "severity=warning cluster=prod", false)]
    [InlineData("severity=critical cluster=prod", "severity=info cluster=prod", false)]
    [InlineData("severity=critical cluster=prod", "severity=critical cluster=prod", false)] // Both are both.
    public void A_source_inhibits_a_target_that_is_equal_in_the_named_labels(string source, string target, bool expected) =>
        Assert.Equal(expected, Critical.Inhibits(Labels(source), Labels(target)));

    [Fact]
    public void A_target_that_is_a_source_too_is_inhibited_by_one_that_is_no_target()
    {
        var rule = Critical with { Sources = MatcherText.Parse("severity=~critical|fatal") };

        Assert.True(rule.Inhibits(Labels("severity=fatal"), Labels("severity=critical")));
    }

    [Fact]
    public void Of_several_silences_the_one_that_ends_last_speaks_and_what_tries_the_way_is_never_muted()
    {
        Silence[] silences =
        [
            SomeIncident.Silence("short", MatcherText.Parse("cluster=prod")),
            SomeIncident.Silence("long", MatcherText.Parse("cluster=prod")) with { EndsAt = Some.Noon.AddHours(3), Comment = "migration" },
            SomeIncident.Silence("later", MatcherText.Parse("cluster=prod")) with { StartsAt = Some.Noon.AddHours(2), EndsAt = Some.Noon.AddHours(9) },
        ];
        var muting = new Muting(Options(), silences, [], Some.Noon);

        Assert.Equal(("long", "Silenced by anna: migration", Some.Noon.AddHours(3)), muting.Of(Of("a", "cluster=prod")) is { } mute ? (mute.By, mute.Text, mute.Until) : default);
        Assert.Null(muting.Of(Of("b", "cluster=test")));
        Assert.Null(muting.Of(Of("c", "cluster=prod synthetic=true") with { State = IncidentState.Synthetic }));
    }

    [Fact]
    public void Only_what_fires_inhibits_also_when_somebody_has_seen_it()
    {
        var target = Of("t", "severity=warning");
        var seen = Of("s", "severity=critical") with { AcknowledgedBy = "ann" };

        Assert.Equal("s", new Muting(Options(), [], [seen, target], Some.Noon).Of(target)!.By);
        Assert.Null(new Muting(Options(), [], [seen with { State = IncidentState.Resolved }], Some.Noon).Of(target));
    }

    [Theory]
    [InlineData("2026-03-02 09:00", true)] // A Monday.
    [InlineData("2026-03-02 08:59", false)]
    [InlineData("2026-03-02 17:00", false)]
    [InlineData("2026-03-01 09:00", false)]
    [InlineData("2026-03-31 03:00", true)] // The last day.
    [InlineData("2026-03-30 03:00", false)]
    [InlineData("2024-02-29 03:00", true)]
    [InlineData("2026-12-25 03:00", true)]
    [InlineData("2027-12-25 03:00", false)]
    public void An_interval_has_hours_weekdays_days_of_the_month_months_and_years(string moment, bool expected)
    {
        var interval = new TimeInterval("x",
        [
            new TimePart { Times = [new NumberRange(9 * 60, 17 * 60)], Weekdays = [new NumberRange(1, 5)] },
            new TimePart { DaysOfMonth = [new NumberRange(-1, -1)] },
            new TimePart { DaysOfMonth = [new NumberRange(24, 26)], Months = [new NumberRange(12, 12)], Years = [new NumberRange(2024, 2026)] },
        ]);

        Assert.Equal(expected, interval.Contains(DateTimeOffset.Parse(moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)));
    }

    [Fact]
    public void An_interval_has_the_clock_of_its_place()
    {
        var interval = new TimeInterval("x", [new TimePart { Times = [new NumberRange(0, 60)], Location = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo") }]);

        Assert.True(interval.Contains(Some.Noon.AddHours(3)));
        Assert.False(interval.Contains(Some.Noon.AddHours(12)));
    }

    // Goal: quiet hours hold back what begins in them, once they are over it is told; each route by its own.
    [Fact]
    public async Task A_route_is_quiet_in_its_hours_and_tells_after_them()
    {
        var office = new TimeInterval("office", [new TimePart { Times = [new NumberRange(9 * 60, (12 * 60) + 10)] }]);
        var route = new Route
        {
            Receiver = "ops",
            Routes =
            [
                new Route { Receiver = "testers", Matchers = MatcherText.Parse("cluster=prod"), Continue = true, ActiveTimeIntervals = ["office"] },
                new Route { Receiver = "ops", Matchers = MatcherText.Parse("cluster=prod"), MuteTimeIntervals = ["office"], GroupInterval = TimeSpan.FromMinutes(2) },
            ],
        };
        await using var place = new MemoryPlace();
        await using var telling = await TellingHarness.StartAsync(place, new TellingOptions { Route = route, TimeIntervals = ImmutableDictionary<string, TimeInterval>.Empty.Add("office", office) });
        await telling.SubmitAsync(Some.Task("STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(1)]));
        await telling.PassAsync(TimeSpan.FromMinutes(9));
        await telling.RestartAsync();
        Assert.Equal(["testers"], telling.Told.Select(n => n.Receiver));
        Assert.Equal("Not told to ops at this time: office", (await telling.OnlyIncidentAsync()).Steps.Single(s => s.Kind == StepKind.Muted).Text);

        await telling.PassAsync(TimeSpan.FromMinutes(20));

        Assert.Equal(["testers", "ops"], telling.Told.Select(n => n.Receiver));
        Assert.Equal(["", "Not told to ops at this time: office (2026-03-02 12:00 to 12:10 UTC)"], telling.Told.Select(n => n.Incidents[0].Note));
    }

    // What began and ended at quiet hours is no news after them, also when nobody looked between its end and theirs.
    [Fact]
    public async Task What_was_over_before_quiet_hours_ended_is_told_to_nobody()
    {
        var office = new TimeInterval("office", [new TimePart { Times = [new NumberRange(9 * 60, (12 * 60) + 10)] }]);
        var route = new Route { Receiver = "ops", Routes = [new Route { Receiver = "ops", Matchers = MatcherText.Parse("cluster=prod"), MuteTimeIntervals = ["office"], GroupInterval = TimeSpan.FromMinutes(5) }] };
        await using var place = new MemoryPlace();
        await using var telling = await TellingHarness.StartAsync(place, new TellingOptions { Route = route, TimeIntervals = ImmutableDictionary<string, TimeInterval>.Empty.Add("office", office) });
        await telling.SubmitAsync(Some.Task("STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(1)]));
        await telling.PassAsync(TimeSpan.FromMinutes(7));
        await telling.SubmitAsync(Some.Event(EventKind.ServiceAction, new ActionDetail { EventType = "INFO", EventName = "SERVICE_STEADY_STATE" }, 420, "api"));
        await telling.PassAsync(TimeSpan.FromMinutes(20));

        var incident = await telling.OnlyIncidentAsync();
        Assert.Equal((0, IncidentState.Resolved, "Not told to ops at this time: office"), (telling.Told.Count, incident.State, incident.Untold));
    }

    // Goal: also in a group that was told before, a target is told no earlier than its source can have come.
    [Theory]
    [InlineData(true, "worker: Essential, api: Essential")]
    [InlineData(false, "worker: Essential, api: Deploymen")]
    public async Task A_target_waits_for_its_source_as_long_as_a_group_waits(bool comes, string expected)
    {
        await using var place = new MemoryPlace();
        var options = new TellingOptions { Route = new Route { Receiver = "ops", GroupBy = ["cluster"], GroupInterval = TimeSpan.FromMinutes(2) }, InhibitRules = InhibitRule.Shipped };
        await using var telling = await TellingHarness.StartAsync(place, options);
        await telling.SubmitAsync(Crash("t1", "worker"));
        await telling.PassAsync(TimeSpan.FromSeconds(140));
        await telling.SubmitAsync(Some.Event(EventKind.ServiceAction, new ActionDetail { EventType = "ERROR", EventName = "SERVICE_DEPLOYMENT_FAILED" }, 135, "api"));
        await telling.PassAsync(TimeSpan.FromSeconds(20));
        if (comes) await telling.SubmitAsync(Crash("t2", "api", 130));
        await telling.PassAsync(TimeSpan.FromMinutes(10));

        var news = telling.Told.SelectMany(n => n.Incidents).Where(i => i.IsNews).Select(i => $"{i.Labels["service"]}: {i.Labels["kind"][..9]}");
        Assert.Equal(expected, string.Join(", ", news));
    }

    // Goal: more muted groups than a pass looks at end no file's reading for ever, and hide none that is not muted.
    [Fact]
    public async Task A_file_that_ends_while_hundreds_of_groups_are_muted_is_done()
    {
        await using var place = new MemoryPlace();
        await using var telling = await TellingHarness.StartAsync(place);
        await telling.SilenceAsync("cluster=prod, service!=told", TimeSpan.FromHours(1));
        await telling.SubmitAsync([.. Enumerable.Range(0, 450).Select(i => Some.Task(
            "STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(1)], service: i == 449 ? "told" : $"a{i}", taskId: $"t{i}"))]);
        await telling.TickAsync(isLast: true);
        await telling.SendAsync();

        Assert.Equal("told", Assert.Single(telling.Told).Incidents.Single().Labels["service"]);
        Assert.Equal(450, (await telling.Incidents.IncidentsAsync(999, Cancel)).Count);
    }

    private static EcsEvent Crash(string task, string service, int seconds = 0) =>
        Some.Task("STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(1)], service: service, taskId: task, seconds: seconds);

    private static TellingOptions Options() => new() { Route = new Route { Receiver = "ops" }, InhibitRules = [Critical] };

    private static Incident Of(string id, string labels) => SomeIncident.Of(id) with { Lead = SomeIncident.Firing(id) with { Labels = Labels(labels) } };

    private static ImmutableSortedDictionary<string, string> Labels(string text) =>
        text.Split(' ').Select(pair => pair.Split('=')).ToImmutableSortedDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);
}
