using System.Globalization;
using Crowsnest.Aws.DynamoDb;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;
using Crowsnest.Core.Tests;
using Crowsnest.Core.Tests.Contracts;
using Crowsnest.Core.Tests.InMemory;

namespace Crowsnest.Aws.Tests.DynamoDb;

/// <summary>A table of its own on the stand-in, beside events in memory.</summary>
public class DynamoPlace : SharedStorePlace
{
    private static int _places;

    private readonly InMemoryStore _events;
    private DynamoStore? _open;

    private readonly string _name = string.Create(CultureInfo.InvariantCulture, $"t{Interlocked.Increment(ref _places)}-store");

    public DynamoPlace() => _events = new InMemoryStore(Time);

    private DynamoOptions Options => new() { Identity = StandInServer.Identity, Endpoint = Server.Address, TableName = _name, EventRetention = TimeSpan.FromDays(30) };

    public override ITokenStore Tokens => _open!.Tokens;

    /// <summary>The stand-in that the table is on.</summary>
    protected virtual StandInServer Server => Of<Ministack>();

    public override async ValueTask<IStore> AnotherAsync() => new SplitStore(_events, await DynamoStore.OpenAsync(Options, Time, CancellationToken.None));

    public override void OnReached(IStore store, Action<string>? reached) => ((DynamoStore)((SplitStore)store).Rest).Reached = reached;

    protected static StandInServer Of<T>() where T : StandInServer => TestContext.Current.GetFixture<T>().AsTask().GetAwaiter().GetResult()!;

    protected override async ValueTask<IStore> MakeAsync()
    {
        var isFirst = _open is null;
        _open = await DynamoStore.OpenAsync(Options, Time, CancellationToken.None);
        if (isFirst) await KeepExpiredAsync();
        return new SplitStore(_events, _open);
    }

    // The stand-in deletes what has expired by its own clock, and this store goes by the test's, which is months behind: what is passed over is what is tested.
    private async Task KeepExpiredAsync()
    {
        using var client = new AwsJsonClient(StandInServer.Identity, Server.Address, "dynamodb", "DynamoDB_20120810", TimeProvider.System, 1);
        using var answer = await client.CallAsync("UpdateTimeToLive", json =>
        {
            json.WriteString("TableName", _name);
            json.WriteStartObject("TimeToLiveSpecification");
            json.WriteBoolean("Enabled", false);
            json.WriteString("AttributeName", "expires");
            json.WriteEndObject();
        }, CancellationToken.None);
    }
}

/// <summary>The same on another stand-in, which is stricter with requests and slower.</summary>
public sealed class MotoDynamoPlace : DynamoPlace
{
    protected override StandInServer Server => Of<Moto>();
}

public sealed class DynamoStoredEventsTests : StoredEventsContract<DynamoPlace>;

public sealed class DynamoCommitTests : CommitContract<DynamoPlace>;

public sealed class DynamoAccountingTests : AccountingContract<DynamoPlace>;

public sealed class DynamoStatesTests : StatesContract<DynamoPlace>;

public sealed class DynamoTagsTests : TagsContract<DynamoPlace>;

public sealed class DynamoQuarantineTests : QuarantineContract<DynamoPlace>;

public sealed class DynamoTokenStoreTests : TokenStoreContract<DynamoPlace>;

public sealed class DynamoIncidentStoreTests : IncidentStoreContract<DynamoPlace>;

public sealed class DynamoSharingTests : SharingContract<DynamoPlace>;

public sealed class MotoDynamoIncidentStoreTests : IncidentStoreContract<MotoDynamoPlace>;

public sealed class DynamoRetentionTests : RetentionContract<DynamoPlace>
{
    // The table's time to live goes by the later of when it happened and when it was written, and knows no days. It is passed over from that moment on.
    public override async Task The_state_of_what_stopped_leaves_with_the_day_of_its_last_event_and_of_what_runs_never()
    {
        var store = await Place.OpenAsync();
        await store.CommitAsync(
            new Commit
            {
                Source = "test", ReceivedAt = Some.Noon, Accounting = default,
                States = [State("gone", -80, true), State("later", +5, true), State("runs", -80, false), State("silent", -80, false, "service"), State("tags", -80, false, "tags")],
            }, Cancel);
        Assert.Equal(["gone", "later", "runs", "silent", "tags"], await KeysAsync(store));

        Place.Time.Advance(TimeSpan.FromDays(30) + TimeSpan.FromMinutes(1));
        Assert.Equal(["later", "runs"], await KeysAsync(store));
        Assert.Equal(["later", "runs"], (await ReadAsync(store)).Order(StringComparer.Ordinal));

        // What is passed over is written anew as if it had never been.
        await store.CommitAsync(new Commit { Source = "test", ReceivedAt = Place.Time.GetUtcNow(), Accounting = default, States = [State("gone", 1, true)] }, Cancel);
        Assert.Equal(["gone", "later", "runs"], await KeysAsync(store));

        static async Task<IEnumerable<string>> KeysAsync(IStore store) => (await store.LoadStatesAsync(["gone", "later", "runs", "silent", "tags"], Cancel)).Keys.Order(StringComparer.Ordinal);

        static async Task<List<string>> ReadAsync(IStore store)
        {
            var keys = new List<string>();
            await foreach (var state in store.ReadStatesAsync(DateTimeOffset.UnixEpoch, Cancel)) keys.Add(state.Key);
            return keys;
        }

        static ResourceState State(string key, int days, bool stopped, string type = "task") =>
            new(key, type, "1", "r", "c", stopped, 1, 1, new EventKey(Some.Noon.AddDays(days).ToUnixTimeMilliseconds(), 1), "{}"u8.ToArray());
    }
}

public sealed class DynamoTellingTests : TellingContract<DynamoPlace>;

public sealed class DynamoLifecycleTests : LifecycleContract<DynamoPlace>;

public sealed class DynamoRulesTests : RulesContract<DynamoPlace>;

public sealed class DynamoCapacityRulesTests : CapacityRulesContract<DynamoPlace>;

public sealed class DynamoExpectedTests : ExpectedContract<DynamoPlace>;

public sealed class DynamoMutingTests : MutingContract<DynamoPlace>;

public sealed class DynamoSyntheticTests : SyntheticContract<DynamoPlace>;
