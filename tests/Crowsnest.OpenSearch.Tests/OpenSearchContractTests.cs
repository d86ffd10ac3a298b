using System.Globalization;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>Indices of a name of their own on the server.</summary>
public sealed class OpenSearchPlace : SharedStorePlace
{
    private static int _places;

    private readonly Uri _address = OpenSearchServer.Address;
    private OpenSearchStore? _open;

    /// <summary>What all of its indices begin with.</summary>
    public string Prefix { get; } = "t" + Interlocked.Increment(ref _places).ToString(CultureInfo.InvariantCulture);

    public override ITokenStore Tokens => _open!.Tokens;

    public override async ValueTask<IStore> AnotherAsync() => await OpenAnotherAsync();

    public override void OnReached(IStore store, Action<string>? reached) => ((OpenSearchStore)store).Reached = reached;

    // What a process that died wrote is found after the server's refresh interval, or now.
    public override Task SettleAsync(IStore store) => ((OpenSearchStore)store).RefreshAsync(CancellationToken.None);

    protected override async ValueTask<IStore> MakeAsync() => _open = await OpenAnotherAsync();

    private ValueTask<OpenSearchStore> OpenAnotherAsync() =>
        OpenSearchStore.OpenAsync(new OpenSearchOptions { Url = _address, IndexPrefix = Prefix, RefreshAtOnce = true }, Time, CancellationToken.None);

    protected override async ValueTask RemoveAsync()
    {
        using var http = new HttpClient();
        using var indices = await http.DeleteAsync(new Uri(_address, Prefix + "-*"));
        using var templates = await http.DeleteAsync(new Uri(_address, $"_index_template/{Prefix}-*"));
    }
}

public sealed class OpenSearchStoredEventsTests : StoredEventsContract<OpenSearchPlace>;

public sealed class OpenSearchCommitTests : CommitContract<OpenSearchPlace>;

public sealed class OpenSearchAccountingTests : AccountingContract<OpenSearchPlace>;

public sealed class OpenSearchStatesTests : StatesContract<OpenSearchPlace>;

public sealed class OpenSearchHistoryTests : HistoryContract<OpenSearchPlace>;

public sealed class OpenSearchTagsTests : TagsContract<OpenSearchPlace>;

public sealed class OpenSearchQuarantineTests : QuarantineContract<OpenSearchPlace>;

public sealed class OpenSearchTokenStoreTests : TokenStoreContract<OpenSearchPlace>;

public sealed class OpenSearchIncidentStoreTests : IncidentStoreContract<OpenSearchPlace>;

public sealed class OpenSearchRetentionTests : RetentionContract<OpenSearchPlace>;

public sealed class OpenSearchTellingTests : TellingContract<OpenSearchPlace>;

public sealed class OpenSearchLifecycleTests : LifecycleContract<OpenSearchPlace>;

public sealed class OpenSearchRulesTests : RulesContract<OpenSearchPlace>;

public sealed class OpenSearchCapacityRulesTests : CapacityRulesContract<OpenSearchPlace>;

public sealed class OpenSearchExpectedTests : ExpectedContract<OpenSearchPlace>;

public sealed class OpenSearchMutingTests : MutingContract<OpenSearchPlace>;

public sealed class OpenSearchSharingTests : SharingContract<OpenSearchPlace>;

public sealed class OpenSearchSyntheticTests : SyntheticContract<OpenSearchPlace>;

public sealed class OpenSearchEventSearchTests : EventSearchContract, IAsyncDisposable
{
    private readonly OpenSearchPlace _place = new();

    protected override int Queries => 100;

    public async ValueTask DisposeAsync() => await _place.DisposeAsync();

    protected override async ValueTask<IEventSearch> LoadAsync(IReadOnlyList<DiagnosedEvent> events, CancellationToken cancellationToken)
    {
        var store = await _place.OpenAsync();
        foreach (var batch in events.Chunk(90))
        {
            await store.CommitAsync(
                new Commit { Source = "test", ReceivedAt = Some.Noon, Accounting = new Accounting(batch.Length, batch.Length, 0, 0, 0, 0), Events = batch }, cancellationToken);
        }

        return store.Events;
    }
}
