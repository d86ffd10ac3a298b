using System.Text;
using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.Cluster;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of how things were: checkpoints, and the past as the fold of all events up to it.</summary>
public abstract class HistoryContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    private static readonly EventDiagnoser Diagnoser = new();
    private static readonly HistoryOptions Small = new() { EventsApart = 25, LateMax = 20, Slack = TimeSpan.Zero };

    // Goal: whatever came when, the past is the fold of the events that speak of times up to it. Method: a drawn fleet's events, most of them in about their order and
    // some much later, in batches, with checkpoints made between; then moments at random, at events and between, before the first and after the last.
    [Fact]
    public async Task The_past_is_the_fold_of_the_events_up_to_it()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        for (var round = 0; round < Place.Rounds(6); round++)
        {
            await using var place = new TPlace();
            var store = await place.OpenAsync();
            var events = new HistoryEvents(random).Draw(60);
            List<EcsEvent> sent = [.. events.OrderBy(e => TimeOf(e) + (random.Next(4) == 0 ? random.Next(8_000_000) : random.Next(60_000)))];
            var maker = NewMaker(store, place);
            for (var at = 0; at < sent.Count;)
            {
                place.Time.Advance(TimeSpan.FromSeconds(30));
                var batch = Math.Min(random.Next(1, 60), sent.Count - at);
                for (var end = at + batch; at < end; at++) sent[at] = Received(sent[at], place.Time.GetUtcNow());
                await store.CommitAsync(CommitOf(sent[(at - batch)..at]) with { ReceivedAt = place.Time.GetUtcNow() }, Cancel);
                place.Time.Advance(TimeSpan.FromSeconds(random.Next(1, 5_000)));
                if (random.Next(3) == 0) maker = NewMaker(store, place);
                for (var i = random.Next(5); i > 0 && await maker.NextAsync(Cancel);) i--;
                if (random.Next(4) == 0) await CheckAsync(store, place, sent[..at], random, seed, 2);
            }

            while (await maker.NextAsync(Cancel))
            {
                // All that can be made.
            }

            Assert.NotNull(await store.Checkpoints.SpanAsync(Cancel));
            await CheckAsync(store, place, sent, random, seed, 12);
        }
    }

    // Goal: each sample of a stretch is what the past says of its moment. Method: the same drawn fleets with checkpoints here and there; stretches and steps at random.
    [Fact]
    public async Task Capacity_over_time_is_what_the_past_says_of_each_moment()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        var counted = 0;
        for (var round = 0; round < Place.Rounds(5); round++)
        {
            await using var place = new TPlace();
            var store = await place.OpenAsync();
            List<EcsEvent> sent = [.. new HistoryEvents(random).Draw(70).Select(e => Received(e, place.Time.GetUtcNow()))];
            foreach (var batch in sent.OrderBy(e => TimeOf(e) + random.Next(4_000_000)).Chunk(80))
            {
                await store.CommitAsync(CommitOf([.. batch]) with { ReceivedAt = place.Time.GetUtcNow() }, Cancel);
                place.Time.Advance(TimeSpan.FromHours(2));
                var maker = NewMaker(store, place);
                for (var i = random.Next(4); i > 0 && await maker.NextAsync(Cancel);) i--;
            }

            var past = new ClusterHistory(store, Diagnoser, place.Time, Small with { EventsMax = 100_000 });
            foreach (var cluster in (string[])["prod", "shop"])
            {
                var name = new ClusterName("123456789012", "eu-west-1", cluster);
                var from = DateTimeOffset.FromUnixTimeMilliseconds(sent.Min(TimeOf) + random.Next(-4_000_000, 8_000_000));
                var series = await new CapacityHistory(store, Diagnoser, past).ReadAsync(name, from, from.AddMilliseconds(random.Next(1_000, 20_000_000)), random.Next(2, 12), long.MaxValue, Cancel);
                foreach (var sample in series.Samples)
                {
                    var view = (await past.ViewAsync(sample.At, Cancel)).View.Find(name);
                    Assert.Equal($"CROWSNEST_SEED={seed} at {sample.At:O} {Words(view)}", $"CROWSNEST_SEED={seed} at {sample.At:O} {Words(sample)}");
                    counted += sample.Instances + sample.Tasks;
                }

                var failures = sent.Where(e => e.Source == "aws.ecs" && e.Cluster == cluster && e.Detail is ActionDetail { EventName: PlacementFailure.EventName } && TimeOf(e) > from.ToUnixTimeMilliseconds() && TimeOf(e) <= series.Samples[^1].At.ToUnixTimeMilliseconds());
                Assert.Equal(failures.Select(TimeOf).Order(), series.Marks.Select(mark => mark.At.ToUnixTimeMilliseconds()));
                Assert.Null(series.CutAt);
            }
        }

        Assert.True(counted > 50, $"{counted}");

        static string Words(object? of) => of switch
        {
            CapacitySample s => $"{s.HeardAt is not null} {s.Instances} {s.Taking} {s.Cpu} {s.Memory} {s.Gpus} {s.AvailableCpu} {s.AvailableMemory} {s.AvailableGpus} {s.Tasks} {s.Running} {s.Pending}",
            ClusterView view when ClusterCapacity.Of(view).Total is var t && view.Tasks.Where(task => !task.IsStopped).ToList() is var tasks =>
                $"True {t.Instances} {t.Taking} {t.Cpu} {t.Memory} {t.Gpus} {t.AvailableCpu} {t.AvailableMemory} {t.AvailableGpus} {t.Tasks} {tasks.Count(x => x.Detail.LastStatus == "RUNNING")} {tasks.Count(x => x.Detail.LastStatus is "PROVISIONING" or "PENDING" or "ACTIVATING")}",
            _ => "False 0 0 " + $"{default(Amount)} {default(Amount)} {default(Amount)} 0 0 0 0 0 0",
        };
    }

    [Fact]
    public async Task A_chain_of_checkpoints_is_the_newest_whole_one_and_what_builds_on_it()
    {
        var store = await Place.OpenAsync();
        Assert.Empty(await store.Checkpoints.ReadAsync(long.MaxValue / 4, Cancel));
        Assert.Null(await store.Checkpoints.SpanAsync(Cancel));
        foreach (var (at, whole) in ((long, long)[])[(100, 100), (200, 100), (300, 300), (400, 300), (500, 300)]) await store.Checkpoints.SaveAsync(Made(at, whole, "a", "b" + at), Cancel);
        await store.Checkpoints.SaveAsync(Made(400, 300), Cancel);

        Assert.Empty(await ReadAsync(99));
        Assert.Equal<string[]>(["100/100 a b100"], await ReadAsync(100));
        Assert.Equal<string[]>(["100/100 a b100", "200/100 a b200"], await ReadAsync(299));
        store = await Place.OpenAsync();
        Assert.Equal<string[]>(["300/300 a b300", "400/300", "500/300 a b500"], await ReadAsync(900));
        Assert.Equal((100, 500), await store.Checkpoints.SpanAsync(Cancel));

        await store.Checkpoints.DropAsync(400, long.MaxValue, Cancel);
        await store.Checkpoints.DropAsync(long.MinValue, 300, Cancel);
        Assert.Equal<string[]>(["300/300 a b300"], await ReadAsync(900));
        Assert.Empty(await ReadAsync(299));
        Assert.Equal((300, 300), await store.Checkpoints.SpanAsync(Cancel));

        async Task<string[]> ReadAsync(long at) => [.. (await store.Checkpoints.ReadAsync(at, Cancel)).Select(c => string.Join(' ', [$"{c.At}/{c.Base}", .. c.Parts.Select(p => Encoding.UTF8.GetString(p.Span))]))];
    }

    [Fact]
    public async Task What_cannot_be_read_is_made_anew()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        var store = await Place.OpenAsync();
        List<EcsEvent> sent = [.. new HistoryEvents(random).Draw(30).Select(e => Received(e, Place.Time.GetUtcNow()))];
        await store.CommitAsync(CommitOf(sent) with { ReceivedAt = Place.Time.GetUtcNow() }, Cancel);
        Place.Time.Advance(TimeSpan.FromDays(1));
        var at = sent.Max(TimeOf) + 1;
        foreach (var garbage in (byte[][])[[1, 2, 3], [9, 0, 0, 0, 1, 2, 3], [.. Enumerable.Repeat((byte)255, 500)]])
        {
            while (await NewMaker(store, Place).NextAsync(Cancel))
            {
                // All that can be made.
            }

            await store.Checkpoints.SaveAsync(new Checkpoint(at, at, Place.Time.GetUtcNow(), [garbage]), Cancel);
            if (random.Next(2) == 0)
                Assert.True((await Assert.ThrowsAsync<StoreException>(() => new ClusterHistory(store, Diagnoser, Place.Time, Small).ViewAsync(DateTimeOffset.FromUnixTimeMilliseconds(at), Cancel))).IsTransient);
            await NewMaker(store, Place).NextAsync(Cancel);
            await CheckAsync(store, Place, sent, random, seed, 3);
        }
    }

    [Fact]
    public async Task A_large_checkpoint_comes_back_as_it_was()
    {
        var store = await Place.OpenAsync();
        var parts = Enumerable.Range(0, 40).Select(i => (ReadOnlyMemory<byte>)Enumerable.Range(0, 300_000).Select(n => (byte)(n * 31 + i)).ToArray()).ToArray();
        await store.Checkpoints.SaveAsync(new Checkpoint(-5, -5, Some.Noon, parts), Cancel);

        var read = Assert.Single(await store.Checkpoints.ReadAsync(0, Cancel));
        Assert.Equal((-5, Some.Noon, 40), (read.At, read.KnownUntil, read.Parts.Count));
        for (var i = 0; i < parts.Length; i++) Assert.True(parts[i].Span.SequenceEqual(read.Parts[i].Span), $"part {i}");
    }

    private static Checkpoint Made(long at, long whole, params string[] parts) =>
        new(at, whole, Some.Noon.AddSeconds(at), [.. parts.Select(p => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(p))]);

    private static CheckpointMaker NewMaker(IStore store, TPlace place) => new(store, Diagnoser, place.Time.GetUtcNow, Small);

    private static EcsEvent Received(EcsEvent e, DateTimeOffset at) => Assert.IsType<Decoded.Ok>(new EventDecoder(new MaskingOptions { Own = e.IsOwn ? OwnMark.Given : OwnMark.Left }).Decode(e.Raw, at)).Event;

    private static long TimeOf(EcsEvent e) => e.Detail.UpdatedAt.HasValue ? e.Detail.UpdatedAt.UnixMilliseconds : e.OccurredAt.ToUnixTimeMilliseconds();

    private static async Task CheckAsync(IStore store, TPlace place, List<EcsEvent> sent, Random random, int seed, int moments)
    {
        var history = new ClusterHistory(store, Diagnoser, place.Time, Small);
        for (var i = 0; i < moments; i++)
        {
            var at = TimeOf(sent[random.Next(sent.Count)]) + random.Next(5) switch { 0 => 0, 1 => -1, 2 => -20_000_000, 3 => 20_000_000, _ => random.Next(600_000) };
            var expected = Fold(sent.Where(e => TimeOf(e) <= at), at);
            var found = ViewText.Of((await history.ViewAsync(DateTimeOffset.FromUnixTimeMilliseconds(at), Cancel)).View);
            Assert.True(expected == found, $"CROWSNEST_SEED={seed} at {at}, {sent.Count} events\n{Difference(expected, found)}");
        }
    }

    private static string Fold(IEnumerable<EcsEvent> events, long at)
    {
        var states = new Dictionary<string, IResourceState>();
        foreach (var e in events)
        {
            if (e.Source == "aws.ecs" || e.IsOwn) ResourceFold.Fold(states, e);
        }

        var model = new ClusterModel(Diagnoser, new ManualTime(DateTimeOffset.FromUnixTimeMilliseconds(at)));
        model.Apply(states.Values);
        return ViewText.Of(model.View);
    }

    private static string Difference(string expected, string found) =>
        string.Join('\n', [.. expected.Split('\n').Except(found.Split('\n')).Select(l => "- " + l), .. found.Split('\n').Except(expected.Split('\n')).Select(l => "+ " + l)]);
}
