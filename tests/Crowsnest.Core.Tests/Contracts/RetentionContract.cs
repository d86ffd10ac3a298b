using System.Globalization;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store lets go of, and when.</summary>
public abstract class RetentionContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    // Nothing is old but what a test names.
    private static readonly Retention Ever = new() { Events = null, Quarantine = TimeSpan.FromDays(10_000), Incidents = TimeSpan.FromDays(10_000) };

    private static DateTimeOffset Now => Some.Noon;

    [Fact]
    public async Task Events_leave_by_whole_days_once_the_days_end_is_longer_ago_than_they_are_kept()
    {
        var store = await Place.OpenAsync();
        await WriteAsync(store, Now.AddDays(-50), At(-3), At(-2), At(-2.2), At(-1), At(0), At(+1));
        var kept = Ever with { Events = TimeSpan.FromHours(36) };

        Assert.Equal(default, await store.DropOldAsync(Ever, Now.AddYears(20), Cancel));
        Assert.Equal(default, await store.DropOldAsync(kept, Now.AddDays(-2), Cancel));

        // Noon less 36 hours is the very midnight at which the day before yesterday ended.
        Assert.Equal(1, (await store.DropOldAsync(kept, Now, Cancel)).Events);
        Assert.Equal(2, (await store.DropOldAsync(kept, Now.AddMilliseconds(1), Cancel)).Events);
        Assert.Equal(default, await store.DropOldAsync(kept, Now.AddMilliseconds(1), Cancel));
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            Assert.Equal(["-1", "0", "1"], (await AllAsync(store)).Select(Note));
            Assert.Equal(3, (await store.DroppedAsync(Cancel)).Events);
        }
    }

    [Fact]
    public async Task A_day_that_was_written_lately_stays_however_long_ago_it_was()
    {
        var store = await Place.OpenAsync();
        await WriteAsync(store, Now.AddDays(-5), At(-3_000), At(-2_000));
        await WriteAsync(store, Now.AddDays(-1), At(-3_000.1), Event("without", time: ""));
        var kept = Ever with { Events = TimeSpan.FromDays(3) };

        Assert.Equal(1, (await store.DropOldAsync(kept, Now, Cancel)).Events);
        Assert.Equal(3, (await AllAsync(store)).Count);
        Assert.Equal(3, (await store.DropOldAsync(kept, Now.AddDays(3), Cancel)).Events);
        Assert.Empty(await AllAsync(store));
    }

    [Fact]
    public async Task Over_the_size_the_oldest_days_leave_but_never_the_newest()
    {
        var store = await Place.OpenAsync();
        await WriteAsync(store, Now.AddDays(-9), At(-3), At(-2), At(-1), At(-1.1));
        Assert.Equal(default, await store.DropOldAsync(Ever with { SizeBytes = long.MaxValue }, Now, Cancel));
        Assert.Equal(2, (await store.DropOldAsync(Ever with { SizeBytes = 1 }, Now, Cancel)).Events);
        Assert.Equal(["-1.1", "-1"], (await AllAsync(store)).Select(Note));
    }

    // Goal: nothing of a dropped day is left anywhere, all else is as before, and a dropped event that comes again is new.
    // Method: drawn events over many days in drawn batches, drops between them, restarts; compare with a plain list that is cut by the same rule.
    [Fact]
    public async Task What_stays_is_found_as_before_and_what_left_is_found_nowhere_and_may_come_again()
    {
        var random = Seeds.Random(TestContext.Current.TestOutputHelper!, out var seed);
        var store = await Place.OpenAsync();
        var model = new Dictionary<EventKey, (DateTime Day, DateTimeOffset Written)>();
        var (now, stored, dropped) = (Now, 0L, 0L);
        for (var round = 0; round < Place.Rounds(28) || dropped == 0; round++)
        {
            now += TimeSpan.FromHours(random.Next(1, 40));
            await using (var pipeline = new IngestPipeline(store, new EventDiagnoser(), null, Place.Time))
            {
                for (var batches = random.Next(1, 12); batches > 0; batches--)
                {
                    EcsEvent[] events = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Event($"{round}-{random.Next(900)}", "n" + random.Next(5), Text(now.AddHours(-random.Next(300)))))];
                    var sums = (await pipeline.SubmitAsync(new IngestBatch("test", now, events, []), Cancel)).Accounting;
                    Assert.Equal(events.DistinctBy(e => e.Key).Count(e => !model.ContainsKey(e.Key)), sums.Stored);
                    stored += sums.Stored;
                    foreach (var e in events) model.TryAdd(e.Key, (e.OccurredAt.UtcDateTime.Date, now));
                }
            }

            if (random.Next(4) == 0) store = await Place.OpenAsync();
            var keep = TimeSpan.FromHours(random.Next(24, 200));
            var old = model.GroupBy(e => e.Value.Day).Where(day => Later(day.Key.AddDays(1), day.Max(e => e.Value.Written)) < now - keep).SelectMany(day => day).Select(e => e.Key).ToList();
            foreach (var key in old) model.Remove(key);
            Assert.Equal(old.Count, (await store.DropOldAsync(Ever with { Events = keep }, now, Cancel)).Events);
            dropped += old.Count;

            var found = (await AllAsync(store)).Select(e => e.Key).ToHashSet();
            Assert.True(found.SetEquals(model.Keys), $"CROWSNEST_SEED={seed}, round {round}: {found.Count} found, {model.Count} expected");
            Assert.Equal(stored - dropped, found.Count);
            foreach (var key in old.Take(3)) Assert.Null(await store.Events.GetAsync(key, Cancel));
        }

        Assert.True(dropped > 0, "The seed dropped nothing.");
        Assert.Equal(dropped, (await store.DroppedAsync(Cancel)).Events);
    }

    [Fact]
    public virtual async Task The_state_of_what_stopped_leaves_with_the_day_of_its_last_event_and_of_what_runs_never()
    {
        var store = await Place.OpenAsync();
        await WriteAsync(store, Now.AddDays(-90), At(-80));
        await WriteAsync(store, Now, At(-70));
        await store.CommitAsync(
            new Commit
            {
                Source = "test", ReceivedAt = Now, Accounting = default,
                States = [State("gone", -80, true), State("runs", -80, false), State("day kept", -70, true), State("young", -1, true),
                    State("silent", -80, false, "service"), State("heard", -1, false, "service"), State("tags", -80, false, "tags"), State("tags now", -1, false, "tags")],
            }, Cancel);

        var left = await store.DropOldAsync(Ever with { Events = TimeSpan.FromDays(30) }, Now, Cancel);

        // No event says that a service was deleted: one that was not heard of for so long is gone; so are its tags, which are said again while it is there.
        Assert.Equal((1, 3), (left.Events, left.Resources));
        Assert.Equal(["day kept", "heard", "runs", "tags now", "young"], (await store.LoadStatesAsync(["gone", "runs", "day kept", "young", "silent", "heard", "tags", "tags now"], Cancel)).Keys.Order(StringComparer.Ordinal));

        static ResourceState State(string key, int days, bool stopped, string type = "task") =>
            new(key, type, "1", "r", "c", stopped, 1, 1, new EventKey(Now.AddDays(days).ToUnixTimeMilliseconds(), 1), "{}"u8.ToArray());
    }

    [Fact]
    public async Task Quarantine_leaves_by_its_age_and_the_oldest_when_it_is_too_much()
    {
        var store = await Place.OpenAsync();
        for (var day = -9; day <= 0; day++)
            await store.CommitAsync(CommitOf([], [new Fault(QuarantineReason.NotJson, "Bad.", new byte[100], 100, "00")]) with { ReceivedAt = Now.AddDays(day) }, Cancel);

        Assert.Equal(2, (await store.DropOldAsync(Ever with { Quarantine = TimeSpan.FromDays(7) }, Now, Cancel)).Quarantined);
        Assert.Equal(5, (await store.DropOldAsync(Ever with { SizeBytes = 3_999 }, Now, Cancel)).Quarantined);
        Assert.Equal([0, -1, -2], (await store.Quarantine.ListAsync(null, 99, Cancel)).Select(q => (q.ReceivedAt - Now).TotalDays));
        Assert.Equal(7, (await store.DroppedAsync(Cancel)).Quarantined);
    }

    [Fact]
    public async Task Incidents_that_are_over_leave_with_their_firings_and_messages_long_after_they_were_last_written()
    {
        var store = await Place.OpenAsync();
        await store.CommitAsync(
            new Commit { Source = "test", ReceivedAt = Now, Accounting = default, Firings = [SomeIncident.Firing("f-over"), SomeIncident.Firing("f-open"), SomeIncident.Firing("f-pending")] }, Cancel);
        await using (var pass = await store.Incidents.BeginAsync(Cancel))
        {
            // Both of long ago, and both written now.
            pass.Save(SomeIncident.Of("over", minute: -9_999_999, state: IncidentState.Expired));
            pass.Save(SomeIncident.Of("open", minute: -9_999_999));
            pass.Assign("f-over", "over");
            pass.Assign("f-open", "open");
            pass.Enqueue(SomeIncident.Message("sent", state: OutboxState.Sent));
            pass.Enqueue(SomeIncident.Message("failed", state: OutboxState.Failed));
            pass.Enqueue(SomeIncident.Message("waits"));
            await pass.CommitAsync(Cancel);
        }

        var kept = Ever with { Incidents = TimeSpan.FromDays(400) };
        Assert.Equal(default, await store.DropOldAsync(kept, Now.AddDays(400), Cancel));
        Assert.Equal(new Dropped(0, 0, 0, 1), await store.DropOldAsync(kept, Now.AddDays(401), Cancel));

        Assert.Equal(["open"], (await store.Incidents.IncidentsAsync(9, Cancel)).Select(i => i.Id));
        Assert.Equal(["waits"], (await store.Incidents.OutboxAsync(null, 9, Cancel)).Select(m => m.Entry.Id));
        await using var after = await store.Incidents.BeginAsync(Cancel);
        Assert.Empty(await after.FiringsOfAsync("over", 9, Cancel));
        Assert.Single(await after.FiringsOfAsync("open", 9, Cancel));
        Assert.Single(await after.PendingFiringsAsync(9, Cancel));
    }

    private static DateTimeOffset Later(DateTime end, DateTimeOffset written) => new DateTimeOffset(end, TimeSpan.Zero) is var at && at > written ? at : written;

    private static EcsEvent At(double days) => Event("id" + days.ToString(CultureInfo.InvariantCulture), days.ToString(CultureInfo.InvariantCulture), Text(Now.AddDays(days)));

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static string Note(StoredEvent stored) => System.Text.Json.JsonDocument.Parse(stored.Raw).RootElement.GetProperty("detail").GetProperty("note").GetString()!;

    private static ValueTask<CommitOutcome> WriteAsync(IStore store, DateTimeOffset receivedAt, params EcsEvent[] events) => store.CommitAsync(CommitOf(events) with { ReceivedAt = receivedAt }, Cancel);
}
