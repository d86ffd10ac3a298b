using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.Sqlite.Tests;

/// <summary>A data folder.</summary>
public sealed class SqlitePlace : StorePlace
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-contract-").FullName;
    private SqliteStore? _open;

    public override ITokenStore Tokens => _open!.Tokens;

    protected override ValueTask<IStore> MakeAsync() => new(_open = SqliteStore.Open(new SqliteStoreOptions { Folder = _folder, SyncEachCommit = false }, Time));

    protected override ValueTask RemoveAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}

public sealed class SqliteStoredEventsTests : StoredEventsContract<SqlitePlace>;

public sealed class SqliteCommitTests : CommitContract<SqlitePlace>;

public sealed class SqliteAccountingTests : AccountingContract<SqlitePlace>;

public sealed class SqliteStatesTests : StatesContract<SqlitePlace>;

public sealed class SqliteHistoryTests : HistoryContract<SqlitePlace>;

public sealed class SqliteTagsTests : TagsContract<SqlitePlace>;

public sealed class SqliteQuarantineTests : QuarantineContract<SqlitePlace>;

public sealed class SqliteTokenStoreTests : TokenStoreContract<SqlitePlace>;

public sealed class SqliteIncidentStoreTests : IncidentStoreContract<SqlitePlace>;

public sealed class SqliteRetentionTests : RetentionContract<SqlitePlace>;

public sealed class SqliteTellingTests : TellingContract<SqlitePlace>;

public sealed class SqliteSendingTests : SendingContract<SqlitePlace>;

public sealed class SqliteLifecycleTests : LifecycleContract<SqlitePlace>;

public sealed class SqliteRulesTests : RulesContract<SqlitePlace>;

public sealed class SqliteCapacityRulesTests : CapacityRulesContract<SqlitePlace>;

public sealed class SqliteExpectedTests : ExpectedContract<SqlitePlace>;

public sealed class SqliteMutingTests : MutingContract<SqlitePlace>;

public sealed class SqliteSyntheticTests : SyntheticContract<SqlitePlace>;

public sealed class SqliteTellingSimulationTests : TellingSimulationContract<SqlitePlace>;
