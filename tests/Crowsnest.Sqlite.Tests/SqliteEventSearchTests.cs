using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Tests.Contracts;

namespace Crowsnest.Sqlite.Tests;

public sealed class SqliteEventSearchTests : EventSearchContract, IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("crowsnest-search-").FullName;
    private SqliteStore? _store;

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override async ValueTask<IEventSearch> LoadAsync(IReadOnlyList<DiagnosedEvent> events, CancellationToken cancellationToken)
    {
        _store = SqliteStore.Open(new SqliteStoreOptions { Folder = _folder, SyncEachCommit = false }, TimeProvider.System);
        foreach (var batch in events.Chunk(23))
        {
            await _store.CommitAsync(
                new Commit
                {
                    Source = "test",
                    ReceivedAt = batch[0].Event.ReceivedAt,
                    Accounting = new Accounting(batch.Length, batch.Length, 0, 0, 0, 0),
                    Events = batch,
                },
                cancellationToken);
        }

        // Some segments are merged by now and some are not: both must answer the same.
        await _store.SettleAsync(cancellationToken);
        return _store.Events;
    }
}
