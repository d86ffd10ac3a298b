using System.Globalization;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of firings, incidents, groups and the outbox.</summary>
public abstract class IncidentStoreContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    private static readonly DateTimeOffset Noon = Some.Noon;

    [Fact]
    public async Task A_firing_waits_until_it_is_assigned_and_again_when_a_better_diagnosis_takes_its_place()
    {
        var store = await Place.OpenAsync();
        await FireAsync(store, SomeIncident.Firing("b"), SomeIncident.Firing("a"), SomeIncident.Firing("c"));
        await PassAsync(store, async pass =>
        {
            Assert.Equal(["b", "a"], (await pass.PendingFiringsAsync(2, Cancel)).Select(p => p.Firing.Id));
            foreach (var letter in "abc") pass.Assign(letter.ToString(), "i1");
            Assert.Empty(await pass.PendingFiringsAsync(9, Cancel));
        });

        await FireAsync(store, SomeIncident.Firing("a", rank: 10, summary: "No better."), SomeIncident.Firing("b", rank: 9), SomeIncident.Firing("c", rank: 11, summary: "Better."));
        store = await Place.OpenAsync();

        await PassAsync(store, async pass =>
        {
            var (firing, incident) = Assert.Single(await pass.PendingFiringsAsync(9, Cancel));
            Assert.Equal(("c", "Better.", "i1"), (firing.Id, firing.Summary, incident));
            Assert.Equal(["It stopped.", "It stopped.", "Better."], (await pass.FiringsOfAsync("i1", 9, Cancel)).OrderBy(f => f.Id).Select(f => f.Summary));
            Assert.Empty(await pass.FiringsOfAsync("i2", 9, Cancel));
        });
    }

    [Fact]
    public async Task What_a_pass_wrote_is_there_after_its_commit_and_none_of_it_without()
    {
        var store = await Place.OpenAsync();
        await FireAsync(store, SomeIncident.Firing("f"));
        await using (var pass = await store.Incidents.BeginAsync(Cancel)) Write(pass);
        await PassAsync(store, async pass =>
        {
            Assert.Single(await pass.PendingFiringsAsync(9, Cancel));
            Assert.Null(await pass.IncidentAsync("i", Cancel));
            Assert.Null(await pass.GroupAsync("g", Cancel));
            Write(pass);
        });

        store = await Place.OpenAsync();

        Assert.Equal("m", Assert.Single(await store.Incidents.OutboxAsync(null, 9, Cancel)).Entry.Id);
        await PassAsync(store, async pass =>
        {
            Assert.Equal("i", (await pass.IncidentAsync("i", Cancel))!.Id);
            Assert.Equal("g", (await pass.GroupAsync("g", Cancel))!.Key);
            pass.Remove(SomeIncident.Of("i"));
            pass.Remove(SomeIncident.Group("g"));
        });
        await PassAsync(store, async pass => Assert.Equal((null, null), (await pass.IncidentAsync("i", Cancel), await pass.GroupAsync("g", Cancel))));

        static void Write(IIncidentPass pass)
        {
            pass.Assign("f", "i");
            pass.Save(SomeIncident.Of("i"));
            pass.Save(SomeIncident.Group("g"));
            pass.Enqueue(SomeIncident.Message("m"));
        }
    }

    [Fact]
    public async Task Everything_comes_back_as_it_was_saved_whatever_its_text()
    {
        const string Hostile = SomeIncident.Hostile;
        var incident = SomeIncident.Of(Hostile, group: Hostile) with { Lead = SomeIncident.Firing(Hostile, summary: Hostile), Resources = [Hostile, ""], Groups = [Hostile], Untold = Hostile, ToldAt = Noon, Count = long.MaxValue };
        var group = SomeIncident.Group(Hostile, messages: 3) with { Incidents = [Hostile, "x"], Told = [Hostile], LastAt = Noon };
        var message = SomeIncident.Message(Hostile, receiver: Hostile) with { LastError = Hostile, Attempts = 7 };
        var store = await Place.OpenAsync();
        await PassAsync(store, pass =>
        {
            pass.Save(SomeIncident.Of(Hostile));
            pass.Save(incident);
            pass.Save(group);
            pass.Enqueue(message);
            return Task.CompletedTask;
        });
        store = await Place.OpenAsync();

        await PassAsync(store, async pass =>
        {
            Assert.Equivalent(incident, await pass.IncidentAsync(Hostile, Cancel), strict: true);
            Assert.Equivalent(group, await pass.GroupAsync(Hostile, Cancel), strict: true);
        });
        Assert.Equivalent(message, Assert.Single(await store.Incidents.DueOutboxAsync(Noon, 9, Cancel)), strict: true);
    }

    [Fact]
    public async Task Silences_are_there_until_they_are_removed_as_they_were_last_written()
    {
        var store = await Place.OpenAsync();
        var kept = SomeIncident.Silence("kept", MatcherText.Parse("cluster=prod"));
        var odd = SomeIncident.Silence("odd", LabelMatcher.Of(SomeIncident.Hostile, MatcherKind.NotMatches, "a|b\"\\\\"), LabelMatcher.Of("x", MatcherKind.NotEqual, SomeIncident.Hostile)) with { Comment = SomeIncident.Hostile, CreatedBy = SomeIncident.Hostile };
        await PassAsync(store, async pass =>
        {
            Assert.Empty(await pass.SilencesAsync(Cancel));
            pass.Save(kept);
            pass.Save(odd);
            pass.Save(SomeIncident.Silence("gone", MatcherText.Parse("cluster=test")));
        });
        await PassAsync(store, async pass =>
        {
            pass.Save(kept with { EndsAt = Noon.AddHours(9) });
            pass.Remove(SomeIncident.Silence("gone", MatcherText.Parse("cluster=test")));
            Assert.Equal(["kept", "odd"], (await pass.SilencesAsync(Cancel)).Select(s => s.Id).Order());
        });
        store = await Place.OpenAsync();

        var there = (await store.Incidents.SilencesAsync(Cancel)).OrderBy(s => s.Id).ToList();
        Assert.Equal(["kept", "odd"], there.Select(s => s.Id));
        Assert.Equal(Noon.AddHours(9), there[0].EndsAt);
        Assert.Equal(odd.Matchers, there[1].Matchers);
        Assert.Equivalent(odd, there[1], strict: true);
    }

    [Fact]
    public async Task The_incident_of_a_group_is_the_latest_that_overlaps_the_range()
    {
        var store = await Place.OpenAsync();
        await PassAsync(store, async pass =>
        {
            pass.Save(SomeIncident.Of("early", minute: 0, minutes: 10));
            pass.Save(SomeIncident.Of("late", minute: 30, minutes: 10));
            pass.Save(SomeIncident.Of("other", minute: 30, group: "G"));
            foreach (var (from, to, expected) in new[] { (0, 40, "late"), (-9, 0, "early"), (10, 29, "early"), (11, 29, null), (40, 99, "late"), (41, 99, null), (10, 30, "late") })
                Assert.Equal(expected, (await pass.IncidentOfGroupAsync("g", Noon.AddMinutes(from), Noon.AddMinutes(to), Cancel))?.Id);
            Assert.Null(await pass.IncidentOfGroupAsync("none", Noon, Noon, Cancel));
        });
    }

    // Goal: saying before what will be asked changes no answer, whatever the pass decides in between. Method: ask the same of a pass that said so and of one that did not.
    [Fact]
    public async Task What_was_expected_is_answered_as_if_it_had_not_been()
    {
        var store = await Place.OpenAsync();
        await PassAsync(store, pass =>
        {
            foreach (var (id, minute) in new[] { ("a", 0), ("b", 5), ("c", 60), ("d", 65) }) pass.Save(SomeIncident.Of(id, minute: minute, minutes: 2));
            pass.Save(SomeIncident.Group("k", dueMinute: 1));
            pass.Save(SomeIncident.Group("l", dueMinute: 2));
            return Task.CompletedTask;
        });
        var needs = new IncidentNeeds
        {
            Incidents = ["a", "b", "none"], Groups = ["k", "none"],
            OfGroups = [.. Enumerable.Range(-2, 16).Select(part => (part % 3 == 0 ? "none" : "g", Noon.AddMinutes(5 * part), Noon.AddMinutes((5 * part) + 8)))],
        };

        var answers = new List<string>[2];
        for (var round = 0; round < 2; round++)
        {
            List<string> said = answers[round] = [];
            await using var pass = await store.Incidents.BeginAsync(Cancel);
            if (round == 1) await pass.ExpectAsync(needs, Cancel);
            await AskAsync(pass, said);
            pass.Save(SomeIncident.Of("b", minute: 90));
            pass.Remove(SomeIncident.Of("d", minute: 65, minutes: 2));
            pass.Save(SomeIncident.Of("new", minute: 6, minutes: 1));
            pass.Remove(SomeIncident.Group("k", dueMinute: 1));
            await AskAsync(pass, said);
            Assert.Contains("b", said);
        }

        Assert.Equal(answers[0], answers[1]);

        async Task AskAsync(IIncidentPass pass, List<string> said)
        {
            foreach (var (key, from, to) in needs.OfGroups) said.Add((await pass.IncidentOfGroupAsync(key, from, to, Cancel))?.Id ?? "-");
            foreach (var id in needs.Incidents.Append("c")) said.Add((await pass.IncidentAsync(id, Cancel))?.LastAt.ToString("O", CultureInfo.InvariantCulture) ?? "-");
            foreach (var key in needs.Groups.Append("l")) said.Add((await pass.GroupAsync(key, Cancel))?.Key ?? "-");
        }
    }

    [Fact]
    public async Task What_is_due_is_found_at_its_time_and_not_before()
    {
        var store = await Place.OpenAsync();
        Assert.Null(await store.Incidents.NextDueAsync(Cancel));
        await PassAsync(store, async pass =>
        {
            pass.Save(SomeIncident.Of("open", minute: -20));
            pass.Save(SomeIncident.Of("over", minute: -600, state: IncidentState.Expired));
            pass.Save(SomeIncident.Group("b", dueMinute: 10, messages: 1));
            pass.Save(SomeIncident.Group("a", dueMinute: 10));
            pass.Save(SomeIncident.Group("c", dueMinute: 5, messages: 1));
            Assert.Empty(await pass.DueGroupsAsync(Noon.AddMinutes(4), unsent: false, 9, Cancel));
            Assert.Equal(["a"], (await pass.DueGroupsAsync(Noon.AddMinutes(4), unsent: true, 9, Cancel)).Select(g => g.Key));
            Assert.Equal(["c", "a", "b"], (await pass.DueGroupsAsync(Noon.AddMinutes(10), unsent: false, 9, Cancel)).Select(g => g.Key));
            Assert.Equal(["c"], (await pass.DueGroupsAsync(Noon.AddMinutes(10), unsent: false, 1, Cancel)).Select(g => g.Key));
            Assert.Empty(await pass.OpenAsync(Noon.AddMinutes(39), 9, Cancel));
            Assert.Equal(["open"], (await pass.OpenAsync(Noon.AddMinutes(40), 9, Cancel)).Select(i => i.Id));
        });
        Assert.Equal(Noon.AddMinutes(5), await store.Incidents.NextDueAsync(Cancel));

        await PassAsync(store, pass =>
        {
            pass.Enqueue(SomeIncident.Message("done", dueMinute: 1, state: OutboxState.Sent));
            pass.Enqueue(SomeIncident.Message("waits", dueMinute: 3));
            return Task.CompletedTask;
        });
        Assert.Equal(Noon.AddMinutes(3), await store.Incidents.NextDueAsync(Cancel));
        await FireAsync(store, SomeIncident.Firing("f"));
        Assert.Equal(DateTimeOffset.UnixEpoch, await store.Incidents.NextDueAsync(Cancel));
    }

    [Fact]
    public async Task A_message_is_enqueued_once_tried_when_it_is_due_and_remembered_when_it_left()
    {
        var store = await Place.OpenAsync();
        await PassAsync(store, pass =>
        {
            foreach (var (id, minute) in new[] { ("second", 2), ("first", 1), ("third", 2), ("later", 9) }) pass.Enqueue(SomeIncident.Message(id, minute));
            pass.Enqueue(SomeIncident.Message("first", dueMinute: 0, receiver: "another"));
            return Task.CompletedTask;
        });
        Assert.Empty(await DueAsync(0));
        Assert.Equal(["first", "second", "third"], await DueAsync(2));
        Assert.Equal(["first"], await DueAsync(2, limit: 1));

        await store.Incidents.RecordAsync([SomeIncident.Message("first", dueMinute: 4) with { Attempts = 1, LastError = "away", Reference = "C1 1.2" }], Cancel);
        Assert.Equal(("away", "C1 1.2"), await store.Incidents.MessageAsync("first", Cancel) is { } known ? (known.LastError, known.Reference) : default);
        await store.Incidents.RecordAsync(
            [
                SomeIncident.Message("second", dueMinute: 2, state: OutboxState.Sent), SomeIncident.Message("unknown"),
                SomeIncident.Message("third", dueMinute: 2, state: OutboxState.Failed) with { Failure = SendFailure.GaveUp },
            ], Cancel);
        Assert.Null(await store.Incidents.MessageAsync("unknown", Cancel));
        store = await Place.OpenAsync();

        Assert.Equal(["first", "later"], await DueAsync(9));
        var all = await store.Incidents.OutboxAsync(null, 9, Cancel);
        Assert.Equal(["later", "third", "first", "second"], all.Select(m => m.Entry.Id));
        Assert.Equal(["first", "second"], (await store.Incidents.OutboxAsync(all[1].Place, 9, Cancel)).Select(m => m.Entry.Id));
        Assert.Equal((1, "away", "ops"), (all[2].Entry.Attempts, all[2].Entry.LastError, all[2].Entry.Notification.Receiver));
        var counts = (await store.Incidents.CountsAsync(Cancel)).Outbox;
        Assert.Equal((2L, 1L, 1L), (counts[("ops", OutboxState.Waiting)], counts[("ops", OutboxState.Sent)], counts[("ops", OutboxState.Failed)]));
        var done = (await store.Incidents.CountsAsync(Cancel)).Done;
        Assert.Equal((2, 1L, 1L), (done.Count, done[("ops", SendFailure.None)], done[("ops", SendFailure.GaveUp)]));

        async Task<IEnumerable<string>> DueAsync(int minute, int limit = 9) => (await store.Incidents.DueOutboxAsync(Noon.AddMinutes(minute), limit, Cancel)).Select(m => m.Id);
    }

    [Fact]
    public async Task Incidents_are_listed_latest_first_and_counted_by_state()
    {
        var store = await Place.OpenAsync();
        await PassAsync(store, pass =>
        {
            pass.Save(SomeIncident.Of("b", minute: 1));
            pass.Save(SomeIncident.Of("a", minute: 1, state: IncidentState.Expired));
            pass.Save(SomeIncident.Of("c", minute: 2));
            return Task.CompletedTask;
        });
        Assert.Equal(["c", "a", "b"], (await store.Incidents.IncidentsAsync(9, Cancel)).Select(i => i.Id));
        Assert.Equal(["c"], (await store.Incidents.IncidentsAsync(1, Cancel)).Select(i => i.Id));
        Assert.Equal(("b", null), ((await store.Incidents.IncidentAsync("b", Cancel))!.Id, await store.Incidents.IncidentAsync("none", Cancel)));
        var paged = new List<string>();
        for (IncidentPlace? after = null; await store.Incidents.IncidentsAsync(1, Cancel, after) is [var next]; after = IncidentPlace.Of(next)) paged.Add(next.Id);
        Assert.Equal(["c", "a", "b"], paged);
        Assert.Equal(["a", "b"], (await store.Incidents.IncidentsAsync(9, Cancel, new IncidentPlace(Noon.AddMinutes(1).ToUnixTimeMilliseconds(), ""))).Select(i => i.Id));
        var counts = await store.Incidents.CountsAsync(Cancel);
        Assert.Equal((2L, 1L), (counts.Firing, counts.Expired));
    }

    [Fact]
    public async Task What_was_too_old_is_counted_for_ever_and_only_with_its_pass()
    {
        var store = await Place.OpenAsync();
        foreach (var count in new[] { 2, 3 })
        {
            await PassAsync(store, pass =>
            {
                pass.CountTooOld(count);
                return Task.CompletedTask;
            });
        }

        await using (var undone = await store.Incidents.BeginAsync(Cancel)) undone.CountTooOld(9);
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync()) Assert.Equal(5, (await store.Incidents.CountsAsync(Cancel)).TooOld);
    }

    // Goal: a pass and another never mix, nor a pass and a commit where one process has the store. Method: a commit is begun while a pass is open; it is there only after the pass has ended.
    [Fact]
    public async Task Nobody_else_writes_while_a_pass_is_open()
    {
        var store = await Place.OpenAsync();
        Task writing;
        await using (var pass = await store.Incidents.BeginAsync(Cancel))
        {
            writing = Place.IsShared ? Task.CompletedTask : Task.Run(() => FireAsync(store, SomeIncident.Firing("f")), Cancel);
            var other = Task.Run(async () => { await using var second = await store.Incidents.BeginAsync(Cancel); }, Cancel);
            writing = Task.WhenAll(writing, other);
            Assert.Empty(await pass.PendingFiringsAsync(9, Cancel));
            Assert.False(writing.IsCompleted);
        }

        await writing;
        if (Place.IsShared) await FireAsync(store, SomeIncident.Firing("f"));
        await PassAsync(store, async pass => Assert.Single(await pass.PendingFiringsAsync(9, Cancel)));
    }

    private static async Task FireAsync(IStore store, params Firing[] firings) =>
        await store.CommitAsync(new Commit { Source = "test", ReceivedAt = Noon, Accounting = default, Firings = firings }, Cancel);

    private static async Task PassAsync(IStore store, Func<IIncidentPass, Task> work)
    {
        await using var pass = await store.Incidents.BeginAsync(Cancel);
        await work(pass);
        await pass.CommitAsync(Cancel);
    }
}
