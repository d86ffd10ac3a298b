using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.Diagnosis;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of states: as they were committed last, so that in the end they are the fold of all events in whatever order they came.</summary>
public abstract class StatesContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    private const int Tasks = 12;

    [Fact]
    public async Task A_state_comes_back_as_it_was_committed_last()
    {
        const string Hostile = SomeIncident.Hostile;
        var first = new ResourceState("task/1/r/" + Hostile, "task", "1" + Hostile, "r" + Hostile, "", false, -1, -62135596800000, new EventKey(long.MinValue, 0), "{}"u8.ToArray());
        var last = first with { Cluster = Hostile, IsStopped = true, Version = long.MaxValue, At = 253402300799999, Event = new EventKey(long.MaxValue, UInt128.MaxValue), Document = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray() };
        var other = first with { Key = "task/1/r/other" };
        var store = await Place.OpenAsync();
        Assert.Empty(await store.LoadStatesAsync([first.Key], Cancel));
        await WriteAsync(store, first, other);
        Assert.Equal(Render(first), Render((await store.LoadStatesAsync([first.Key], Cancel)).Values.Single()));
        await WriteAsync(store, last);
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            var loaded = await store.LoadStatesAsync([last.Key, "unknown", last.Key, other.Key], Cancel);
            Assert.Equal([(last.Key, Render(last)), (other.Key, Render(other))], loaded.Select(s => (s.Key, Render(s.Value))).OrderBy(s => s.Key, StringComparer.Ordinal));
            Assert.Empty(await store.LoadStatesAsync([], Cancel));
        }
    }

    [Fact]
    public async Task A_document_is_the_stores_own_when_a_commit_returns()
    {
        var document = "{\"a\":1}"u8.ToArray();
        var store = await Place.OpenAsync();
        await WriteAsync(store, new ResourceState("k", "task", "1", "r", "c", false, 1, 1, new EventKey(1, 1), document));
        document.AsSpan().Fill((byte)'!');
        Assert.Equal("{\"a\":1}", Encoding.UTF8.GetString((await store.LoadStatesAsync(["k"], Cancel))["k"].Document.Span));
    }

    // Goal: in the end a state is a function of the set of events. Method: the same drawn events of some tasks and instances in two orders, with repeats, in
    // batches of any size, with a cache that forgets and restarts between; compare with the fold of them all in a third order.
    [Fact]
    public async Task Every_order_of_the_events_ends_in_the_state_of_their_fold()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        EcsEvent[] events = [.. Enumerable.Range(0, 150).Select(i => Drawn(random, i))];
        var expected = Fold(events);
        for (var order = 0; order < 2; order++)
        {
            await using var place = new TPlace();
            var store = await place.OpenAsync();
            EcsEvent[] sent = [.. events, .. events.Where(_ => random.Next(3) == 0)];
            random.Shuffle(sent);
            for (var at = 0; at < sent.Length;)
            {
                await using (var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System, statesMax: random.Next(1, 2 * Tasks)))
                {
                    for (var batches = random.Next(1, 8); batches > 0 && at < sent.Length; batches--)
                    {
                        EcsEvent[] batch = [.. sent.Skip(at).Take(random.Next(1, 25))];
                        at += batch.Length;
                        await pipeline.SubmitAsync(new IngestBatch("test", Some.Noon, batch, []), Cancel);
                    }
                }

                if (random.Next(3) == 0) store = await place.OpenAsync();
            }

            var loaded = await store.LoadStatesAsync(expected.Keys, Cancel);
            foreach (var (key, state) in expected)
                Assert.True(loaded.TryGetValue(key, out var found) && Render(found) == state, $"CROWSNEST_SEED={seed}, order {order}, {key}:\n{state}\n{(found is null ? "missing" : Render(found))}");
        }
    }

    private static ValueTask<CommitOutcome> WriteAsync(IStore store, params ResourceState[] states) =>
        store.CommitAsync(new Commit { Source = "test", ReceivedAt = Some.Noon, Accounting = default, States = states }, Cancel);

    // Versions repeat, and so do times: only the keys tell such events apart.
    private static EcsEvent Drawn(Random random, int i)
    {
        if (random.Next(5) > 0) return StopEvidenceTests.Draw(random, i / 3, "task" + random.Next(Tasks));
        var arn = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/i" + random.Next(3);
        var detail = new ContainerInstanceDetail
        {
            Version = random.Next(4), ContainerInstanceArn = arn, Status = random.Next(3) == 0 ? "INACTIVE" : "ACTIVE", RunningTasksCount = random.Next(9),
        };
        return Some.Event(EventKind.ContainerInstance, detail, i, instance: arn[(arn.LastIndexOf('/') + 1)..]);
    }

    private static Dictionary<string, string> Fold(IEnumerable<EcsEvent> events)
    {
        var tasks = new Dictionary<string, TaskState>();
        var instances = new Dictionary<string, InstanceState>();
        foreach (var e in events.DistinctBy(e => e.Key))
        {
            if (e.Detail is TaskDetail) tasks[e.TaskId] = TaskState.Observe(tasks.GetValueOrDefault(e.TaskId), e).Next;
            else instances[e.Instance] = InstanceState.Observe(instances.GetValueOrDefault(e.Instance), e).Next;
        }

        return tasks.Values.Select(StateDocument.Write).Concat(instances.Values.Select(StateDocument.Write)).ToDictionary(row => row.Key, Render);
    }

    private static string Render(ResourceState row) => $"{row with { Document = default }} {Convert.ToHexString(row.Document.Span)}";
}
