using System.Globalization;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of the accounting: received = stored + duplicates + quarantined in each receipt and in all, and it is true.</summary>
public abstract class AccountingContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    private const int Rounds = 40;

    [Fact]
    public async Task Sources_are_counted_apart_and_for_ever()
    {
        var store = await Place.OpenAsync();
        Assert.Empty(await store.AccountingAsync(Cancel));
        await store.CommitAsync(Counting("file", new Accounting(3, 0, 3, 0, 0, 0)), Cancel);
        await store.CommitAsync(Counting("http", new Accounting(7, 4, 2, 1, 1, 2)), Cancel);
        await store.CommitAsync(Counting("http", new Accounting(long.MaxValue / 2, 0, long.MaxValue / 2, 0, 0, 0)), Cancel);
        await store.CommitAsync(Counting(SomeIncident.Hostile, new Accounting(1, 1, 0, 0, 0, 0)), Cancel);
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            var sums = await store.AccountingAsync(Cancel);
            Assert.Equal(3, sums.Count);
            Assert.Equal(new Accounting(3, 0, 3, 0, 0, 0), sums["file"]);
            Assert.Equal(new Accounting(7 + (long.MaxValue / 2), 4, 2 + (long.MaxValue / 2), 1, 1, 2), sums["http"]);
            Assert.Equal(1, sums[SomeIncident.Hostile].Stored);
        }

        static Commit Counting(string source, Accounting accounting) => new() { Source = source, ReceivedAt = Some.Noon, Accounting = accounting };
    }

    // Goal: what is counted is what happened, whatever comes in. Method: drawn batches with repeats, other content under known ids, unknown kinds, times in any
    // order and things that are no events, several sources at once, restarts between; in the end compare with the set of all that was sent.
    [Fact]
    public async Task It_adds_up_and_is_true_over_any_batches_and_restarts()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        var store = await Place.OpenAsync();
        var sent = new List<EcsEvent>();
        var faults = 0;
        var told = new Dictionary<string, Accounting>(StringComparer.Ordinal);
        for (var round = 0; round < Place.Rounds(Rounds); round++)
        {
            await using var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, TimeProvider.System, statesMax: random.Next(1, 100));
            var waiting = new List<(string Source, int Count, Task<BatchReceipt> Receipt)>();
            for (var batch = random.Next(1, 6); batch > 0; batch--)
            {
                EcsEvent[] events = [.. Enumerable.Range(0, random.Next(12)).Select(_ => sent.Count > 0 && random.Next(3) == 0 ? sent[random.Next(sent.Count)] : Drawn(random))];
                Fault[] bad = [.. Enumerable.Range(0, random.Next(3)).Select(i => new Fault((QuarantineReason)random.Next(9), "Bad.", new byte[] { 0, (byte)i }, 2, "00"))];
                sent.AddRange(events);
                faults += bad.Length;
                var source = new[] { "file", "http", "sqs" }[random.Next(3)];
                waiting.Add((source, events.Length + bad.Length, await pipeline.EnqueueAsync(new IngestBatch(source, Some.Noon, events, bad), Cancel)));
            }

            foreach (var (source, count, receipt) in waiting)
            {
                var sums = (await receipt).Accounting;
                Assert.True(sums.Received == count && count == sums.Stored + sums.Duplicates + sums.Quarantined, $"CROWSNEST_SEED={seed}: {sums} of {count}");
                told[source] = told.GetValueOrDefault(source) + sums;
            }

            if (random.Next(8) == 0)
            {
                await pipeline.StopAsync(TimeSpan.FromSeconds(10));
                store = await Place.OpenAsync();
            }
        }

        var kept = sent.DistinctBy(e => e.Key).ToList();
        var withId = kept.Where(e => e.Id.Length > 0).ToList();
        var expected = new Accounting(
            sent.Count + faults, kept.Count, sent.Count - kept.Count, faults, withId.Count - withId.Select(e => e.Id).Distinct(EventIdComparer.Instance).Count(),
            kept.Count(e => e.Kind == EventKind.Unknown));
        var actual = await store.AccountingAsync(Cancel);
        Assert.True(expected == actual.Values.Aggregate(Accounting.Add), $"CROWSNEST_SEED={seed}: expected {expected}, counted {string.Join(" + ", actual)}");
        Assert.Equal(told.OrderBy(t => t.Key, StringComparer.Ordinal), actual.OrderBy(t => t.Key, StringComparer.Ordinal));
        Assert.Equal(kept.Select(e => e.Key).Order(), (await AllAsync(store)).Select(e => e.Key).Order());
        Assert.Equal(faults, (await store.Quarantine.CountsAsync(Cancel)).Values.Sum());
    }

    private static EcsEvent Drawn(Random random)
    {
        var id = random.Next(6) switch { 0 => "", 1 => $"ID-{random.Next(40)}", _ => $"id-{random.Next(400)}" };
        var time = Some.Noon.AddHours(-random.Next(100)).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var type = random.Next(4) == 0 ? "Shop Order" : "ECS Task State Change";
        return Decode($$$"""{"id":"{{{id}}}","detail-type":"{{{type}}}","source":"aws.ecs","time":"{{{time}}}","detail":{"taskArn":"arn:aws:ecs:eu-west-1:1:task/c/{{{random.Next(30)}}}","version":{{{random.Next(5)}}}}}""");
    }
}
