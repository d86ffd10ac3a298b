using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of the quarantine: the bytes as they came with why they are there, until somebody takes them out.</summary>
public abstract class QuarantineContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    [Fact]
    public async Task Bytes_and_reason_come_back_as_they_were()
    {
        var every = Enumerable.Range(0, 256).Select(i => (byte)i).ToArray();
        Fault[] faults =
        [
            .. Enum.GetValues<QuarantineReason>().Select(reason => new Fault(reason, SomeIncident.Hostile, every, every.Length, "00ff")),
            new Fault(QuarantineReason.NotJson, "", default, 0, ""),
            new Fault(QuarantineReason.TooLarge, "Only the head was kept.", new byte[EventDecoder.HeadBytes], 5_000_000_000, new string('e', 64)),
            new Fault(QuarantineReason.NotJson, "As large as it gets.", new byte[EventDecoder.EventBytesMax], EventDecoder.EventBytesMax, ""),
        ];
        var store = await Place.OpenAsync();
        await store.CommitAsync(CommitOf([], faults, source: SomeIncident.Hostile), Cancel);
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            var listed = await store.Quarantine.ListAsync(null, 100, Cancel);
            Assert.Equal(faults.Select(Render), listed.Reverse().Select(entry => Render(entry.Fault)));
            foreach (var entry in listed)
            {
                var got = await store.Quarantine.GetAsync(entry.Id, Cancel);
                Assert.Equal((entry.Id, SomeIncident.Hostile, Some.Noon, Render(entry.Fault)), (got!.Id, got.Source, got.ReceivedAt, Render(got.Fault)));
            }

            var counts = await store.Quarantine.CountsAsync(Cancel);
            Assert.Equal(faults.GroupBy(f => f.Reason).Select(g => (g.Key, g.LongCount())).Order(), counts.Select(c => (c.Key, c.Value)).Order());
        }
    }

    [Fact]
    public async Task What_came_in_is_counted_by_reason_for_ever()
    {
        var store = await Place.OpenAsync();
        Assert.Empty(await store.Quarantine.TotalsAsync(Cancel));
        await store.CommitAsync(CommitOf([], [Bad(1), Bad(2)]), Cancel);
        await store.CommitAsync(CommitOf([], [Bad(3), new Fault(QuarantineReason.TooDeep, "Deep.", new byte[1], 1, "")]), Cancel);
        Assert.True(await store.Quarantine.RemoveAsync((await store.Quarantine.ListAsync(null, 1, Cancel))[0].Id, Cancel));
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            Assert.Equal(
                [(QuarantineReason.NotJson, 3L), (QuarantineReason.TooDeep, 1L)],
                (await store.Quarantine.TotalsAsync(Cancel)).Select(t => (t.Key, t.Value)).OrderByDescending(t => t.Value));
        }
    }

    [Fact]
    public async Task The_callers_bytes_are_free_when_a_commit_returns()
    {
        var bytes = "not JSON"u8.ToArray();
        var store = await Place.OpenAsync();
        await store.CommitAsync(CommitOf([], [Bad(bytes)]), Cancel);
        bytes.AsSpan().Fill((byte)'!');
        Assert.Equal("not JSON"u8.ToArray(), Assert.Single(await store.Quarantine.ListAsync(null, 10, Cancel)).Fault.Bytes.ToArray());
    }

    // Goal: who pages meets all that was there once, newest first, though more comes in and what was met is taken out.
    [Fact]
    public async Task Pages_neither_repeat_nor_lose_while_others_write_and_remove()
    {
        var store = await Place.OpenAsync();
        for (var i = 0; i < 10; i++) await store.CommitAsync(CommitOf([], [Bad((byte)i, 0), Bad((byte)i, 1), Bad((byte)i, 2)]), Cancel);
        var met = new List<QuarantineEntry>();
        for (long? before = null; ;)
        {
            var page = await store.Quarantine.ListAsync(before, 7, Cancel);
            met.AddRange(page);
            if (page.Count == 0) break;
            before = page[^1].Id;
            Assert.True(await store.Quarantine.RemoveAsync(page[0].Id, Cancel));
            await store.CommitAsync(CommitOf([], [Bad(99)]), Cancel);
        }

        Assert.Equal(Enumerable.Range(0, 30).Reverse().Select(i => $"{i / 3:X2}{i % 3:X2}"), met.Select(entry => Convert.ToHexString(entry.Fault.Bytes.Span)));
        Assert.Empty(await store.Quarantine.ListAsync(null, 0, Cancel));
    }

    [Fact]
    public async Task What_is_taken_out_is_gone_and_its_id_is_never_given_again()
    {
        var store = await Place.OpenAsync();
        await store.CommitAsync(CommitOf([], [Bad(1), Bad(2)]), Cancel);
        var last = (await store.Quarantine.ListAsync(null, 1, Cancel))[0].Id;
        Assert.True(await store.Quarantine.RemoveAsync(last, Cancel));
        Assert.False(await store.Quarantine.RemoveAsync(last, Cancel));
        Assert.Null(await store.Quarantine.GetAsync(last, Cancel));
        store = await Place.OpenAsync();
        await store.CommitAsync(CommitOf([], [Bad(3)]), Cancel);

        Assert.Null(await store.Quarantine.GetAsync(last, Cancel));
        Assert.Equal([3, 1], (await store.Quarantine.ListAsync(null, 10, Cancel)).Select(entry => entry.Fault.Bytes.Span[0]));
        Assert.Equal(2, (await store.Quarantine.CountsAsync(Cancel))[QuarantineReason.NotJson]);

        // The quarantine is what can be looked at; the accounting is what happened.
        Assert.Equal(3, (await store.AccountingAsync(Cancel)).Values.Single().Quarantined);
    }

    [Fact]
    public async Task What_was_refused_can_be_read_again_and_stored()
    {
        var ecs = Event("again");
        var store = await Place.OpenAsync();
        await store.CommitAsync(CommitOf([], [new Fault(QuarantineReason.Refused, "The store refused it.", ecs.Raw, ecs.Raw.Length, "")]), Cancel);
        var entry = Assert.Single(await store.Quarantine.ListAsync(null, 10, Cancel));
        var again = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(entry.Fault.Bytes, Some.Noon)).Event;
        await CommitAsync(store, again);
        Assert.True(await store.Quarantine.RemoveAsync(entry.Id, Cancel));
        Assert.Equal(ecs.Raw.ToArray(), (await store.Events.GetAsync(ecs.Key, Cancel))!.Raw.ToArray());
        Assert.Empty(await store.Quarantine.CountsAsync(Cancel));
    }

    private static Fault Bad(params byte[] bytes) => new(QuarantineReason.NotJson, "Not JSON.", bytes, bytes.Length, "00");

    private static string Render(Fault fault) => $"{fault with { Bytes = default }} {Convert.ToHexString(fault.Bytes.Span)}";
}
