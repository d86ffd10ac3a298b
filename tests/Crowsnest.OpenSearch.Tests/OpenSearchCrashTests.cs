using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>What a process leaves that ends in the middle, and what those do that share the store with it.</summary>
public sealed class OpenSearchCrashTests : IAsyncDisposable
{
    private readonly OpenSearchPlace _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await _place.DisposeAsync();

    // Goal: wherever a worker dies within a commit, nothing is lost and nothing stays untold when its batch comes again. Method: die after each step of the
    // order of writes, give the batch to another process, as a queue does, and compare with a batch that met no crash.
    [Theory]
    [InlineData("states")]
    [InlineData("firings")]
    [InlineData("quarantine")]
    [InlineData("events")]
    [InlineData("sums")]
    public async Task What_a_crash_leaves_unfinished_is_finished_when_the_batch_comes_again(string step)
    {
        EcsEvent[] events = [Some.Task("STOPPING", "EssentialContainerExited", "Essential container in task exited", version: 1), Some.Task(containers: [Some.Container(139)], version: 2)];
        var dying = (OpenSearchStore)await _place.OpenAsync();
        dying.Reached = reached =>
        {
            if (reached == step) throw new TimeoutException("The process ends here.");
        };
        var dies = Pipeline(dying);
        await Assert.ThrowsAsync<TimeoutException>(() => dies.SubmitAsync(new IngestBatch("sqs", Some.Noon, events, []), Cancel));
        await Assert.ThrowsAsync<TimeoutException>(async () => await dies.DisposeAsync());

        var store = await _place.OpenAsync();
        await using (var pipeline = Pipeline(store))
            Assert.Equal(2, (await pipeline.SubmitAsync(new IngestBatch("sqs", Some.Noon, events, []), Cancel)).Accounting.Received);

        Assert.Equal(2, (await store.Events.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, null, 1), Cancel)).Total);
        await using var pass = await store.Incidents.BeginAsync(Cancel);
        var (firing, _) = Assert.Single(await pass.PendingFiringsAsync(9, Cancel));
        Assert.Equal("EssentialContainerExited", firing.Labels["kind"]);
        Assert.Single(await store.LoadStatesAsync(["task/123456789012/eu-west-1/" + events[0].TaskId], Cancel));
    }

    // Goal: of two workers that each have one event of a stop, whichever is later knows what the other saw.
    [Fact]
    public async Task Two_workers_that_each_have_a_part_of_a_stop_join_what_they_know()
    {
        var first = await _place.OpenAsync();
        await using var other = await AnotherAsync();
        await using var one = Pipeline(first);
        await using var two = Pipeline(other);
        for (var i = 0; i < 10; i++)
        {
            var id = "t" + i.ToString(null, null);
            await Task.WhenAll(
                one.SubmitAsync(new IngestBatch("sqs", Some.Noon, [Some.Task("STOPPING", "EssentialContainerExited", "Essential container in task exited", version: 1, taskId: id)], []), Cancel),
                two.SubmitAsync(new IngestBatch("sqs", Some.Noon, [Some.Task("STOPPED", null, null, [Some.Container(139)], version: 2, taskId: id)], []), Cancel));
        }

        await using var pass = await first.Incidents.BeginAsync(Cancel);
        var firings = await pass.PendingFiringsAsync(99, Cancel);
        Assert.Equal(10, firings.Count);
        Assert.All(firings, f => Assert.Equal("EssentialContainerExited", f.Firing.Labels["kind"]));
    }

    [Fact]
    public async Task One_process_tells_and_another_takes_over_when_it_ends_or_says_nothing_for_a_while()
    {
        var first = await _place.OpenAsync();
        await using var second = await AnotherAsync();
        Assert.True(await first.Incidents.LeadAsync(Cancel));
        Assert.False(await second.Incidents.LeadAsync(Cancel));
        await Assert.ThrowsAsync<StoreException>(async () => await second.Incidents.BeginAsync(Cancel));

        // The first says nothing; the second has watched for long enough, and takes over. What the first still had in hand is refused.
        await using (var pass = await first.Incidents.BeginAsync(Cancel))
        {
            pass.CountTooOld(7);
            _place.Time.Advance(TimeSpan.FromSeconds(16));
            Assert.True(await second.Incidents.LeadAsync(Cancel));
            await Assert.ThrowsAsync<StoreException>(async () => await pass.CommitAsync(Cancel));
        }

        Assert.False(await first.Incidents.LeadAsync(Cancel));
        Assert.Equal(0, (await second.Incidents.CountsAsync(Cancel)).TooOld);
        await second.DisposeAsync();
        Assert.True(await first.Incidents.LeadAsync(Cancel));
    }

    private async Task<OpenSearchStore> AnotherAsync() =>
        await OpenSearchStore.OpenAsync(new OpenSearchOptions { Url = OpenSearchServer.Address, IndexPrefix = _place.Prefix, RefreshAtOnce = true }, _place.Time, Cancel);

    private IngestPipeline Pipeline(IStore store) => new(store, new EventDiagnoser(), new ShippedRules(ShippedRules.Sets["default"]), _place.Time);
}
