using System.Runtime.CompilerServices;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;
using Microsoft.Data.Sqlite;

namespace Crowsnest.Sqlite;

/// <summary>How the embedded store works.</summary>
public sealed class SqliteStoreOptions
{
    /// <summary>The data folder; made when it is not there.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// Whether each commit is on disk when it returns. Off, a power cut may take the last commits (never the file): only for what can be run again.
    /// </summary>
    public bool SyncEachCommit { get; init; } = true;

    /// <summary>Only reads, beside whoever writes; nothing is made or changed, and there must be a store already.</summary>
    public bool ReadOnly { get; init; }
}

/// <summary>The embedded store: one SQLite file in one folder, written by one process.</summary>
public sealed class SqliteStore : IStore
{
    // A page is read in one go, and two megabytes at most are held for it.
    private const int StatesAPage = 1_000;

    private readonly SqliteDatabase _database;
    private readonly SegmentCatalogue _catalogue = new();
    private readonly SqliteRetention _retention;

    // The pipeline's alone, which looks up one batch and commits one at a time, though both at once.
    private readonly KnownEvents _known;
    private readonly EventWriter _writer = new();

    // Held by whoever uses the database's writer connection.
    private readonly SemaphoreSlim _gate = new(1, 1);

    // The merge that runs meanwhile; started and awaited under the gate.
    private Task _merging = Task.CompletedTask;
    private readonly CancellationTokenSource _stopping = new();

    private SqliteStore(SqliteDatabase database, TimeProvider clock)
    {
        _database = database;
        _known = new KnownEvents(_catalogue);
        Events = new SqliteEventSearch(database, _catalogue, clock);
        Quarantine = new SqliteQuarantine(database, _gate);
        Incidents = new SqliteIncidentStore(database, _gate, clock);
        Checkpoints = new SqliteCheckpoints(database, _gate);
        _retention = new SqliteRetention(database, _gate);
        Tokens = new SqliteTokenStore(database, _gate);
    }

    /// <inheritdoc/>
    public IEventSearch Events { get; }

    /// <inheritdoc/>
    public IQuarantine Quarantine { get; }

    /// <inheritdoc/>
    public IIncidentStore Incidents { get; }

    /// <inheritdoc/>
    public ICheckpointStore Checkpoints { get; }

    /// <summary>The API tokens, as hashes.</summary>
    public ITokenStore Tokens { get; }

    /// <summary>Whether there is a store in this folder.</summary>
    public static bool IsIn(string folder) => SqliteDatabase.IsIn(folder);

    /// <summary>Opens the folder's store, and makes it when it is not there.</summary>
    /// <exception cref="StoreException">It cannot be opened; the hint says what to do.</exception>
    public static SqliteStore Open(SqliteStoreOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
#pragma warning disable CA2000 // The store owns it from here on.
        var database = options.ReadOnly
            ? SqliteDatabase.OpenToRead(options.Folder, Schema.Migrations.Count)
            : SqliteDatabase.Open(options.Folder, options.SyncEachCommit, Schema.Migrations);
#pragma warning restore CA2000
        try
        {
            using var reader = database.Read();
            EventWriter.LearnNames(reader.Connection);
        }
        catch (SqliteException exception)
        {
            database.Dispose();
            throw SqliteFault.Translate(exception, "open", database.Path);
        }

        return new SqliteStore(database, clock);
    }

    /// <inheritdoc/>
    public ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(events);
        return ReadAsync("look up events in", connection => _known.LookUp(connection, events), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keys);
        return ReadAsync("read states from", connection => SqliteStates.Load(connection, keys), cancellationToken);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var since = stoppedSince?.ToUnixTimeMilliseconds() ?? long.MaxValue;
        for (var (last, count) = (long.MinValue, StatesAPage); count == StatesAPage;)
        {
            var (page, place) = await ReadAsync("read states from", connection => SqliteStates.Page(connection, last, since, StatesAPage), cancellationToken).ConfigureAwait(false);
            (last, count) = (place, page.Count);
            foreach (var state in page) yield return state;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        try
        {
            // Nearly all of the time goes here, and other writers need not wait for it.
            var prepared = await ReadAsync("write to", connection => _writer.Prepare(connection, commit.Events), cancellationToken).ConfigureAwait(false);
            await WriteAsync("write to", connection =>
            {
                using (var transaction = connection.BeginTransaction())
                {
                    EventWriter.Write(connection, prepared, commit.ReceivedAt.ToUnixTimeMilliseconds());
                    SqliteStates.Write(connection, commit.States);
                    SqliteQuarantine.Write(connection, commit);
                    SqliteIncidentStore.WriteFirings(connection, commit.Firings);
                    SqliteAccounting.Add(connection, commit.Source, commit.Accounting);
                    transaction.Commit();
                }

                StartMergeLocked(connection);
                return 0;
            }, cancellationToken).ConfigureAwait(false);
            return CommitOutcome.AsAsked;
        }
        catch
        {
            _writer.Reset();
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) =>
        WriteAsync("read accounting from", SqliteAccounting.Read, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(retention);
        return _retention.DropAsync(retention, now, cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) =>
        ReadAsync("read accounting from", SqliteRetention.Dropped, cancellationToken);

    /// <summary>Makes everything committed so far survive a power cut.</summary>
    public async ValueTask SyncAsync(CancellationToken cancellationToken) =>
        await WriteAsync("sync", connection =>
        {
            SqliteDatabase.Execute(connection, "PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(FULL); PRAGMA synchronous=NORMAL;");
            return 0;
        }, cancellationToken).ConfigureAwait(false);

    /// <summary>Copies all of it, as of one commit, into a file that is not there yet; writing goes on meanwhile.</summary>
    /// <param name="file">The file; on disk on return.</param>
    /// <param name="onStep">Hears of bytes copied and bytes in all.</param>
    /// <param name="cancellationToken">Ends it; the file then holds nothing of use.</param>
    /// <exception cref="StoreException">It cannot be read, or the file cannot be written.</exception>
    public async Task<StoreCopy> CopyAsync(string file, Action<long, long>? onStep, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => StoreCopier.Copy(_database, file, onStep, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw SqliteFault.Translate(exception, "copy the data to", file);
        }
    }

    /// <summary>Looks whether what is stored fits together; what does not is said in words.</summary>
    /// <param name="isDeep">Reads every byte too.</param>
    /// <param name="onStep">Hears of blocks read and blocks in all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">It cannot be read.</exception>
    public async Task<StoreCheck> CheckAsync(bool isDeep, Action<long, long>? onStep, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(() => StoreChecker.Check(_database, isDeep, onStep, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or InvalidDataException)
        {
            throw SqliteFault.Translate(exception, "check", _database.Path);
        }
    }

    /// <summary>Waits until no merge runs or is due.</summary>
    public async ValueTask SettleAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var merging = await WriteAsync("merge in", connection =>
            {
                StartMergeLocked(connection);
                return _merging;
            }, cancellationToken).ConfigureAwait(false);
            if (merging.IsCompleted) return;
            await merging.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _merging.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _gate.WaitAsync().ConfigureAwait(false);
        _database.Dispose();
        _gate.Dispose();
        _stopping.Dispose();
    }

    // With a snapshot of its own, so that a commit does not wait for it, nor it for a commit.
    private ValueTask<T> ReadAsync<T>(string operation, Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            using var reader = _database.Read();
            return ValueTask.FromResult(work(reader.Connection));
        }
        catch (Exception exception) when (exception is SqliteException or IOException or InvalidDataException)
        {
            throw SqliteFault.Translate(exception, operation, _database.Path);
        }
    }

    private async ValueTask<T> WriteAsync<T>(string operation, Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return work(_database.Writer);
        }
        catch (Exception exception) when (exception is SqliteException or IOException or InvalidDataException)
        {
            throw SqliteFault.Translate(exception, operation, _database.Path);
        }
        finally
        {
            _gate.Release();
        }
    }

    // Callers hold _gate. One merge at a time; the next commit after it asks again.
    private void StartMergeLocked(SqliteConnection connection)
    {
        if (!_merging.IsCompleted || _stopping.IsCancellationRequested) return;
        var chosen = SegmentMerging.Choose(_catalogue.List(connection));
        if (chosen.Count > 0) _merging = Task.Run(() => MergeAsync(chosen));
    }

    private async Task MergeAsync(IReadOnlyList<SegmentRow> chosen)
    {
        try
        {
            SegmentImage image;
            using (var reader = _database.Read())
            {
                image = SegmentMerger.Merge([.. chosen.Select(row => _catalogue.Open(reader.Connection, row))], _stopping.Token);
            }

            await _gate.WaitAsync(_stopping.Token).ConfigureAwait(false);
            try
            {
                using var transaction = _database.Writer.BeginTransaction();
                if (SegmentMerging.Replace(_database.Writer, chosen, image)) transaction.Commit();
            }
            finally
            {
                _gate.Release();
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SqliteException or StoreException)
        {
            // Nothing is lost: the small segments are still there, searches use them, and a later commit tries again.
        }
    }
}
