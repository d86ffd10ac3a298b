using System.Collections;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of a commit: all of it or nothing, whatever breaks it off, and the next one as if it had never been tried.</summary>
public abstract class CommitContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    private static readonly Fault NotJson = new(QuarantineReason.NotJson, "Not JSON.", "{"u8.ToArray(), 1, "00");

    [Fact]
    public async Task A_commit_is_there_whole_when_it_returns()
    {
        var store = await Place.OpenAsync();
        await store.CommitAsync(Whole(1), Cancel);
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync()) Assert.Equal("4 events, 1 in quarantine, 1 states, 2 firings, due, 5 received", await PictureAsync(store));
    }

    // Goal: nothing of a commit that breaks is left. Method: break it at each of its parts, after some of that part were taken, and at its sum.
    [Theory]
    [InlineData("events")]
    [InlineData("quarantine")]
    [InlineData("states")]
    [InlineData("firings")]
    [InlineData("accounting")]
    public async Task A_commit_that_breaks_leaves_nothing(string part)
    {
        var store = await Place.OpenAsync();
        await store.CommitAsync(Whole(1), Cancel);
        var before = await PictureAsync(store);
        var whole = Whole(2);
        var broken = part switch
        {
            "events" => whole with { Events = new Breaking<DiagnosedEvent>(whole.Events) },
            "quarantine" => whole with { Quarantine = new Breaking<Fault>(whole.Quarantine) },
            "states" => whole with { States = new Breaking<ResourceState>(whole.States) },
            "firings" => whole with { Firings = new Breaking<Firing>(whole.Firings) },
            _ => whole with { Accounting = whole.Accounting with { Received = 99 } },
        };
        if (part == "accounting") Assert.False((await Assert.ThrowsAsync<StoreException>(async () => await store.CommitAsync(broken, Cancel))).IsTransient);
        else await Assert.ThrowsAsync<TimeoutException>(async () => await store.CommitAsync(broken, Cancel));

        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            Assert.Equal(before, await PictureAsync(store));
            Assert.All(await store.LookUpAsync([.. whole.Events.Select(e => e.Event)], Cancel), standing => Assert.Equal(EventStanding.New, standing));
        }

        await store.CommitAsync(whole, Cancel);
        Assert.Equal("8 events, 2 in quarantine, 2 states, 4 firings, due, 10 received", await PictureAsync(store));
    }

    [Fact]
    public async Task What_is_cancelled_before_it_began_did_not_happen()
    {
        var store = await Place.OpenAsync();
        await store.CommitAsync(Whole(1), Cancel);
        var before = await PictureAsync(store);
        var all = new SearchQuery.All();
        var gone = new CancellationToken(canceled: true);
        var kept = Assert.Single(await store.Quarantine.ListAsync(null, 10, Cancel));
        await Cancelled(async () => await store.CommitAsync(Whole(2), gone));
        await Cancelled(async () => await store.Quarantine.RemoveAsync(kept.Id, gone));
        await Cancelled(async () => await store.Incidents.BeginAsync(gone));
        await Cancelled(async () => await store.Incidents.RecordAsync([SomeIncident.Message("m")], gone));
        await Cancelled(async () => await Place.Tokens.AddAsync(new TokenRecord("t", "t", TokenRole.Viewer, new byte[32], Some.Noon), gone));
        await Cancelled(async () => await Place.Tokens.RevokeAsync("t", Some.Noon, gone));
        await Cancelled(async () => await store.LookUpAsync([Event("a")], gone));
        await Cancelled(async () => await store.LoadStatesAsync(["a"], gone));
        await Cancelled(async () => await store.Events.SearchAsync(new SearchRequest(all, null, null, 10), gone));
        await Cancelled(async () => await store.Events.HistogramAsync(new HistogramRequest(all, null, null, null, 10), gone));
        await Cancelled(async () => await store.Events.ValuesAsync(new ValuesRequest(all, null, null, SearchFields.Ref(SearchFields.Text), 10), gone));
        Assert.Equal(before, await PictureAsync(store));
        Assert.Empty(await Place.Tokens.ListAsync(Cancel));
        await store.CommitAsync(Whole(2), Cancel);

        static async Task Cancelled(Func<Task> act) => await Assert.ThrowsAnyAsync<OperationCanceledException>(act);
    }

    // Goal: a commit that is cancelled while it runs is there or is not, and its caller was told which. Method: cancel at whatever instant it happens to be.
    [Fact]
    public async Task What_is_cancelled_on_its_way_is_whole_or_absent_as_its_caller_was_told()
    {
        var store = await Place.OpenAsync();
        var told = 0;
        for (var i = 0; i < 40; i++)
        {
            using var giveUp = new CancellationTokenSource();
            var committing = Task.Run(async () => await store.CommitAsync(Whole(i), giveUp.Token), Cancel);
            for (var spin = 0; spin < i * 500; spin++) Thread.SpinWait(1);
            await giveUp.CancelAsync();
            try
            {
                await committing;
                told++;
            }
            catch (OperationCanceledException)
            {
                // Told so.
            }

            if (i % 10 == 9) Assert.Equal(told == 0 ? Nothing : Sum(told), await PictureAsync(store));
        }
    }

    [Fact]
    public async Task Commits_passes_and_readers_side_by_side_all_get_through()
    {
        var store = await Place.OpenAsync();
        var committing = Task.Run(async () => { for (var i = 0; i < 30; i++) await store.CommitAsync(Whole(i), Cancel); }, Cancel);
        var passing = Task.Run(
            async () =>
            {
                for (var i = 0; i < 30; i++)
                {
                    await using var pass = await store.Incidents.BeginAsync(Cancel);
                    pass.Save(SomeIncident.Of("i" + i));
                    await pass.CommitAsync(Cancel);
                }
            },
            Cancel);
        while (!committing.IsCompleted || !passing.IsCompleted) await PictureAsync(store);
        await Task.WhenAll(committing, passing);
        Assert.Equal(Sum(30), await PictureAsync(store));
        Assert.Equal(30, (await store.Incidents.CountsAsync(Cancel)).Firing);
    }

    private const string Nothing = "0 events, 0 in quarantine, 0 states, 0 firings, nothing due, 0 received";

    private static string Sum(int commits) => $"{4 * commits} events, {commits} in quarantine, {commits} states, {2 * commits} firings, due, {5 * commits} received";

    // Two days of events, so that a store that keeps days apart has two places to forget.
    private static Commit Whole(int number)
    {
        EcsEvent[] events = [.. Enumerable.Range(0, 4).Select(i => Event($"{number}-{i}", time: $"2026-03-0{1 + (i % 2)}T12:00:00Z"))];
        var (_, state) = TaskState.Observe(null, Some.Task("RUNNING", taskId: "t" + number));
        return CommitOf(events, [NotJson]) with
        {
            States = [StateDocument.Write(state)],
            Firings = [SomeIncident.Firing($"{number}-a"), SomeIncident.Firing($"{number}-b")],
        };
    }

    private static async Task<string> PictureAsync(IStore store)
    {
        var due = await store.Incidents.NextDueAsync(Cancel);
        int firings;
        await using (var pass = await store.Incidents.BeginAsync(Cancel)) firings = (await pass.PendingFiringsAsync(1_000, Cancel)).Count;
        var states = await store.LoadStatesAsync([.. Enumerable.Range(0, 50).Select(i => "task/123456789012/eu-west-1/t" + i)], Cancel);
        var total = (await store.Events.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, null, 1), Cancel)).Total;
        var kept = (await store.Quarantine.ListAsync(null, 1_000, Cancel)).Count;
        var sums = (await store.AccountingAsync(Cancel)).Values.Aggregate(default(Accounting), Accounting.Add);
        return $"{total} events, {kept} in quarantine, {states.Count} states, {firings} firings, {(due is null ? "nothing due" : "due")}, {sums.Received} received";
    }

    /// <summary>A list that breaks when it is nearly read through.</summary>
    private sealed class Breaking<T>(IReadOnlyList<T> list) : IReadOnlyList<T>
    {
        public int Count => list.Count;

        public T this[int index] => index < list.Count - 1 ? list[index] : throw new TimeoutException();

        public IEnumerator<T> GetEnumerator()
        {
            for (var i = 0; i < Count; i++) yield return this[i];
        }

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
