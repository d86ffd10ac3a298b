using System.Globalization;
using System.Text;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What every store keeps of events: each once by its key, verbatim, found by key, by id and page by page, whatever is written meanwhile.</summary>
public abstract class StoredEventsContract<TPlace> : StoreContract<TPlace> where TPlace : StorePlace, new()
{
    /// <summary>What JSON allows and a store must neither mend nor stumble over.</summary>
    private static readonly string[] Hostile =
    [
        """{"id":"nul","detail-type":"x\u0000y","time":"2026-03-02T12:00:00Z","detail":{"a\u0000b":"\u0000","\u0000":1}}""",
        "{\"id\":\"lines\",\r\n\t\"detail-type\" : \"x\" ,\n \"detail\":{\n\n\"a\"\t:\r\n1 } \n}",
        """{"id":"twice","id":"twice too","detail-type":"x","detail":{"a":1,"a":2,"a":{"a":3,"a":4}}}""",
        """{"id":"half","detail-type":"x","detail":{"\ud800":"\udc00","a":"\ud83d\ud83d\ude80"}}""",
        """{"id":"number","detail-type":"x","detail":{"n":9007199254740993,"z":-0.0,"e":1E400,"long":0.1000000000000000055511151231257827021181583404541015625}}""",
        """{"id":"slash\/\"quote\"\\","detail-type":"x\/y","detail":{"path":"C:\\x","\/":"\u2028"}}""",
        """{"id":"ärger 東京 🚀","detail-type":"Ünbekannt","detail":{"İ":"ß","ﬁ":"ﬀ"}}""",
        """{"id":"' OR 1=1; --","detail-type":"x'); DROP TABLE block; --","detail":{"*":"?","%":"_"}}""",
        """{"detail-type":"no id and no time","detail":{"a":1}}""",
        """{"id":"","detail-type":"empty","detail":{}}""",
        """{"id":7,"detail-type":"x","time":"yesterday","detail":[1,"two",null]}""",
        $$$"""{"id":"one word of letters of four bytes","detail-type":"x","detail":{"a":"{{{string.Concat(Enumerable.Repeat("\U00010400", 9_000))}}}"}}""",
    ];

    [Fact]
    public async Task An_event_is_stored_once_by_its_key_and_one_that_only_shares_its_id_is_another()
    {
        var store = await Place.OpenAsync();
        var (one, two, other) = (Event("id-1"), Event("id-2"), Event("id-2", note: "other"));
        Assert.Equal([EventStanding.New, EventStanding.Duplicate, EventStanding.New, EventStanding.NewWithKnownId], await store.LookUpAsync([one, one, two, other], Cancel));
        await CommitAsync(store, one, two);
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            Assert.Equal(
                [EventStanding.Duplicate, EventStanding.NewWithKnownId, EventStanding.Duplicate, EventStanding.New, EventStanding.Duplicate],
                await store.LookUpAsync([one, other, two, Event("id-3"), other], Cancel));
        }

        await CommitAsync(store, other);
        Assert.Equal([two.Key, other.Key], (await store.Events.GetByIdAsync("id-2", Cancel)).Select(e => e.Key).OrderBy(k => k == other.Key));
        Assert.Equal([EventStanding.Duplicate, EventStanding.Duplicate], await store.LookUpAsync([two, other], Cancel));
        Assert.Empty(await store.LookUpAsync([], Cancel));
    }

    [Fact]
    public async Task Bytes_come_back_as_they_were_whatever_is_in_them()
    {
        var events = Hostile.Select(json => Decode(json)).ToArray();
        var store = await Place.OpenAsync();
        Assert.Equal(Enumerable.Repeat(EventStanding.New, events.Length), await store.LookUpAsync(events, Cancel));
        await CommitAsync(store, events);
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            Assert.Equal(Enumerable.Repeat(EventStanding.Duplicate, events.Length), await store.LookUpAsync(events, Cancel));
            for (var i = 0; i < events.Length; i++)
            {
                var got = await store.Events.GetAsync(events[i].Key, Cancel);
                Assert.Equal(Hostile[i], Encoding.UTF8.GetString(got!.Raw.Span));
                if (events[i].Id.Length > 0) Assert.Equal([events[i].Key], (await store.Events.GetByIdAsync(events[i].Id, Cancel)).Select(e => e.Key));
            }

            Assert.Empty(await store.Events.GetByIdAsync("", Cancel));
            Assert.Equal(Hostile.Order(StringComparer.Ordinal), (await AllAsync(store)).Select(e => Encoding.UTF8.GetString(e.Raw.Span)).Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public async Task Masked_values_stay_masked_and_named_whatever_they_are_called()
    {
        var hard = Decode("{\"detail-type\":\"x\",\"detail\":{\"a\\nb\":1,\"c~d/e\":{\"f\":[2]},\"plain\":3}}", new MaskingOptions { Paths = ["detail.*"] });
        var many = Decode("{\"detail-type\":\"x\",\"detail\":{" + string.Join(',', Enumerable.Range(0, 9_000).Select(i => $"\"ключ{i:d5}\":1")) + "}}", new MaskingOptions { Paths = ["detail.*"] });
        Assert.Equal(["/detail/a\nb", "/detail/c~0d~1e", "/detail/plain"], hard.Masked);
        var store = await Place.OpenAsync();
        await CommitAsync(store, hard, many);
        foreach (var ecs in new[] { hard, many })
        {
            var got = await store.Events.GetAsync(ecs.Key, Cancel);
            Assert.Equal(ecs.Raw.ToArray(), got!.Raw.ToArray());
            Assert.Equal(ecs.Masked, got.Masked);
        }
    }

    // Goal: what one event's id is to another's does not depend on how they were batched, and finding by id agrees.
    [Theory]
    [InlineData("5f0c-AB", "5F0C-ab", true)]
    [InlineData("straße", "STRASSE", false)]
    [InlineData("\u212a", "k", true)]
    [InlineData("ſ", "s", false)]
    [InlineData("a", "a ", false)]
    [InlineData("x{1024}y", "x{1024}z", true)]
    [InlineData("x{1023}y", "x{1023}z", false)]
    public async Task An_id_means_the_same_in_one_batch_in_another_and_in_finding(string left, string right, bool isSame)
    {
        var (first, second) = (Event(Written(left)), Event(Written(right), note: "second"));
        var expected = isSame ? EventStanding.NewWithKnownId : EventStanding.New;
        var store = await Place.OpenAsync();
        Assert.Equal([EventStanding.New, expected], await store.LookUpAsync([first, second], Cancel));
        await CommitAsync(store, first);
        Assert.Equal([expected], await store.LookUpAsync([second], Cancel));
        Assert.Equal(isSame ? [first.Key] : [], (await store.Events.GetByIdAsync(second.Id, Cancel)).Select(e => e.Key));

        static string Written(string id) => id.StartsWith("x{", StringComparison.Ordinal)
            ? new string('x', int.Parse(id.AsSpan(2, 4), CultureInfo.InvariantCulture)) + id[7..] : id;
    }

    // Goal: events of any time, and of none, are each known and found again. Their keys' order is not that of their times: an event without a time of its
    // own is kept under the moment it came.
    [Fact]
    public async Task Events_of_every_time_and_of_none_are_known_again()
    {
        string[] times = ["0001-01-01T00:00:00Z", "1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "1970-01-01T05:00:00Z", "2026-03-02T12:00:00.001Z", "9999-12-31T23:59:59.999Z", ""];
        var events = times.SelectMany(time => Enumerable.Range(0, 9).Select(i => Event($"{time}/{i}", time: time))).ToArray();
        var store = await Place.OpenAsync();
        new Random(3).Shuffle(events);
        foreach (var batch in events.Chunk(40)) await CommitAsync(store, batch);
        for (var opened = 0; opened < 2; opened++, store = await Place.OpenAsync())
        {
            Assert.All(await store.LookUpAsync(events, Cancel), standing => Assert.Equal(EventStanding.Duplicate, standing));
            foreach (var ecs in events)
            {
                var got = await store.Events.GetAsync(ecs.Key, Cancel);
                Assert.Equal((ecs.Key, ecs.OccurredAt, ecs.TimeUncertain), (got!.Key, got.OccurredAt, got.TimeUncertain));
            }

            Assert.Equal(events.OrderBy(e => e.OccurredAt).ThenBy(e => e.Key).Select(e => e.Key), (await AllAsync(store)).Select(e => e.Key));
        }
    }

    // Goal: a reader who goes from page to page meets what was there when he began once each, though a writer adds before, between and behind.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Pages_neither_repeat_nor_lose_an_event_while_a_writer_adds(bool oldestFirst)
    {
        var random = new Random(7);
        var store = await Place.OpenAsync();
        var before = Enumerable.Range(0, 400).Select(_ => Drawn()).ToArray();
        foreach (var batch in before.Chunk(40)) await CommitAsync(store, batch);
        var met = new List<StoredEvent>();
        await foreach (var page in PagesAsync(store, 17, oldestFirst))
        {
            met.AddRange(page);
            await CommitAsync(store, Enumerable.Range(0, 11).Select(_ => Drawn()));
        }

        Assert.Equal(met.Count, met.DistinctBy(e => e.Key).Count());
        Assert.Empty(before.Select(e => e.Key).Except(met.Select(e => e.Key)));
        var ordered = met.OrderBy(e => e.OccurredAt).ThenBy(e => e.Key).Select(e => e.Key);
        Assert.Equal(oldestFirst ? ordered : ordered.Reverse(), met.Select(e => e.Key));

        // Few moments for many events, so that pages end between events of one.
        EcsEvent Drawn() => Event("id", note: random.NextInt64().ToString(CultureInfo.InvariantCulture), time: $"2026-03-02T12:{random.Next(20):d2}:00Z");
    }

    [Fact]
    public async Task A_reader_sees_a_batch_whole_or_not_at_all()
    {
        const int Size = 50;
        var store = await Place.OpenAsync();
        var writing = Task.Run(
            async () =>
            {
                for (var batch = 0; batch < 20; batch++) await CommitAsync(store, Enumerable.Range(0, Size).Select(i => Event($"{batch}-{i}", time: $"2026-03-{1 + (i % 5):d2}T12:00:00Z")));
            },
            Cancel);
        var seen = 0L;
        while (seen < 20 * Size)
        {
            var isLast = writing.IsCompleted;
            seen = (await store.Events.HistogramAsync(new HistogramRequest(new SearchQuery.All(), null, null, null, 10), Cancel)).Total;
            Assert.True(Place.IsShared || seen % Size == 0, $"A search saw {seen} events of batches of {Size}.");
            if (isLast) Assert.Equal(20 * Size, seen);
        }

        await writing;
    }

    [Fact]
    public async Task The_callers_buffers_are_free_when_a_commit_returns()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"id":"mine","detail-type":"x","detail":{"a":"b"}}""");
        var ecs = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(bytes, Some.Noon)).Event;
        Assert.Equal("mine", ecs.Id);
        var store = await Place.OpenAsync();
        var text = Encoding.UTF8.GetString(bytes);
        await CommitAsync(store, ecs);
        bytes.AsSpan().Fill((byte)'!');
        Assert.Equal(text, Encoding.UTF8.GetString((await store.Events.GetAsync(ecs.Key, Cancel))!.Raw.Span));
    }

    [Fact]
    public async Task The_largest_events_fit_many_in_a_batch()
    {
        var large = Enumerable.Range(0, 6).Select(i => Decode($$$"""{"id":"{{{i}}}","detail-type":"x","time":"2026-03-02T12:00:00Z","detail":{"a":"{{{new string((char)('a' + i), EventDecoder.EventBytesMax - 100)}}}"}}""")).ToArray();
        var store = await Place.OpenAsync();
        await CommitAsync(store, [.. large, Event("small")]);
        foreach (var ecs in large)
        {
            var got = await store.Events.GetAsync(ecs.Key, Cancel);
            Assert.True(ecs.Raw.Span.SequenceEqual(got!.Raw.Span));
        }
    }
}
