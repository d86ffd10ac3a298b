using System.Globalization;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>A place whose store several processes open at once.</summary>
public abstract class SharedStorePlace : StorePlace
{
    public sealed override bool IsShared => true;

    /// <summary>Opens the store once more, as another process would; the caller closes it.</summary>
    public abstract ValueTask<IStore> AnotherAsync();

    /// <summary>Calls back after each step of a commit, and between a pass's decision and what it writes elsewhere.</summary>
    public abstract void OnReached(IStore store, Action<string>? reached);

    /// <summary>Makes what other processes wrote be found.</summary>
    public virtual Task SettleAsync(IStore store) => Task.CompletedTask;
}

/// <summary>What a process leaves that ends in the middle, and what those do that share the store with it.</summary>
public abstract class SharingContract<TPlace> : StoreContract<TPlace> where TPlace : SharedStorePlace, new()
{
    // Goal: wherever a worker dies within a commit, nothing is lost and nothing stays untold when its batch comes again. Method: die after each step of the
    // order of writes in turn, give the batch to another process, as a queue does.
    [Fact]
    public async Task What_a_crash_leaves_unfinished_is_finished_when_the_batch_comes_again()
    {
        EcsEvent[] events = [Some.Task("STOPPING", "EssentialContainerExited", "Essential container in task exited", version: 1), Some.Task(containers: [Some.Container(139)], version: 2)];
        var steps = 0;
        for (var isReached = true; isReached; steps++)
        {
            isReached = false;
            await using var place = new TPlace();
            var dying = await place.OpenAsync();
            var left = steps;
            place.OnReached(dying, _ =>
            {
                if (left-- > 0) return;
                isReached = true;
                throw new TimeoutException("The process ends here.");
            });
            var dies = Pipeline(dying);
            var sent = dies.SubmitAsync(new IngestBatch("sqs", Some.Noon, events, []), Cancel);
            if (await Record.ExceptionAsync(() => sent) is { } died) Assert.IsType<TimeoutException>(died);
            await Record.ExceptionAsync(async () => await dies.DisposeAsync());

            var store = await place.OpenAsync();
            await using (var pipeline = Pipeline(store))
                Assert.Equal(2, (await pipeline.SubmitAsync(new IngestBatch("sqs", Some.Noon, events, []), Cancel)).Accounting.Received);

            await place.SettleAsync(store);
            Assert.Equal(2, (await store.Events.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, null, 1), Cancel)).Total);
            await using var pass = await store.Incidents.BeginAsync(Cancel);
            var (firing, _) = Assert.Single(await pass.PendingFiringsAsync(9, Cancel));
            Assert.Equal("EssentialContainerExited", firing.Labels["kind"]);
            Assert.Single(await store.LoadStatesAsync(["task/123456789012/eu-west-1/" + events[0].TaskId], Cancel));
        }

        Assert.True(steps > 3, $"only {steps - 1} steps");
    }

    // Goal: a commit that fails for now is done once in the end. Method: fail once after each step in turn; the pipeline tries the same commit again.
    [Fact]
    public async Task A_commit_that_fails_for_now_goes_on_where_it_stopped()
    {
        var steps = 0;
        for (var isReached = true; isReached; steps++)
        {
            isReached = false;
            await using var place = new TPlace();
            var store = await place.OpenAsync();
            var left = steps;
            place.OnReached(store, _ =>
            {
                if (left-- != 0) return;
                isReached = true;
                throw new StoreException("away", "wait", isTransient: true);
            });
            await using (var pipeline = Pipeline(store))
            {
                var receipt = await pipeline.SubmitAsync(
                    new IngestBatch("sqs", Some.Noon, [Some.Task(containers: [Some.Container(139)], version: 2)], [new Fault(QuarantineReason.NotJson, "Bad.", "{"u8.ToArray(), 1, "00")]), Cancel);
                Assert.Equal(new Accounting(Received: 2, Stored: 1, Duplicates: 0, Quarantined: 1, IdReused: 0, UnknownKinds: 0), receipt.Accounting);
            }

            Assert.Equal(new Accounting(2, 1, 0, 1, 0, 0), (await store.AccountingAsync(Cancel))["sqs"]);
            Assert.Single(await store.Quarantine.ListAsync(null, 9, Cancel));
            Assert.Equal([(QuarantineReason.NotJson, 1L)], (await store.Quarantine.TotalsAsync(Cancel)).Select(total => (total.Key, total.Value)));
            Assert.Equal(1, (await store.Events.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, null, 1), Cancel)).Total);
        }

        Assert.True(steps > 3, $"only {steps - 1} steps");
    }

    // Goal: of two workers that each have one event of a stop, whichever is later knows what the other saw.
    [Fact]
    public async Task Two_workers_that_each_have_a_part_of_a_stop_join_what_they_know()
    {
        var first = await Place.OpenAsync();
        await using var other = await Place.AnotherAsync();
        await using var one = Pipeline(first);
        await using var two = Pipeline(other);
        for (var i = 0; i < 10; i++)
        {
            var id = "t" + i.ToString(CultureInfo.InvariantCulture);
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
        var first = await Place.OpenAsync();
        await using var second = await Place.AnotherAsync();
        Assert.True(await first.Incidents.LeadAsync(Cancel));
        Assert.False(await second.Incidents.LeadAsync(Cancel));
        await Assert.ThrowsAsync<StoreException>(async () => await second.Incidents.BeginAsync(Cancel));

        // The first says nothing; the second has watched for long enough, and takes over. What the first still had in hand is refused.
        await using (var pass = await first.Incidents.BeginAsync(Cancel))
        {
            pass.CountTooOld(7);
            Place.Time.Advance(TimeSpan.FromSeconds(16));
            Assert.True(await second.Incidents.LeadAsync(Cancel));
            await Assert.ThrowsAsync<StoreException>(async () => await pass.CommitAsync(Cancel));
        }

        Assert.False(await first.Incidents.LeadAsync(Cancel));
        Assert.Equal(0, (await second.Incidents.CountsAsync(Cancel)).TooOld);
        await second.DisposeAsync();
        Assert.True(await first.Incidents.LeadAsync(Cancel));
    }

    // Goal: what a pass has decided holds from one moment on, however much it is. Method: a pass far above what any store writes at once, whose holder dies as soon
    // as it has decided; before, nothing of it is there, and the next process has all of it.
    [Fact]
    public async Task A_pass_whose_holder_dies_once_it_has_decided_is_carried_out_by_the_next()
    {
        const int Many = 150;
        string[] names = [.. Enumerable.Range(0, Many).Select(i => i.ToString("D3", CultureInfo.InvariantCulture))];
        var dying = await Place.OpenAsync();
        await dying.CommitAsync(new Commit { Source = "test", ReceivedAt = Some.Noon, Accounting = default, Firings = [.. names.Select(name => SomeIncident.Firing("f" + name))] }, Cancel);
        Place.OnReached(dying, _ => throw new TimeoutException("The process ends here."));
        await using (var pass = await dying.Incidents.BeginAsync(Cancel))
        {
            Assert.Equal(Many, (await pass.PendingFiringsAsync(999, Cancel)).Count);
            foreach (var name in names)
            {
                pass.Assign("f" + name, "i" + name);
                pass.Save(SomeIncident.Of("i" + name));
                pass.Enqueue(SomeIncident.Message("m" + name));
            }

            pass.CountTooOld(3);
            await Assert.ThrowsAsync<TimeoutException>(async () => await pass.CommitAsync(Cancel));
        }

        Assert.Empty(await dying.Incidents.IncidentsAsync(9, Cancel));
        var store = await Place.OpenAsync();
        await using (var pass = await store.Incidents.BeginAsync(Cancel))
        {
            Assert.Empty(await pass.PendingFiringsAsync(9, Cancel));
            Assert.Equal("f007", Assert.Single(await pass.FiringsOfAsync("i007", 9, Cancel)).Id);
        }

        Assert.Equal(names.Select(name => "i" + name), (await store.Incidents.IncidentsAsync(999, Cancel)).Select(incident => incident.Id).Order(StringComparer.Ordinal));
        Assert.Equal(names.Select(name => "m" + name), (await store.Incidents.DueOutboxAsync(Some.Noon.AddYears(1), 999, Cancel)).Select(message => message.Id).Order(StringComparer.Ordinal));
        Assert.Equal(3, (await store.Incidents.CountsAsync(Cancel)).TooOld);
    }

    // Goal: a firing that becomes better while a pass gives it its incident is looked at again. Method: another worker writes between what the pass read and what it writes.
    [Fact]
    public async Task A_firing_that_becomes_better_during_a_pass_goes_on_waiting()
    {
        var store = await Place.OpenAsync();
        await using var other = await Place.AnotherAsync();
        await store.CommitAsync(Firing("f", 1), Cancel);
        await using (var pass = await store.Incidents.BeginAsync(Cancel))
        {
            Assert.Single(await pass.PendingFiringsAsync(9, Cancel));
            pass.Assign("f", "i");
            pass.Save(SomeIncident.Of("i"));
            await other.CommitAsync(Firing("f", 2), Cancel);
            await pass.CommitAsync(Cancel);
        }

        await using var after = await store.Incidents.BeginAsync(Cancel);
        var (firing, incident) = Assert.Single(await after.PendingFiringsAsync(9, Cancel));
        Assert.Equal((2, "i"), (firing.Rank, incident));

        static Commit Firing(string id, int rank) => new() { Source = "test", ReceivedAt = Some.Noon, Accounting = default, Firings = [SomeIncident.Firing(id, rank: rank)] };
    }

    // Goal: a page on a store that several workers write shows what all of them know. Method: three processes write the same and different resources at the same time
    // while a fourth follows, by a clock that goes on meanwhile; at the end it has the newest of each, and nothing of before it began.
    [Fact(Timeout = 120_000)]
    public async Task What_other_processes_write_is_followed_and_none_is_passed_over()
    {
        var reader = await Place.OpenAsync();
        await WriteAsync(reader, "before", 1);
        Place.Time.Advance(TimeSpan.FromMinutes(1));
        var follower = (await reader.FollowStatesAsync(Cancel))!;
        var seen = new Dictionary<string, long>(StringComparer.Ordinal);

        var writing = Task.WhenAll(Enumerable.Range(0, 3).Select(worker => Task.Run(async () =>
        {
            await using var store = await Place.AnotherAsync();
            for (var i = 0; i < 60; i++) await WriteAsync(store, string.Create(CultureInfo.InvariantCulture, $"{worker}-{i % 20}"), i + 1);
        }, Cancel)));
        while (!writing.IsCompleted)
        {
            await FollowAsync();
            Place.Time.Advance(TimeSpan.FromSeconds(2));
        }

        await writing;
        while (seen.Count < 60 || seen.Values.Any(version => version < 41)) await FollowAsync();

        Assert.Equal(60, seen.Count);
        Assert.All(seen.Values, version => Assert.InRange(version, 41, 60));

        async Task FollowAsync()
        {
            await foreach (var state in follower.ReadAsync(Cancel)) seen[state.Key] = state.Version;
        }
    }

    private static async Task WriteAsync(IStore store, string task, long version)
    {
        var key = "task/1/r/" + task;
        await store.LoadStatesAsync([key], Cancel);
        await store.CommitAsync(
            new Commit { Source = "test", ReceivedAt = Some.Noon, Accounting = default, States = [new ResourceState(key, "task", "1", "r", "c", version % 3 == 0, version, version, new EventKey(version, (UInt128)(ulong)version), "{}"u8.ToArray())] }, Cancel);
    }

    private IngestPipeline Pipeline(IStore store) => new(store, new EventDiagnoser(), new ShippedRules(ShippedRules.Sets["default"]), Place.Time);
}
