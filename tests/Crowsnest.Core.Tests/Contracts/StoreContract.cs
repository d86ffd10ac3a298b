using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>What the contracts of this folder share: a place for each test, and the words they are told in.</summary>
/// <typeparam name="TPlace">The kind of store that keeps the contract.</typeparam>
public abstract class StoreContract<TPlace> : IAsyncDisposable where TPlace : StorePlace, new()
{
    private static readonly EventDiagnoser Diagnoser = new();

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    protected TPlace Place { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await Place.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected static EcsEvent Decode(string json, MaskingOptions? masking = null)
    {
        var decoder = masking is null ? new EventDecoder() : new EventDecoder(masking);
        return Assert.IsType<Decoded.Ok>(decoder.Decode(System.Text.Encoding.UTF8.GetBytes(json), Some.Noon)).Event;
    }

    /// <summary>An event that differs from others by its note; of any time, written as it stands.</summary>
    protected static EcsEvent Event(string id, string note = "", string time = "2026-03-02T12:00:00Z") =>
        Decode($$$"""{"id":"{{{id}}}","detail-type":"Shop Order","source":"shop","time":"{{{time}}}","detail":{"note":"{{{note}}}"}}""");

    protected static DiagnosedEvent Diagnosed(EcsEvent ecsEvent) => new(ecsEvent, Diagnoser.Diagnose(ecsEvent));

    /// <summary>A commit that adds up.</summary>
    protected static Commit CommitOf(IEnumerable<EcsEvent> events, IReadOnlyList<Fault>? quarantine = null, string source = "test")
    {
        var diagnosed = events.Select(Diagnosed).ToArray();
        var faults = quarantine ?? [];
        return new Commit
        {
            Source = source,
            ReceivedAt = Some.Noon,
            Accounting = new Accounting(diagnosed.Length + faults.Count, diagnosed.Length, 0, faults.Count, 0, 0),
            Events = diagnosed,
            Quarantine = faults,
        };
    }

    protected static ValueTask<CommitOutcome> CommitAsync(IStore store, params IEnumerable<EcsEvent> events) => store.CommitAsync(CommitOf(events), Cancel);

    /// <summary>All that is stored, oldest first.</summary>
    protected static async Task<List<StoredEvent>> AllAsync(IStore store)
    {
        var all = new List<StoredEvent>();
        await foreach (var page in PagesAsync(store, 1_000, oldestFirst: true)) all.AddRange(page);
        return all;
    }

    protected static async IAsyncEnumerable<IReadOnlyList<StoredEvent>> PagesAsync(IStore store, int limit, bool oldestFirst)
    {
        SearchCursor? after = null;
        do
        {
            var page = await store.Events.SearchAsync(new SearchRequest(new SearchQuery.All(), null, null, limit, after, oldestFirst), Cancel);
            yield return page.Events;
            after = page.Next;
        }
        while (after is not null);
    }
}
