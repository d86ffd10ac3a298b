using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>
/// Goal: nobody is left untold and nobody is told twice but by a crash, whatever the delivery does.
/// Method: stops of known kinds, their events late, repeated and in any order, restarts anywhere, a receiver that fails and a process that dies after sending;
/// one seed decides all. In the end what was told is compared with what was made to fail.
/// </summary>
public abstract class TellingSimulationContract<TPlace> where TPlace : StorePlace, new()
{
    private const int SeedsARound = 200;

    [Fact]
    public Task Each_failure_is_told_once_whatever_the_delivery_does() => RunAsync(1, 15);

    [Fact]
    [Trait("Category", "slow")]
    public Task Each_failure_is_told_once_over_many_seeds() =>
        RunAsync(int.TryParse(Environment.GetEnvironmentVariable("CROWSNEST_SEED"), out var given) ? given : 1_000, SeedsARound);

    private static async Task RunAsync(int first, int seeds)
    {
        for (var seed = first; seed < first + seeds; seed++)
        {
            var wrong = await RunAsync(seed);
            Assert.True(wrong.Length == 0, $"CROWSNEST_SEED={seed}: {wrong}");
        }
    }

    private static async Task<string> RunAsync(int seed)
    {
        var random = new Random(seed);
        await using var telling = await TellingHarness.StartAsync(new TPlace());
        var failing = Enumerable.Range(0, random.Next(3, 25)).Select(i => Stop(random, $"task{i:d2}")).ToList();
        var deliveries = failing.SelectMany(f => f.Events).SelectMany(e => Enumerable.Repeat(e, random.Next(5) == 0 ? 2 : 1))
            .Select(e => (At: e.OccurredAt.AddSeconds(random.Next(60)), Event: e)).OrderBy(d => d.At).ToList();
        var diedAfterSending = new HashSet<string>(StringComparer.Ordinal);
        for (var next = 0; next < deliveries.Count;)
        {
            telling.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 12)));
            var batch = deliveries.Skip(next).TakeWhile(d => d.At <= telling.Time.GetUtcNow()).Take(random.Next(1, 6)).Select(d => d.Event).ToArray();
            next += batch.Length;
            if (batch.Length > 0) await telling.SubmitAsync(batch);
            if (random.Next(8) == 0) await telling.RestartAsync();
            if (random.Next(3) > 0) await telling.TickAsync();
            if (random.Next(8) == 0) await telling.RestartAsync();
            if (random.Next(3) > 0) await SendAsync(telling, random, diedAfterSending);
        }

        telling.Receiver.Answer = () => Delivery.Sent;
        await telling.PassAsync(TimeSpan.FromMinutes(12));
        await telling.SubmitAsync([.. failing.SelectMany(f => f.Events)]);
        await telling.PassAsync(TimeSpan.FromMinutes(6));
        return await CheckAsync(telling, failing, diedAfterSending);
    }

    private static async Task SendAsync(TellingHarness telling, Random random, HashSet<string> diedAfterSending)
    {
        var died = false;
        telling.Receiver.Answer = () => random.Next(4) == 0 ? Delivery.NotNow("away") : Delivery.Sent;
        if (random.Next(4) == 0)
        {
            // The message leaves, and the process dies before it can say so.
            var due = await telling.Incidents.DueOutboxAsync(telling.Time.GetUtcNow(), 1, TestContext.Current.CancellationToken);
            if (due.Count > 0)
            {
                telling.Receiver.Told.Add(due[0].Notification);
                diedAfterSending.Add(due[0].Notification.NotificationId);
                died = true;
            }
        }

        if (died) await telling.RestartAsync();
        else await telling.SendAsync(random.NextDouble());
    }

    private static async Task<string> CheckAsync(TellingHarness telling, List<Failing> failing, HashSet<string> diedAfterSending)
    {
        var incidents = await telling.Incidents.IncidentsAsync(1000, TestContext.Current.CancellationToken);
        if (incidents.Sum(i => i.Count) != failing.Count) return $"{failing.Count} failures and {incidents.Sum(i => i.Count)} in incidents";
        if (incidents.FirstOrDefault(i => i.ToldAt is null) is { } untold) return $"incident {untold.Id} ({untold.Lead.Labels["kind"]}) is untold";
        var waiting = (await telling.Incidents.OutboxAsync(null, 1000, TestContext.Current.CancellationToken)).Where(e => e.Entry.State != OutboxState.Sent).ToList();
        if (waiting.Count > 0) return $"{waiting.Count} messages were not sent";
        foreach (var message in telling.Told.GroupBy(n => n.NotificationId))
        {
            if (message.Count() > 1 && !diedAfterSending.Contains(message.Key)) return $"message {message.Key} was sent {message.Count()} times";
        }

        foreach (var incident in incidents)
        {
            var messages = telling.Told.Where(n => n.Incidents.Any(i => i.Id == incident.Id)).Select(n => n.NotificationId).Distinct().Count();
            if (messages != 1) return $"incident {incident.Id} was told by {messages} messages";
        }

        // By kind the same number as were made to fail so, whatever order their events came in.
        var expected = failing.GroupBy(f => f.Kind).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key}{g.Count()}");
        var actual = incidents.GroupBy(i => i.Lead.Labels["kind"]).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Key}{g.Sum(i => i.Count)}");
        var (want, got) = (string.Join(',', expected), string.Join(',', actual));
        return want == got ? "" : $"expected {want}, told {got}";
    }

    private sealed record Failing(string Kind, EcsEvent[] Events);

    // The best evidence is in the last two events; a kind that the earlier ones suggest may be another.
    private static Failing Stop(Random random, string task)
    {
        var (at, service) = (random.Next(240), "svc" + random.Next(4));
        var (kind, code, reason, container, instance) = random.Next(4) switch
        {
            0 => ("EssentialContainerExited", "EssentialContainerExited", "Essential container in task exited", Some.Container(1), ""),
            1 => ("OutOfMemory", "EssentialContainerExited", "Essential container in task exited", Some.Container(137, "OutOfMemoryError: Container killed due to memory usage"), ""),
            2 => ("ImagePull", "TaskFailedToStart", "CannotPullContainerError: pull access denied for app", Some.Container(), ""),
            _ => ("HostTerminated", "TerminationNotice", "Host EC2 (instance i-0abc) terminated.", Some.Container(), "i-" + random.Next(2)),
        };
        EcsEvent[] all =
        [
            Some.Task("RUNNING", version: 3, desiredStatus: "STOPPED", service: service, taskId: task, seconds: at, instance: instance),
            Some.Task("DEPROVISIONING", code, reason, version: 4, service: service, taskId: task, seconds: at + 1, instance: instance),
            Some.Task("STOPPED", code, reason, [container], version: 5, service: service, taskId: task, seconds: at + 2, instance: instance),
            Some.Task("STOPPED", code, reason, [container], version: 6, service: service, taskId: task, seconds: at + 3, instance: instance),
        ];
        return new Failing(kind, all[random.Next(3)..]);
    }
}
