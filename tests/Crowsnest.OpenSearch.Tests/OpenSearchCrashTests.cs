using System.Globalization;
using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents.Shared;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.Core.Tests.InMemory;
using Crowsnest.OpenSearch.Http;
using Crowsnest.OpenSearch.Incidents;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>What no crash, pause or refusal undoes, beyond what every shared store keeps.</summary>
public sealed class OpenSearchCrashTests : IAsyncDisposable
{
    private readonly OpenSearchPlace _place = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await _place.DisposeAsync();

    // Goal: a holder that was paused while it carried out a pass undoes nothing of what was decided since. Method: carry the earlier pass out once more, late.
    [Fact]
    public async Task A_pass_that_is_carried_out_late_undoes_nothing()
    {
        var store = await _place.OpenAsync();
        var earlier = "";
        for (var minute = 0; minute < 2; minute++)
        {
            await store.CommitAsync(new Commit { Source = "test", ReceivedAt = Some.Noon, Accounting = default, Firings = [SomeIncident.Firing("f", rank: minute)] }, Cancel);
            await using var pass = await store.Incidents.BeginAsync(Cancel);
            Assert.Single(await pass.PendingFiringsAsync(9, Cancel));
            pass.Assign("f", "i" + minute.ToString(CultureInfo.InvariantCulture));
            pass.Save(SomeIncident.Of("i", minutes: minute));
            await pass.CommitAsync(Cancel);
            if (minute == 0) earlier = (await LeaseAsync()).Journal;
        }

        var options = new OpenSearchOptions { Url = OpenSearchServer.Address, IndexPrefix = _place.Prefix };
        using var client = new OpenSearchClient(options, _place.Time);
        var (documents, bulk, names) = (new Documents(client), new BulkWriter(client, options, _place.Time), new IndexNames(_place.Prefix));
        await PassWrites.Unpack(earlier).ApplyAsync(bulk, new OpenSearchFirings(documents, bulk, new Places(_place.Time), names), (await LeaseAsync()).Pass - 1, Cancel);

        Assert.Equal(Some.Noon.AddMinutes(1), Assert.Single(await store.Incidents.IncidentsAsync(9, Cancel)).LastAt);
        await using var after = await store.Incidents.BeginAsync(Cancel);
        Assert.Single(await after.FiringsOfAsync("i1", 9, Cancel));

        async Task<LeaseState> LeaseAsync()
        {
            using var reading = new OpenSearchClient(new OpenSearchOptions { Url = OpenSearchServer.Address }, _place.Time);
            return (await new OpenSearchLease(new Documents(reading), new IndexNames(_place.Prefix)).ReadAsync(Cancel))!.Value.Record.State;
        }
    }

    // Goal: what the server will never take is kept in quarantine with its words, and all else goes on. Method: an index whose mapping does not fit, made by hand.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_the_server_refuses_is_in_quarantine_with_its_words_and_can_be_read_again(bool isBesideAnother)
    {
        var alone = await _place.OpenAsync();
        var eventsOnly = await OpenSearchStore.OpenAsync(
            new OpenSearchOptions { Url = OpenSearchServer.Address, IndexPrefix = _place.Prefix, RefreshAtOnce = true, EventsOnly = true }, _place.Time, Cancel);
        await using var other = new InMemoryStore(_place.Time);
        await using var both = new SplitStore(eventsOnly, other);
        IStore store = isBesideAnother ? both : alone;
        using var http = new HttpClient();
        using var mapping = new StringContent("""{"mappings":{"properties":{"crowsnest":{"properties":{"key":{"type":"integer","ignore_malformed":false}}}}}}""", Encoding.UTF8, "application/json");
        using var made = await http.PutAsync(new Uri(OpenSearchServer.Address, $"{_place.Prefix}-events-2026.02.27"), mapping, Cancel);
        made.EnsureSuccessStatusCode();
        EcsEvent[] events = [Some.Task("RUNNING", version: 1), Shop("2026-02-27T12:00:00Z"), Shop("2026-02-28T12:00:00Z")];

        await using (var pipeline = Pipeline(store))
        {
            var receipt = await pipeline.SubmitAsync(new IngestBatch("sqs", Some.Noon, events, []), Cancel);
            Assert.Equal(new Accounting(Received: 3, Stored: 2, Duplicates: 0, Quarantined: 1, IdReused: 0, UnknownKinds: 1), receipt.Accounting);
        }

        var entry = Assert.Single(await store.Quarantine.ListAsync(null, 9, Cancel));
        Assert.Equal(QuarantineReason.Refused, entry.Fault.Reason);
        Assert.Contains("mapper_parsing_exception", entry.Fault.Message, StringComparison.Ordinal);
        Assert.Equal(events[1].Raw.ToArray(), entry.Fault.Bytes.ToArray());
        Assert.Equal(new Accounting(3, 2, 0, 1, 0, 1), (await store.AccountingAsync(Cancel))["sqs"]);
        if (!isBesideAnother) return;

        // It keeps the events alone: the other has the entry and the sums.
        Assert.Empty(await alone.Quarantine.ListAsync(null, 9, Cancel));
        Assert.Empty(await alone.AccountingAsync(Cancel));
    }

    // Goal: no index is made for a day that is not kept any more, or that no clock has reached; events of such days are kept, known again, found, and leave all
    // the same.
    [Fact]
    public async Task Events_of_days_that_have_no_index_of_their_own_are_in_the_archive()
    {
        _ = await _place.OpenAsync();
        await using var store = await OpenSearchStore.OpenAsync(
            new OpenSearchOptions { Url = OpenSearchServer.Address, IndexPrefix = _place.Prefix, RefreshAtOnce = true, EventRetention = TimeSpan.FromDays(30) }, _place.Time, Cancel);
        EcsEvent[] events = [Shop("2026-03-02T11:00:00Z"), Shop("2026-01-15T12:00:00Z"), Shop("2031-01-01T00:00:00Z"), Shop("0001-01-01T00:00:00Z")];
        await using (var pipeline = Pipeline(store))
        {
            for (var time = 0; time < 2; time++)
                Assert.Equal(time == 0 ? 4 : 0, (await pipeline.SubmitAsync(new IngestBatch("sqs", Some.Noon, events, []), Cancel)).Accounting.Stored);
        }

        using var http = new HttpClient();
        var listed = await http.GetStringAsync(new Uri(OpenSearchServer.Address, $"_cat/indices/{_place.Prefix}-events-*?h=index&s=index"), Cancel);
        Assert.Equal([$"{_place.Prefix}-events-2026.03.02", $"{_place.Prefix}-events-archive"], listed.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        foreach (var e in events) Assert.Equal(e.Raw.ToArray(), (await store.Events.GetAsync(e.Key, Cancel))!.Raw.ToArray());

        var kept = new Retention { Events = TimeSpan.FromDays(30) };
        Assert.Equal(0, (await store.DropOldAsync(kept, Some.Noon.AddDays(29), Cancel)).Events);
        Assert.Equal(3, (await store.DropOldAsync(kept, Some.Noon.AddDays(32), Cancel)).Events);
        Assert.Equal(events[2].Key, Assert.Single((await store.Events.SearchAsync(new SearchRequest(new SearchQuery.All(), null, null, 9), Cancel)).Events).Key);
    }

    private static EcsEvent Shop(string time) => Assert.IsType<Decoded.Ok>(
        new EventDecoder().Decode(Encoding.UTF8.GetBytes($$$"""{"id":"{{{time}}}","detail-type":"Shop Order","source":"shop","time":"{{{time}}}","detail":{"note":"x"}}"""), Some.Noon)).Event;

    private IngestPipeline Pipeline(IStore store) => new(store, new EventDiagnoser(), new ShippedRules(ShippedRules.Sets["default"]), _place.Time);
}
