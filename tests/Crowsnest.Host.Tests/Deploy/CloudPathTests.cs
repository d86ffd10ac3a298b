using System.Diagnostics;
using System.Globalization;
using Crowsnest.Core.Incidents;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>
/// The whole way as it is deployed, from the bus to the store and the topic, while what it runs on is killed. A round of the soak sends 20,000 events; otherwise it
/// is a thousand, or as many as <c>CROWSNEST_CLOUD_EVENTS</c> says.
/// </summary>
[Trait("Category", "slow")]
public sealed class CloudPathTests(ITestOutputHelper output)
{
    private const int Every = 50;

    private static int Events => int.Parse(
        Environment.GetEnvironmentVariable("CROWSNEST_CLOUD_EVENTS") ?? (Environment.GetEnvironmentVariable("CROWSNEST_SEED") is null ? "1000" : "20000"), CultureInfo.InvariantCulture);

    [Fact]
    public async Task Through_the_function_every_event_is_stored_once_and_every_failure_told_while_store_and_functions_are_killed()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        await using var store = await StoreServer.StartAsync(at);
        using var path = new CloudPath(standIn, store, at);
        await standIn.ShellAsync(at, "crowsnest lambda package --out fn.zip > /dev/null\naws s3 mb s3://code > /dev/null\naws s3 cp fn.zip s3://code/crowsnest-lambda.zip > /dev/null\n");
        await path.DeployAsync("crowsnest.yaml", "CodeBucket=code");

        // The stand-in takes the template's number for text, and then reads no queue.
        await standIn.ShellAsync(at, "aws lambda update-event-source-mapping --scaling-config MaximumConcurrency=4 --uuid \"$(aws lambda list-event-source-mappings --function-name crowsnest --query 'EventSourceMappings[0].UUID' --output text)\" > /dev/null\n");
        at.Write("tick.json", """{"source": "aws.events", "detail-type": "Scheduled Event"}""");

        await RunAsync(at, standIn, store, path, _ => Task.FromResult(standIn.KillFunctions()), () => standIn.ShellAsync(at, "aws lambda invoke --function-name crowsnest --payload fileb://tick.json answer.json > /dev/null || true\n"));
    }

    [Fact]
    [Trait("Category", "soak")]
    public async Task Through_three_workers_every_event_is_stored_once_and_every_failure_told_while_store_and_workers_are_killed()
    {
        using var at = new CrowsnestProcess();
        await using var standIn = await StandIn.StartAsync();
        await using var store = await StoreServer.StartAsync(at);
        using var path = new CloudPath(standIn, store, at);

        // No containers and no Application Auto Scaling here: the workers are processes, with the configuration that the stack gives its tasks.
        await path.DeployAsync("workers.yaml", "Image=none:1 SubnetIds=subnet-0 SecurityGroupIds=sg-0 MinWorkers=1 MaxWorkers=1");
        var workers = new Queue<RunningUp>();
        try
        {
#pragma warning disable CA2000 // The queue owns them.
            for (var i = 0; i < 3; i++) workers.Enqueue(await StartAsync(i));
#pragma warning restore CA2000
            var (started, missing) = (3, 0);
            await RunAsync(at, standIn, store, path, async isStoreThere =>
            {
                await using (var one = workers.Dequeue()) await one.StopAsync("KILL");

                // One that starts without its store ends, and a service starts it again until it is there.
                for (missing++; isStoreThere && missing > 0; missing--) workers.Enqueue(await StartAsync(started++));
                return 1;
            }, () => Task.CompletedTask);
        }
        finally
        {
            foreach (var worker in workers) await worker.DisposeAsync();
        }

        async Task<RunningUp> StartAsync(int number) => await RunningUp.StartAsync(at, [.. standIn.Environment, ("CROWSNEST_CONFIG", path.Outputs["Configuration"])], "--data", $"worker-{number}");
    }

    private async Task RunAsync(CrowsnestProcess at, StandIn standIn, StoreServer store, CloudPath path, Func<bool, Task<int>> kill, Func<Task> tick)
    {
        // Whoever comes first makes the indices; from then on it is tried as a user would.
        await tick();
        Assert.Contains("\"told\"", await standIn.ShellAsync(at, "crowsnest verify --stack crowsnest\n"), StringComparison.Ordinal);

        var (events, failed) = await CloudEvents.GenerateAsync(at, Events);
        var began = Stopwatch.StartNew();
        var half = events.Count / 2;
        var sent = new List<string>(await path.PutAsync(events[..half]));

        // In the middle of what is still on its way; once also while the store is away.
        var kills = await kill(true);
        var quarter = half + ((events.Count - half) / 2);
        sent.AddRange(await path.PutAsync(events[half..quarter]));
        await store.KillAsync();
        sent.AddRange(await path.PutAsync(events[quarter..]));
        kills += await kill(false);
        await store.StartAgainAsync();
        await CloudPath.UntilAsync(async () => await path.DepthAsync("QueueUrl") is var depth && depth > events.Count / 5 ? $"{depth} messages wait in the queue" : "");
        kills += await kill(true);
        Assert.NotEqual(0, kills);

        var repeated = await path.RepeatAsync(Every);
        Assert.Equal((events.Count + Every - 1) / Every, repeated);
        await CloudPath.UntilAsync(async () => await path.DepthAsync("QueueUrl") is var depth and > 0 ? $"{depth} messages wait in the queue" : "");
        output.WriteLine($"{sent.Count} events in {began.Elapsed.TotalSeconds:0} s, {kills} kills");

        var stored = await path.StoredAsync();
        Assert.Equal([], sent.Except(stored));
        Assert.Equal([], stored.Except(sent));
        Assert.Equal(sent.Count, stored.Count);

        var messages = new List<string>();
        IReadOnlyList<OutboxEntry> outbox = [];
        await CloudPath.UntilAsync(async () =>
        {
            await tick();
            messages.AddRange(await path.ToldAsync());
            var told = messages.SelectMany(CloudPath.IncidentsOf).ToHashSet(StringComparer.Ordinal);
            var reached = (await path.FiringsAsync()).Where(f => told.Contains(f.Incident)).Select(f => f.Firing.Resource).ToHashSet(StringComparer.Ordinal);
            var untold = failed.Where(task => !reached.Contains(task)).ToList();
            if (untold.Count > 0) return $"{untold.Count} of {failed.Count} failed tasks are not told of, as {untold[0]}";

            // Whatever else there was to tell.
            outbox = await path.OutboxAsync();
            return outbox.Count(entry => entry.State == OutboxState.Waiting) is var waiting and > 0 ? $"{waiting} messages have not left" : "";
        });

        // A message leaves before the store knows that it has.
        messages.AddRange(await path.ToldAsync());

        // Each message once, and each kill repeats one at most, under its id; a group has one message as long as nothing is added to it for minutes.
        var ids = messages.Select(CloudPath.NotificationOf).ToList();
        Assert.Equal(outbox.Select(entry => entry.Notification.NotificationId).Order(StringComparer.Ordinal), ids.Distinct().Order(StringComparer.Ordinal));
        Assert.InRange(ids.Count - ids.Distinct().Count(), 0, kills);
        Assert.InRange(outbox.Count - outbox.Select(entry => entry.Notification.GroupKey).Distinct().Count(), 0, began.Elapsed < TimeSpan.FromMinutes(4) ? 0 : outbox.Count / 2);
        Assert.Equal((0L, 0L), (await path.DepthAsync("DeadLetterQueueUrl"), await path.DepthAsync("TargetDeadLetterQueueUrl")));
    }
}
