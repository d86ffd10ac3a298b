using System.Collections.Immutable;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What becomes of messages when a receiver is away, refuses, or there are too many: nobody is left untold, and nothing is dropped without a word.</summary>
public abstract class SendingContract<TPlace> where TPlace : StorePlace, new()
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_target_that_is_away_is_tried_by_one_message_after_pauses_that_grow_and_all_leave_when_it_is_back()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        telling.Receiver.Answer = () => Delivery.NotNow("connection refused");
        await EnqueueAsync(telling, 10);
        await SendForAsync(telling, TimeSpan.FromMinutes(3));
        var health = Assert.Single(telling.Sender.Health);
        Assert.Equal((true, "connection refused", Some.Noon), (health.IsOpen, health.LastError, health.FailingSince));

        // New messages find it away, and wait without an attempt of their own.
        var before = telling.Receiver.Attempts;
        await EnqueueAsync(telling, 10, from: 10);
        await telling.SendAsync(jitter: 1);
        Assert.Equal(before, telling.Receiver.Attempts);
        await SendForAsync(telling, TimeSpan.FromMinutes(20));
        Assert.InRange(telling.Receiver.Attempts - before, 4, 6);

        telling.Receiver.Answer = () => Delivery.Sent;
        await SendForAsync(telling, TimeSpan.FromMinutes(5));
        Assert.Equal(20, telling.Told.DistinctBy(message => message.NotificationId).Count());
        Assert.Equal((20, false), (telling.Told.Count, Assert.Single(telling.Sender.Health).IsOpen));
    }

    [Fact]
    public async Task A_message_that_the_target_fails_over_and_over_keeps_no_other_from_it()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await EnqueueAsync(telling, 1);
        telling.Receiver.Answer = () => Delivery.NotNow("500");
        await SendForAsync(telling, TimeSpan.FromSeconds(20));
        telling.Receiver.Fails = message => message.GroupKey == "group 0";
        telling.Receiver.Answer = () => Delivery.Sent;
        await EnqueueAsync(telling, 3, from: 1);
        await SendForAsync(telling, TimeSpan.FromMinutes(1));
        Assert.Equal(["group 1", "group 2", "group 3"], telling.Told.Select(message => message.GroupKey));
    }

    [Fact]
    public async Task What_a_receiver_refuses_is_told_to_its_fallback_at_once_with_for_whom_it_was_and_why()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), fallbackAfter: TimeSpan.FromMinutes(5));
        telling.Receiver.Answer = () => Delivery.Refused("404 no_service");
        await telling.SubmitAsync(Crash("t1", 0));
        await telling.TickAsync(isLast: true);
        await telling.SendAsync();

        var told = Assert.Single(telling.Night.Told);
        Assert.Equal(("night", "Meant for 'ops' (recording), who was not told: 404 no_service"), (told.Receiver, Assert.Single(told.Remarks)));
        var all = (await telling.Incidents.OutboxAsync(null, 9, Cancel)).Select(one => one.Entry).ToList();
        Assert.Equal([("night", OutboxState.Sent, ""), ("ops", OutboxState.Failed, told.NotificationId)], all.Select(entry => (entry.Notification.Receiver, entry.State, entry.ToldBy)));
        Assert.Equal(["ops", "night"], (await telling.OnlyIncidentAsync()).Steps.Where(step => step.Kind == StepKind.Told).Select(step => step.Text));
        Assert.Equal(0, telling.Sender.Undelivered);
    }

    [Fact]
    public async Task A_receiver_that_is_away_for_long_leaves_its_messages_to_its_fallback_once_and_gets_its_own_again_when_it_is_back()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), fallbackAfter: TimeSpan.FromMinutes(5));
        telling.Receiver.Answer = () => Delivery.NotNow("connection refused");
        await EnqueueAsync(telling, 3);
        await SendForAsync(telling, TimeSpan.FromMinutes(4));
        Assert.Empty(telling.Night.Told);
        await SendForAsync(telling, TimeSpan.FromMinutes(6));
        Assert.Equal(3, telling.Night.Told.Count);

        // Whoever comes when it has been away for so long is told without waiting as long again.
        await EnqueueAsync(telling, 1, from: 3);
        await SendForAsync(telling, TimeSpan.FromSeconds(20));
        Assert.Equal(4, telling.Night.Told.Count);
        Assert.Contains("connection refused", Assert.Single(telling.Night.Told[^1].Remarks), StringComparison.Ordinal);

        telling.Receiver.Answer = () => Delivery.Sent;
        await SendForAsync(telling, TimeSpan.FromMinutes(5));
        await EnqueueAsync(telling, 1, from: 4);
        await SendForAsync(telling, TimeSpan.FromMinutes(1));
        Assert.Equal((1, 4), (telling.Told.Count, telling.Night.Told.Count));
    }

    [Fact]
    public async Task What_the_fallback_cannot_be_told_either_is_undelivered()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), fallbackAfter: TimeSpan.FromMinutes(5));
        (telling.Receiver.Answer, telling.Night.Answer) = (() => Delivery.Refused("404"), () => Delivery.Refused("410"));
        await EnqueueAsync(telling, 1);
        await telling.SendAsync();
        Assert.Equal(1, telling.Sender.Undelivered);
        var counts = await telling.Incidents.CountsAsync(Cancel);
        Assert.Equal((1L, 1L), (counts.Outbox[("ops", OutboxState.Failed)], counts.Outbox[("night", OutboxState.Failed)]));
    }

    // Goal: a crash after the fallback's message was written and before the failure was recorded tells the fallback once. Method: the failure is forgotten.
    [Fact]
    public async Task A_crash_between_the_fallbacks_message_and_the_failure_tells_the_fallback_once()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), fallbackAfter: TimeSpan.FromMinutes(5));
        telling.Receiver.Answer = () => Delivery.Refused("404");
        await EnqueueAsync(telling, 1);
        var before = Assert.Single(await telling.Incidents.DueOutboxAsync(telling.Time.GetUtcNow(), 9, Cancel));
        await telling.SendAsync();
        await telling.Incidents.RecordAsync([before], Cancel);
        telling.Time.Advance(TimeSpan.FromMinutes(1));
        await telling.RestartAsync();
        await SendForAsync(telling, TimeSpan.FromMinutes(1));
        Assert.Single(telling.Night.Told);
    }

    [Fact]
    public async Task A_flood_is_told_by_one_message_that_counts_what_there_is_and_shows_the_worst()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        telling.Receiver.MayJoin = true;
        await telling.SubmitAsync([.. Enumerable.Range(0, 60).Select(i => Crash("t" + i, 0, "svc" + (i % 55)))]);
        await telling.TickAsync(isLast: true);
        var report = await telling.SendAsync();

        Assert.Equal((1, 55, 0), (report.Sent, report.Joined, report.Waiting));
        var told = Assert.Single(telling.Told);
        Assert.Equal((10, 45), (told.Incidents.Length, told.Truncated));
        Assert.Equal(
            ["55 messages waited at once and are told by this one: 55 incidents go on, the worst of them error, 0 are over.", "55 of task-failed in prod: svc0, svc1, svc10, svc11 and 51 more"], told.Remarks);
        var all = (await telling.Incidents.OutboxAsync(null, 99, Cancel)).Select(one => one.Entry).ToList();
        Assert.Equal(55, all.Count(entry => entry.State == OutboxState.Joined && entry.ToldBy == told.NotificationId));
        Assert.Equal(56, all.Count);
        Assert.Equal(1, (await telling.Incidents.CountsAsync(Cancel)).Done[("ops", SendFailure.None)]);
    }

    [Fact]
    public async Task A_program_gets_each_message_of_a_flood_many_side_by_side_and_those_of_a_group_in_turn()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await EnqueueAsync(telling, 120, groups: 40);
        var (underWay, overlaps, several) = (new HashSet<string>(), 0, new TaskCompletionSource());
        telling.Receiver.Meanwhile = async message =>
        {
            lock (underWay)
            {
                if (!underWay.Add(message.GroupKey)) overlaps++;
                if (underWay.Count > 1) several.TrySetResult();
            }

            await several.Task.WaitAsync(TimeSpan.FromSeconds(30), Cancel);
            lock (underWay) underWay.Remove(message.GroupKey);
        };
        Assert.Equal(120, (await telling.SendAsync()).Sent);
        Assert.Equal(0, overlaps);
        Assert.Equal(120, telling.Told.Count);
        Assert.All(telling.Told.GroupBy(message => message.GroupKey), group => Assert.Equal(group.Order(ById), group));
    }

    [Fact]
    public async Task A_program_that_is_away_in_a_flood_is_asked_once_and_gets_each_message_when_it_is_back()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        telling.Receiver.Answer = () => Delivery.NotNow("connection refused");
        await EnqueueAsync(telling, 120);
        Assert.Equal(120, (await telling.SendAsync(jitter: 1)).Waiting);
        Assert.InRange(telling.Receiver.Attempts, 1, 32);
        Assert.Equal(1, Assert.Single(telling.Sender.Health).Failures);

        telling.Receiver.Answer = () => Delivery.Sent;
        await SendForAsync(telling, TimeSpan.FromMinutes(1));
        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"n{i:d3}"), telling.Told.Select(message => message.NotificationId).Order(StringComparer.Ordinal));
    }

    // Goal: a crash in the midst of a flood loses none, and repeats those alone that were under way. Method: the receiver is the end of the process.
    [Fact]
    public async Task A_crash_in_a_flood_repeats_what_was_under_way_with_its_ids_and_loses_none()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        await EnqueueAsync(telling, 120);
        telling.Receiver.Answer = () => telling.Told.Count < 50 ? Delivery.Sent : throw new InvalidOperationException("the end");
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await telling.SendAsync());
        await telling.RestartAsync();
        telling.Receiver.Answer = () => Delivery.Sent;
        await SendForAsync(telling, TimeSpan.FromMinutes(2));
        Assert.Equal(120, telling.Told.DistinctBy(message => message.NotificationId).Count());
        Assert.InRange(telling.Told.Count - 120, 1, 32);
    }

    // Goal: what has left is known to have left, though another of its wave needs more that is not done any more. Method: one is refused, so that its fallback would be told, while the process is asked to end.
    [Fact]
    public async Task One_of_a_wave_that_is_refused_at_the_end_makes_no_other_repeat()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace(), fallbackAfter: TimeSpan.FromMinutes(5));
        await EnqueueAsync(telling, 120);
        using var end = new CancellationTokenSource();
        telling.Receiver.Answer = () =>
        {
            if (telling.Receiver.Attempts != 10) return Delivery.Sent;
            end.Cancel();
            return Delivery.Refused("404");
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await telling.Sender.SendDueAsync(end.Token));
        await telling.RestartAsync();
        telling.Receiver.Answer = () => Delivery.Sent;
        await SendForAsync(telling, TimeSpan.FromMinutes(1));
        Assert.Equal((120, 120), (telling.Told.Count, telling.Told.DistinctBy(message => message.NotificationId).Count()));
    }

    private static readonly Comparer<Notification> ById = Comparer<Notification>.Create((x, y) => string.CompareOrdinal(x.NotificationId, y.NotificationId));

    // Goal: wherever a crash falls while a flood is joined, each message is told by the summary and none by itself too. Method: all but the first few of what was recorded is taken back.
    [Fact]
    public async Task A_crash_while_a_flood_is_joined_loses_none_and_tells_none_twice()
    {
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        telling.Receiver.MayJoin = true;
        telling.Receiver.Answer = () => Delivery.NotNow("away");
        await EnqueueAsync(telling, 60);
        var before = await telling.Incidents.DueOutboxAsync(telling.Time.GetUtcNow(), 99, Cancel);
        await telling.SendAsync(jitter: 1);
        var summary = (await telling.Incidents.OutboxAsync(null, 99, Cancel)).Single(one => !one.Entry.Joins.IsEmpty).Entry;
        await telling.Incidents.RecordAsync([.. before.Skip(7), summary with { Attempts = 0, FailingSince = null, DueAt = before[0].DueAt.AddMilliseconds(-1) }], Cancel);

        await telling.RestartAsync();
        telling.Receiver.Answer = () => Delivery.Sent;
        await SendForAsync(telling, TimeSpan.FromMinutes(1));
        var told = Assert.Single(telling.Told, message => message.Remarks.Length > 0);
        Assert.Equal(60, told.Incidents.Length + told.Truncated);
        var waiting = (await telling.Incidents.OutboxAsync(null, 99, Cancel)).Count(one => one.Entry.State == OutboxState.Waiting);
        Assert.Equal((1, 0), (telling.Told.Count, waiting));
    }

    private static EcsEvent Crash(string task, int seconds, string service = "api") => Some.Task(
        "STOPPED", "EssentialContainerExited", "Essential container in task exited", [Some.Container(1)], service: service, taskId: task, seconds: seconds);

    // Messages of one incident each, whose groups and incidents nobody knows otherwise.
    private static async Task EnqueueAsync(TellingHarness telling, int count, int from = 0, int groups = int.MaxValue)
    {
        await using var pass = await telling.Incidents.BeginAsync(Cancel);
        var labels = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("alertname", "task-failed").Add("severity", "error");
        for (var i = from; i < from + count; i++)
        {
            pass.Enqueue(new OutboxEntry
            {
                Id = OutboxEntry.IdOf($"n{i:d3}", 0), Integration = 0, Kind = "recording", DueAt = telling.Time.GetUtcNow(),
                Notification = new Notification
                {
                    NotificationId = $"n{i:d3}", Receiver = "ops", GroupKey = $"group {i % groups}", GroupLabels = labels, At = telling.Time.GetUtcNow(),
                    Incidents =
                    [
                        new NotifiedIncident
                        {
                            Id = $"incident {i}", Labels = labels, Summary = "It failed.", NextStep = "", Evidence = [], FirstAt = Some.Noon, LastAt = Some.Noon, Count = 1, Resources = [],
                        },
                    ],
                },
            });
        }

        await pass.CommitAsync(Cancel);
    }

    private static async Task SendForAsync(TellingHarness telling, TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            await telling.SendAsync(jitter: 1);
            telling.Time.Advance(TimeSpan.FromSeconds(5));
        }
    }
}
