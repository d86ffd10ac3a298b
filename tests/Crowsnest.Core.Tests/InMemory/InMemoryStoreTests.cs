using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.Core.Tests.InMemory;

/// <summary>Memory: what is closed is opened again as it is.</summary>
public sealed class MemoryPlace : StorePlace
{
    private readonly InMemoryStore _store;

    public MemoryPlace() => _store = new InMemoryStore(Time);

    public override ITokenStore Tokens { get; } = new InMemoryTokenStore();

    protected override ValueTask<IStore> MakeAsync() => new(_store);
}

public sealed class InMemoryStoredEventsTests : StoredEventsContract<MemoryPlace>;

public sealed class InMemoryCommitTests : CommitContract<MemoryPlace>;

public sealed class InMemoryAccountingTests : AccountingContract<MemoryPlace>;

public sealed class InMemoryStatesTests : StatesContract<MemoryPlace>;

public sealed class InMemoryHistoryTests : HistoryContract<MemoryPlace>;

public sealed class InMemoryTagsTests : TagsContract<MemoryPlace>;

public sealed class InMemoryQuarantineTests : QuarantineContract<MemoryPlace>;

public sealed class InMemoryTokenStoreTests : TokenStoreContract<MemoryPlace>;

public sealed class InMemoryIncidentStoreTests : IncidentStoreContract<MemoryPlace>;

public sealed class InMemoryRetentionTests : RetentionContract<MemoryPlace>;

public sealed class InMemoryTellingTests : TellingContract<MemoryPlace>;

public sealed class InMemorySendingTests : SendingContract<MemoryPlace>;

public sealed class InMemoryLifecycleTests : LifecycleContract<MemoryPlace>;

public sealed class InMemoryRulesTests : RulesContract<MemoryPlace>;

public sealed class InMemoryCapacityRulesTests : CapacityRulesContract<MemoryPlace>;

public sealed class InMemoryExpectedTests : ExpectedContract<MemoryPlace>;

public sealed class InMemoryMutingTests : MutingContract<MemoryPlace>;

public sealed class InMemorySyntheticTests : SyntheticContract<MemoryPlace>;

public sealed class InMemoryTellingSimulationTests : TellingSimulationContract<MemoryPlace>;
