using System.Globalization;
using Crowsnest.Aws.DynamoDb;
using Crowsnest.Aws.DynamoDb.Incidents;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests.DynamoDb;

/// <summary>What does not fit into an item of 400 kB.</summary>
public sealed class DynamoLimitsTests(Moto moto) : IDisposable
{
    private static int _tables;

    private readonly AwsJsonClient _client = new(StandInServer.Identity, moto.Address, "dynamodb", "DynamoDB_20120810", TimeProvider.System, 8);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task A_journal_in_pieces_is_read_as_it_was_and_as_nothing_once_a_piece_has_expired()
    {
        var table = await TableAsync();
        var random = new Random(1);
        List<TableWrite> writes = [.. Enumerable.Range(0, 40).Select(i =>
        {
            var bytes = new byte[20_000];
            random.NextBytes(bytes);
            return TableWrite.Put(new ItemKey("p", i.ToString(CultureInfo.InvariantCulture)), item => item.Add("bytes", bytes));
        })];
        var journal = new PassJournal(writes, new Dictionary<string, (string, int)> { ["f"] = ("i", 7) });

        var said = await journal.SaveAsync(table, "name", TimeProvider.System.GetUtcNow(), Cancel);
        Assert.True(said.Length < 100, said);
        var read = await PassJournal.ReadAsync(table, said, Cancel);
        Assert.Equal(writes.Select(write => write.ToString()), read.Writes.Select(write => write.ToString()));
        Assert.Equal(("i", 7), read.Assigned["f"]);

        await table.DeleteAsync([new ItemKey("journal#name", "0001")], Cancel);
        Assert.Empty((await PassJournal.ReadAsync(table, said, Cancel)).Writes);
    }

    // Goal: a source that gives all of its events one id stops nothing. Method: an item of that id that is nearly full already.
    [Fact]
    public async Task An_id_that_more_events_have_than_an_item_holds_is_remembered_all_the_same()
    {
        var table = await TableAsync();
        var keys = new DynamoEventKeys(table, TimeSpan.FromDays(1));
        var now = Some.Noon;
        await table.WriteAsync(
            TableWrite.Put(new ItemKey("event#i1", TableNames.Only), item =>
            {
                for (var i = 0; i < 1_100; i++) item.Add("k" + i.ToString(CultureInfo.InvariantCulture), new string('x', 363));
                item.Add(TableNames.Expires, now.AddDays(1).ToUnixTimeSeconds());
            }), Cancel);
        DiagnosedEvent[] events = [.. Enumerable.Range(0, 40).Select(i => Event(i))];

        Assert.All(await keys.LookUpAsync([.. events.Select(e => e.Event)], now, Cancel), standing => Assert.Equal(EventStanding.NewWithKnownId, standing));
        Assert.Empty(await keys.WriteAsync(events, "one", now, Cancel));
        Assert.Empty(await keys.WriteAsync(events, "one", now, Cancel));
        Assert.Equal(events.Length, (await keys.WriteAsync(events, "two", now, Cancel)).Count);
        Assert.All(await keys.LookUpAsync([.. events.Select(e => e.Event)], now, Cancel), standing => Assert.Equal(EventStanding.Duplicate, standing));
        Assert.NotNull(await table.GetAsync(new ItemKey("event#a" + events[^1].Event.Key, TableNames.Only), Cancel));
    }

    // Goal: without bodies too it is known what was there, by whom, and for how long. Method: one write and its repeat, another writer, another event of an id, and time.
    [Fact]
    public async Task An_event_is_known_until_it_is_no_longer_kept_and_only_its_own_write_may_repeat()
    {
        var keys = new DynamoEventKeys(await TableAsync(), TimeSpan.FromDays(1));
        var (now, later) = (Some.Noon, Some.Noon.AddDays(1).AddMinutes(1));
        DiagnosedEvent[] events = [Event(1, "A"), Event(2, "b"), Event(3, "")];

        Assert.Equal([EventStanding.New, EventStanding.Duplicate, EventStanding.NewWithKnownId], await keys.LookUpAsync([events[0].Event, events[0].Event, Event(4, "a").Event], now, Cancel));
        Assert.Empty(await keys.WriteAsync(events, "one", now, Cancel));
        Assert.Empty(await keys.WriteAsync(events, "one", now, Cancel));
        Assert.Equal([0, 1, 2], await keys.WriteAsync(events, "two", now, Cancel));
        Assert.Equal(
            [EventStanding.Duplicate, EventStanding.NewWithKnownId, EventStanding.Duplicate], await keys.LookUpAsync([events[0].Event, Event(5, "a").Event, events[2].Event], now, Cancel));
        Assert.All(await keys.LookUpAsync([.. events.Select(e => e.Event)], later, Cancel), standing => Assert.Equal(EventStanding.New, standing));
        Assert.Empty(await keys.WriteAsync(events, "three", later, Cancel));
    }

    private static DiagnosedEvent Event(int number, string id = "1")
    {
        var json = $$$"""{"id":"{{{id}}}","detail-type":"Shop Order","source":"shop","time":"2026-03-02T12:00:00Z","detail":{"note":"{{{number}}}"}}""";
        var ecsEvent = Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(System.Text.Encoding.UTF8.GetBytes(json), Some.Noon)).Event;
        return new DiagnosedEvent(ecsEvent, new EventDiagnoser().Diagnose(ecsEvent));
    }

    private async Task<Table> TableAsync()
    {
        var table = new Table(_client, string.Create(CultureInfo.InvariantCulture, $"limits{Interlocked.Increment(ref _tables)}-store"), TimeProvider.System);
        await new TableSetup(table, TimeProvider.System).EnsureAsync(readOnly: false, Cancel);
        return table;
    }
}
