using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>From events to messages over any store: whatever the order, the repeats and the restarts, one failure is one message.</summary>
public abstract class TellingContract<TPlace> where TPlace : StorePlace, new()
{
    private const string Essential = "Essential container in task exited";

    [Fact]
    public async Task A_failed_task_is_told_once_its_group_has_waited()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await telling.SubmitAsync(Crash("t1"));

        await telling.PassAsync(TimeSpan.FromSeconds(20));
        Assert.Empty(telling.Told);
        await telling.PassAsync(TimeSpan.FromMinutes(30));

        var incident = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.Equal(("EssentialContainerExited", "prod", "api", 1L, "t1"), (incident.Labels["kind"], incident.Labels["cluster"], incident.Labels["service"], incident.Count, incident.Resources.Single()));
        Assert.NotEmpty(incident.Summary);
        Assert.NotEmpty(incident.NextStep);
    }

    [Fact]
    public async Task Every_order_of_a_stops_events_with_repeats_and_restarts_gives_one_message_of_the_same_kind()
    {
        EcsEvent[] events =
        [
            Some.Task("RUNNING", version: 3, desiredStatus: "STOPPED", seconds: 0),
            Some.Task("DEPROVISIONING", "EssentialContainerExited", Essential, version: 4, seconds: 1),
            Some.Task("STOPPED", "EssentialContainerExited", Essential, [Some.Container()], version: 5, seconds: 2),
            Some.Task("STOPPED", "EssentialContainerExited", Essential, [Some.Container(137, "OutOfMemoryError: Container killed due to memory usage")], version: 6, seconds: 3),
        ];
        await using var place = new TPlace();
        var every = 24 / place.Rounds(24);
        foreach (var order in Orders([0, 1, 2, 3]).Where((_, i) => i % every == 0))
        {
            await using var telling = await TellingHarness.StartAsync(new TPlace());
            foreach (var i in order)
            {
                await telling.SubmitAsync(events[i], events[i]);
                await telling.TickAndSendAsync();
                if (i == 1) await telling.RestartAsync();
                await telling.SubmitAsync(events[i]);
                telling.Time.Advance(TimeSpan.FromSeconds(5));
            }

            await telling.PassAsync(TimeSpan.FromMinutes(10));
            await telling.SubmitAsync(events);
            await telling.PassAsync(TimeSpan.FromMinutes(10));

            var told = string.Join(" | ", telling.Told.Select(n => string.Join(",", n.Incidents.Select(i => i.Labels["kind"] + i.Count))));
            Assert.True(told == "OutOfMemory1", $"{string.Join(',', order)}: {told}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(60)]
    [InlineData(120)]
    public async Task What_one_host_took_with_it_is_one_message_wherever_the_host_speaks(int instanceAt)
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        var events = Enumerable.Range(0, 120).Select(i => LostWithHost($"task{i:d3}", "svc" + (i % 7), i % 20)).ToList();
        events.Insert(instanceAt, AgentAway(seconds: 5));
        foreach (var batch in events.Chunk(25))
        {
            await telling.SubmitAsync(batch);
            await telling.TickAndSendAsync();
        }

        await telling.PassAsync(TimeSpan.FromMinutes(15));

        var incident = Assert.Single(Assert.Single(telling.Told).Incidents);
        Assert.Equal(("i-1", false), (incident.Labels["instance"], incident.Labels.ContainsKey("service")));
        Assert.InRange(incident.Count, 120, 121);
    }

    [Fact]
    public async Task What_happened_long_ago_is_recorded_and_not_told_and_says_why()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        telling.Time.Advance(TimeSpan.FromHours(3));
        await telling.SubmitAsync(Crash("t1"));

        var report = await telling.TickAsync(isLast: true);
        await telling.PassAsync(TimeSpan.FromMinutes(10));

        Assert.Equal(new TickReport(Opened: 1, Messages: 0, TooOld: 1), report);
        Assert.Empty(telling.Told);
        var incident = Assert.Single(await telling.Incidents.IncidentsAsync(10, TestContext.Current.CancellationToken));
        Assert.Equal(IncidentState.Expired, incident.State);
        Assert.Contains("max_age", incident.Untold, StringComparison.Ordinal);
        Assert.Equal(default, await telling.TickAsync(isLast: true));
        Assert.Equal(1, (await telling.Incidents.CountsAsync(TestContext.Current.CancellationToken)).TooOld);
    }

    [Fact]
    public async Task At_the_end_of_a_file_nothing_waits_for_more()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await telling.SubmitAsync(Crash("t1"), Crash("t2", "billing"));

        var report = await telling.TickAsync(isLast: true);
        await telling.SendAsync();

        Assert.Equal(new TickReport(Opened: 2, Messages: 2, TooOld: 0), report);
        Assert.Equal(2, telling.Told.Count);
        Assert.Equal(2, telling.Told.Select(n => n.NotificationId).Distinct().Count());
    }

    [Fact]
    public async Task More_of_an_incident_that_was_told_is_counted_and_not_told_again_until_the_repeat()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await telling.SubmitAsync(Crash("t0"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        for (var i = 1; i <= 10; i++)
        {
            // Every half hour, so that it never expires.
            await telling.PassAsync(TimeSpan.FromMinutes(30));
            await telling.SubmitAsync(Crash("t" + i, seconds: (int)(telling.Time.GetUtcNow() - Some.Noon).TotalSeconds));
        }

        await telling.TickAndSendAsync();

        Assert.Equal([1L, 8L], telling.Told.Select(n => n.Incidents.Single().Count));
        Assert.Equal(2, telling.Told.Select(n => n.NotificationId).Distinct().Count());
        Assert.Single(telling.Told.Select(n => n.Incidents.Single().Id).Distinct());
    }

    [Fact]
    public async Task An_incident_that_joins_a_group_later_is_told_after_the_group_interval()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "ops", GroupBy = ["alertname"] } });
        await telling.SubmitAsync(Crash("t1"), Crash("t2", "billing"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Crash("t3", "search", seconds: 60));
        await telling.PassAsync(TimeSpan.FromMinutes(3));
        Assert.Equal([2], telling.Told.Select(n => n.Incidents.Length));

        await telling.PassAsync(TimeSpan.FromMinutes(3));

        Assert.Equal([2, 3], telling.Told.Select(n => n.Incidents.Length));
        Assert.Equal("{}:{alertname=\"task-failed\"}", telling.Told[1].GroupKey);
    }

    [Fact]
    public async Task After_an_hour_of_silence_it_is_over_and_the_next_failure_is_a_new_incident()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await telling.SubmitAsync(Crash("t1"));
        await telling.PassAsync(TimeSpan.FromMinutes(70));
        Assert.Equal((0L, 1L), await CountsAsync(telling));

        await telling.SubmitAsync(Crash("t2", seconds: 70 * 60));
        await telling.PassAsync(TimeSpan.FromMinutes(5));

        Assert.Equal((1L, 1L), await CountsAsync(telling));
        Assert.Equal(2, telling.Told.Select(n => n.Incidents.Single().Id).Distinct().Count());
    }

    [Fact]
    public async Task A_backlog_ends_no_incident_whose_events_may_still_wait_in_it()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await telling.SubmitAsync(Crash("t1"));
        await telling.PassAsync(TimeSpan.FromMinutes(50));
        telling.Time.Advance(TimeSpan.FromMinutes(40));

        await telling.TickAsync(behind: TimeSpan.FromMinutes(40));
        Assert.Equal((1L, 0L), await CountsAsync(telling));

        // It was in the backlog, and belongs to the incident.
        await telling.SubmitAsync(Crash("t2", seconds: 55 * 60));
        await telling.TickAsync();
        Assert.Equal((1L, 0L), await CountsAsync(telling));
        Assert.Equal(2, Assert.Single(await telling.Incidents.IncidentsAsync(9, TestContext.Current.CancellationToken)).Count);
    }

    [Fact]
    public async Task A_target_that_is_away_is_tried_again_later_and_later_and_the_message_stays_the_same()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        telling.Receiver.Answer = () => Delivery.NotNow("connection refused");
        await telling.SubmitAsync(Crash("t1"));
        await telling.TickAsync(isLast: true);

        var first = await telling.SendAsync(jitter: 1);
        Assert.Equal(new SendReport(0, 0, 1, "ops (recording): connection refused"), first);
        Assert.Equal(new SendReport(), await telling.SendAsync(jitter: 1));
        telling.Time.Advance(TimeSpan.FromSeconds(2));
        await telling.SendAsync(jitter: 1);
        telling.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(new SendReport(), await telling.SendAsync(jitter: 1));
        await telling.RestartAsync();
        telling.Receiver.Answer = () => Delivery.Sent;
        telling.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, (await telling.SendAsync()).Sent);

        var entry = Assert.Single(await telling.Incidents.OutboxAsync(null, 10, TestContext.Current.CancellationToken)).Entry;
        Assert.Equal((OutboxState.Sent, 3, ""), (entry.State, entry.Attempts, entry.LastError));
        Assert.Equal(entry.Notification.NotificationId, Assert.Single(telling.Told).NotificationId);
    }

    [Fact]
    public async Task A_target_that_asks_for_time_gets_it_one_that_refuses_is_left_and_one_that_never_answers_is_given_up()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        telling.Receiver.Answer = () => Delivery.NotNow("429", TimeSpan.FromMinutes(10));
        await telling.SubmitAsync(Crash("t1"));
        await telling.TickAsync(isLast: true);
        await telling.SendAsync();
        telling.Time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(new SendReport(), await telling.SendAsync());
        telling.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, (await telling.SendAsync()).Waiting);

        telling.Time.Advance(TimeSpan.FromHours(2));
        var last = await telling.SendAsync();
        Assert.Equal((1, 0), (last.Failed, last.Waiting));
        Assert.Contains("3 attempts", last.LastError, StringComparison.Ordinal);

        // The next message leaves it alone for as long as it asked, too.
        telling.Time.Advance(TimeSpan.FromMinutes(10));
        telling.Receiver.Answer = () => Delivery.Refused("404");
        await telling.SubmitAsync(Crash("t2", "billing", seconds: (int)(telling.Time.GetUtcNow() - Some.Noon).TotalSeconds));
        await telling.TickAsync(isLast: true);
        Assert.Equal(1, (await telling.SendAsync()).Failed);
        telling.Time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(new SendReport(), await telling.SendAsync());
        Assert.Empty(telling.Told);
    }

    [Fact]
    public async Task A_target_that_is_away_is_asked_once_a_round_however_many_messages_wait_for_it()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        var asked = 0;
        telling.Receiver.Answer = () =>
        {
            asked++;
            return Delivery.NotNow("connection refused");
        };
        await telling.SubmitAsync([.. Enumerable.Range(0, 20).Select(i => Crash("t" + i, "svc" + i))]);
        await telling.TickAsync(isLast: true);

        Assert.Equal(20, (await telling.SendAsync(jitter: 1)).Waiting);
        Assert.Equal(1, asked);
        telling.Receiver.Answer = () => Delivery.Sent;
        telling.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(20, (await telling.SendAsync()).Sent);
    }

    [Fact]
    public async Task A_crash_between_sending_and_recording_repeats_the_message_with_its_id()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await telling.SubmitAsync(Crash("t1"));
        await telling.TickAsync(isLast: true);
        var left = new List<Notification>();
        telling.Receiver.Answer = () => throw new InvalidOperationException("the process is gone");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await telling.SendAsync());
        left.AddRange((await telling.Incidents.DueOutboxAsync(telling.Time.GetUtcNow(), 10, TestContext.Current.CancellationToken)).Select(e => e.Notification));

        await telling.RestartAsync();
        telling.Receiver.Answer = () => Delivery.Sent;
        await telling.PassAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(left.Single().NotificationId, Assert.Single(telling.Told).NotificationId);
    }

    // Goal: a medium that can change its messages learns which one is meant, also after a restart and past attempts that failed; what was over is left alone.
    [Fact]
    public async Task What_becomes_of_a_group_is_told_by_changing_what_it_told_before()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), new TellingOptions { Route = new Route { Receiver = "ops", GroupBy = ["alertname"] } });
        telling.Receiver.Answer = () => Delivery.Sent with { Reference = "first" };
        await telling.SubmitAsync(Crash("t1"));
        await telling.PassAsync(TimeSpan.FromMinutes(1));
        await telling.SubmitAsync(Crash("t2", "billing", seconds: 60));
        telling.Receiver.Answer = () => Delivery.Refused("edit and post");
        await telling.PassAsync(TimeSpan.FromMinutes(5));
        await telling.RestartAsync();
        await telling.SubmitAsync(Crash("t3", "search", seconds: 360));
        telling.Receiver.Answer = () => Delivery.Sent with { Reference = "anew" };
        await telling.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(["first", "first"], telling.Receiver.Edits.Select(edit => edit.Reference));

        foreach (var incident in await telling.Incidents.IncidentsAsync(9, TestContext.Current.CancellationToken))
            await telling.ActAsync(incident.Id, IncidentVerb.Resolve);
        await telling.PassAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(("anew", true), (telling.Receiver.Edits[^1].Reference, telling.Told[^1].IsResolved));
        await telling.SubmitAsync(Crash("t4", seconds: 16 * 60));
        await telling.PassAsync(TimeSpan.FromMinutes(6));
        Assert.Equal((3, 4), (telling.Receiver.Edits.Count, telling.Told.Count));
    }

    private static EcsEvent Crash(string task, string service = "api", int seconds = 0) =>
        Some.Task("STOPPED", "EssentialContainerExited", Essential, [Some.Container(1)], service: service, taskId: task, seconds: seconds);

    private static EcsEvent LostWithHost(string task, string service, int seconds) =>
        Some.Task("STOPPED", "TerminationNotice", "Host EC2 (instance i-0abc) terminated.", service: service, taskId: task, seconds: seconds, instance: "i-1");

    private static EcsEvent AgentAway(int seconds) => Some.Event(
        EventKind.ContainerInstance, new ContainerInstanceDetail { Version = 9, Status = "INACTIVE", AgentConnected = false, ContainerInstanceArn = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/i-1" },
        seconds, detailType: "ECS Container Instance State Change", instance: "i-1");

    private static async Task<(long, long)> CountsAsync(TellingHarness telling)
    {
        var counts = await telling.Incidents.CountsAsync(TestContext.Current.CancellationToken);
        return (counts.Firing, counts.Expired);
    }

    private static IEnumerable<int[]> Orders(int[] of) =>
        of.Length == 0 ? [[]] : of.SelectMany(first => Orders([.. of.Where(o => o != first)]).Select(rest => (int[])[first, .. rest]));
}
