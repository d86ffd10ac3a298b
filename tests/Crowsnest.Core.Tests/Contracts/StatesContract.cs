using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.Cluster;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of states: as they were committed last, so that in the end they are the fold of all events in whatever order they came.</summary>
public abstract class StatesContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
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

    // Goal: a reader gets all that is not over, and of the rest what stopped since a moment. Method: more states than any store's page, and some written again on the way.
    [Fact]
    public async Task All_that_is_not_over_is_read_and_of_the_rest_what_ended_since()
    {
        const int Many = 4_500;
        var store = await Place.OpenAsync();
        ResourceState[] states = [.. Enumerable.Range(0, Many).Select(i => new ResourceState(
            $"task/1/r/{i}", "task", "1", "r", "c", i % 3 == 0, 1, i, new EventKey(i, (UInt128)(uint)i), "{}"u8.ToArray()))];
        await WriteAsync(store, states);
        await WriteAsync(store, states[7] with { IsStopped = true }, states[9] with { IsStopped = false, Version = 2 });

        var live = await ReadAsync(store, null);
        var since = await ReadAsync(store, DateTimeOffset.FromUnixTimeMilliseconds(4_000));

        Assert.Equal(Many * 2 / 3, live.Count);
        Assert.Equal((false, true, 2L), (live.ContainsKey("task/1/r/7"), live.ContainsKey("task/1/r/8"), live["task/1/r/9"].Version));
        Assert.Equal(Render(states[8]), Render(live["task/1/r/8"]));
        Assert.Equal(Many, (await ReadAsync(store, DateTimeOffset.MinValue)).Count);
        Assert.Equal([.. live.Keys.Concat(states.Where(s => s.IsStopped && s.At >= 4_000).Select(s => s.Key)).Order(StringComparer.Ordinal)], since.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_state_that_is_written_while_others_are_read_is_not_passed_over()
    {
        var store = await Place.OpenAsync();
        ResourceState[] states = [.. Enumerable.Range(0, 4_500).Select(i => new ResourceState(
            $"task/1/r/{i}", "task", "1", "r", "c", false, 1, i, new EventKey(i, (UInt128)(uint)i), "{}"u8.ToArray()))];
        await WriteAsync(store, states);
        var keys = new HashSet<string>();
        await foreach (var state in store.ReadStatesAsync(null, Cancel))
        {
            if (keys.Count == 10) await WriteAsync(store, states[4_400] with { Version = 2 }, states[3] with { Version = 2 });
            keys.Add(state.Key);
        }

        Assert.Equal(states.Length, keys.Count);
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

    // Goal: in the end a state is a function of the set of events. Method: the same drawn events of all kinds that change state in two orders, with repeats, in
    // batches of any size, with a cache that forgets and restarts between; compare with the fold of them all in a third order.
    [Fact]
    public async Task Every_order_of_the_events_ends_in_the_state_of_their_fold()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        var events = SomeCluster.Draw(random, 200, withResync: false);
        var expected = Fold(events);
        for (var order = 0; order < 2; order++)
        {
            await using var place = new TPlace();
            var store = await place.OpenAsync();
            EcsEvent[] sent = [.. events, .. events.Where(_ => random.Next(3) == 0)];
            random.Shuffle(sent);
            for (var at = 0; at < sent.Length;)
            {
                await using (var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System, statesMax: random.Next(1, 24)))
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

    private static async Task<Dictionary<string, ResourceState>> ReadAsync(IStore store, DateTimeOffset? stoppedSince)
    {
        var states = new Dictionary<string, ResourceState>();
        await foreach (var state in store.ReadStatesAsync(stoppedSince, Cancel)) states.Add(state.Key, state);
        return states;
    }

    private static ValueTask<CommitOutcome> WriteAsync(IStore store, params ResourceState[] states) =>
        store.CommitAsync(new Commit { Source = "test", ReceivedAt = Some.Noon, Accounting = default, States = states }, Cancel);

    private static Dictionary<string, string> Fold(IEnumerable<EcsEvent> events)
    {
        var states = new Dictionary<string, IResourceState>();
        foreach (var e in events.DistinctBy(e => e.Key)) ResourceFold.Fold(states, e);
        return states.Values.Select(StateDocument.Write).ToDictionary(row => row.Key, Render);
    }

    private static string Render(ResourceState row) => $"{row with { Document = default }} {Convert.ToHexString(row.Document.Span)}";
}
