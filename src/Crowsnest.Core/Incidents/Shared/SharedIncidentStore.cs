using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Incidents.Shared;

/// <summary>Incidents, groups and the outbox of a store that several processes share, written by the holder of the lease alone.</summary>
/// <remarks>
/// What a pass decided is in the lease, as a journal, before any of it is written elsewhere, in one write that succeeds only while the lease is ours; whoever
/// has the lease next carries it out again before anything else.
/// </remarks>
/// <param name="lease">Who ticks and sends.</param>
public abstract class SharedIncidentStore(TellingLease lease) : IIncidentStore, IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);

    // A journal that was written and not carried out to its end.
    private bool _isUnfinished;
    private bool _isDisposed;

    /// <summary>Called once the journal of a pass is written and before it is carried out: where a test ends the process.</summary>
    public Action<string>? Reached { get; set; }

    /// <summary>The lease as this process knows it.</summary>
    protected LeaseState State => lease.State;

    /// <inheritdoc/>
    public ValueTask<bool> LeadAsync(CancellationToken cancellationToken) => AloneAsync(() => LeadWithinAsync(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IIncidentPass> BeginAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await MustLeadAsync(cancellationToken).ConfigureAwait(false);
            return new SharedPass(await StoredAsync(cancellationToken).ConfigureAwait(false), CommitAsync, () => _gate.Release());
        }
        catch
        {
            _gate.Release();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask RecordAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        await AloneAsync(async () =>
        {
            await MustLeadAsync(CancellationToken.None).ConfigureAwait(false);
            foreach (var entry in entries) await RecordWithinAsync(entry).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public abstract ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask<OutboxEntry?> MessageAsync(string id, CancellationToken cancellationToken);

    /// <inheritdoc/>
    public abstract ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken, IncidentPlace? after = null);

    /// <inheritdoc/>
    public async ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken)
    {
        var stored = await StoredAsync(cancellationToken).ConfigureAwait(false);
        return await stored.IncidentsAsync([id], cancellationToken).ConfigureAwait(false) is [var found] ? found : null;
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken)
    {
        var stored = await StoredAsync(cancellationToken).ConfigureAwait(false);
        return await stored.SilencesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public abstract ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken);

    /// <summary>Gives the lease away until this process asks for it again.</summary>
    public async ValueTask YieldAsync(CancellationToken cancellationToken) => await AloneAsync(async () =>
    {
        await lease.ReleaseAsync(cancellationToken).ConfigureAwait(false);
        return true;
    }, cancellationToken).ConfigureAwait(false);

    /// <summary>Gives the lease away; what waits, waits for the next.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        GC.SuppressFinalize(this);
        await _gate.WaitAsync().ConfigureAwait(false);
        try
        {
            await lease.ReleaseAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (StoreException)
        {
            // The server is away: others wait until the lease has run out.
        }

        _gate.Dispose();
    }

    /// <summary>What the lease says now, whoever has it.</summary>
    protected Task<LeaseState> LeaseAsync(CancellationToken cancellationToken) => lease.ReadAsync(cancellationToken);

    /// <summary>What is stored now, for a pass that begins.</summary>
    protected abstract ValueTask<IStoredIncidents> StoredAsync(CancellationToken cancellationToken);

    /// <summary>Writes what a pass decided (<see cref="WriteAsync"/>).</summary>
    protected abstract Task CommitAsync(PassChanges changes);

    /// <summary>Writes what became of an attempt (<see cref="WriteAsync"/>); nothing, of a message that is not known.</summary>
    protected abstract Task RecordWithinAsync(OutboxEntry entry);

    /// <summary>Carries out the journal of the lease, once or again.</summary>
    protected abstract Task ApplyAsync(LeaseState state);

    /// <summary>Writes the lease, and carries out the journal that it has then.</summary>
    /// <param name="state">What the lease says from now on; its pass is counted here.</param>
    /// <param name="journal">What is carried out then, packed; empty: nothing.</param>
    /// <param name="together">Writes the lease together with what a journal would say; <see langword="null"/>: the lease alone.</param>
    /// <exception cref="StoreException">Another process has taken the lease; nothing was written.</exception>
    protected async Task WriteAsync(LeaseState state, string journal, Func<LeaseRecord, string?, CancellationToken, Task<string?>>? together = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(journal);
        await lease.CommitAsync(state with { Pass = state.Pass + 1, Journal = journal }, together, CancellationToken.None).ConfigureAwait(false);
        if (journal.Length == 0) return;
        _isUnfinished = true;
        Reached?.Invoke("journal");
        await ApplyAsync(lease.State).ConfigureAwait(false);
        _isUnfinished = false;
    }

    private async Task MustLeadAsync(CancellationToken cancellationToken)
    {
        if (!await LeadWithinAsync(cancellationToken).ConfigureAwait(false))
            throw new StoreException("Another process that shares this store tells.", "It takes over by itself when that one has stopped.", isTransient: true);
    }

    private async Task<bool> LeadWithinAsync(CancellationToken cancellationToken)
    {
        if (!await lease.TryTakeAsync(cancellationToken).ConfigureAwait(false)) return false;
        if (!_isUnfinished && !lease.IsFresh) return true;
        await ApplyAsync(lease.State).ConfigureAwait(false);
        lease.Done();
        _isUnfinished = false;
        return true;
    }

    private async ValueTask<T> AloneAsync<T>(Func<Task<T>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }
}
