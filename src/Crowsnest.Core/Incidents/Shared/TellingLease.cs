using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents.Shared;

/// <summary>What the lease says besides its holder.</summary>
/// <param name="Epoch">How often it changed hands.</param>
/// <param name="Pass">How many passes there were: the version that each pass's writes have.</param>
/// <param name="Journal">What the last pass writes, as its store packs it; empty when it wrote nothing.</param>
/// <param name="TooOld">Firings that were too old to be told, of all time.</param>
/// <param name="Done">Messages that are done, of all time.</param>
public sealed record LeaseState(long Epoch, long Pass, string Journal, long TooOld, IReadOnlyDictionary<(string Receiver, SendFailure Failure), long> Done)
{
    /// <summary>Nobody ever had it.</summary>
    public static LeaseState Empty { get; } = new(0, 0, "", 0, ImmutableDictionary<(string, SendFailure), long>.Empty);

    /// <summary>One more message is done.</summary>
    public LeaseState WithDone(string receiver, SendFailure failure) =>
        this with { Done = new Dictionary<(string, SendFailure), long>(Done) { [(receiver, failure)] = Done.GetValueOrDefault((receiver, failure)) + 1 } };
}

/// <summary>The lease as it is stored.</summary>
/// <param name="Holder">Who has it; empty: nobody.</param>
/// <param name="State">What it says besides.</param>
public sealed record LeaseRecord(string Holder, LeaseState State);

/// <summary>Where the lease is kept: one document that is only ever written over what was read.</summary>
public interface ILeaseStore
{
    /// <summary>The lease as it is now, and what names this write of it; <see langword="null"/> before the first.</summary>
    Task<(LeaseRecord Record, string Mark)?> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Writes it where it is still as that write left it (<see langword="null"/>: where there is none); answers what names this write, or null when another was first.</summary>
    Task<string?> TryWriteAsync(LeaseRecord record, string? over, CancellationToken cancellationToken);
}

/// <summary>Who ticks and sends: one process at a time.</summary>
/// <remarks>
/// The lease carries the journal of the last pass and the sums of what was told, so that a pass takes effect in one write, and only for who still has it. A
/// holder that says nothing for <see cref="Span"/> loses it: others go by how long it stayed as it was on their own clocks, so no two clocks are compared. One
/// that was paused for longer asks again before it does anything.
/// </remarks>
/// <param name="store">Where it is kept.</param>
/// <param name="worker">This process's own name.</param>
/// <param name="time">The clock.</param>
public sealed class TellingLease(ILeaseStore store, string worker, TimeProvider time)
{
    private long _writtenAt;
    private bool _isMine;
    private string? _mark;
    private (string Mark, long Since)? _seen;

    /// <summary>How long a holder may say nothing.</summary>
    public static TimeSpan Span { get; } = TimeSpan.FromSeconds(15);

    /// <summary>What it says, while we hold it.</summary>
    public LeaseState State { get; private set; } = LeaseState.Empty;

    /// <summary>It was taken over and the journal in it is perhaps not carried out.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>Takes the lease, or makes sure of it; false while another process has it.</summary>
    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        if (_isMine) return time.GetElapsedTime(_writtenAt) < Span / 3 || await TryWriteAsync(State, worker, store.TryWriteAsync, cancellationToken).ConfigureAwait(false);
        var found = await store.ReadAsync(cancellationToken).ConfigureAwait(false);
        if (found is var (record, mark))
        {
            if (_seen?.Mark != mark) _seen = (mark, time.GetTimestamp());
            if (record.Holder.Length > 0 && time.GetElapsedTime(_seen!.Value.Since) < Span) return false;
            State = record.State;
        }

        _mark = found?.Mark;
        if (!await TryWriteAsync(State with { Epoch = State.Epoch + 1 }, worker, store.TryWriteAsync, cancellationToken).ConfigureAwait(false)) return false;
        IsFresh = true;
        return true;
    }

    /// <summary>Writes what a pass decided; from then on it holds, whatever happens to this process.</summary>
    /// <param name="state">What it says from now on.</param>
    /// <param name="write">How it is written, when not alone: as <see cref="ILeaseStore.TryWriteAsync"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="Pipeline.StoreException">Another process has taken the lease; nothing was written.</exception>
    public async Task CommitAsync(LeaseState state, Func<LeaseRecord, string?, CancellationToken, Task<string?>>? write, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (!await TryWriteAsync(state, worker, write ?? store.TryWriteAsync, cancellationToken).ConfigureAwait(false))
            throw new Pipeline.StoreException("Another process tells now; what this one had decided it decides itself.", "", isTransient: true);
    }

    /// <summary>What the lease says now, whoever has it.</summary>
    public async Task<LeaseState> ReadAsync(CancellationToken cancellationToken) =>
        await store.ReadAsync(cancellationToken).ConfigureAwait(false) is var (record, _) ? record.State : LeaseState.Empty;

    /// <summary>The journal was carried out.</summary>
    public void Done() => IsFresh = false;

    /// <summary>Gives the lease away, so that the next does not have to wait.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (!_isMine) return;
        await TryWriteAsync(State, "", store.TryWriteAsync, cancellationToken).ConfigureAwait(false);
        _isMine = false;
    }

    private async Task<bool> TryWriteAsync(LeaseState state, string holder, Func<LeaseRecord, string?, CancellationToken, Task<string?>> write, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var mark = await write(new LeaseRecord(holder, state), _mark, cancellationToken).ConfigureAwait(false);

        // Perhaps our own write, whose answer was lost: what is there tells.
        if (mark is null && await store.ReadAsync(cancellationToken).ConfigureAwait(false) is var (there, its)
            && there.Holder == holder && there.State.Epoch == state.Epoch && there.State.Pass == state.Pass && there.State.Journal == state.Journal) mark = its;
        _isMine = mark is not null;
        if (mark is null) return false;
        (_mark, _writtenAt, State) = (mark, began, state);
        return true;
    }
}
