using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Pipeline;

/// <summary>Where everything that must survive is kept. One pipeline writes; any number of readers search meanwhile.</summary>
/// <remarks>
/// Events, quarantine, state, firings, timers and the accounting of one batch are on disk together when <see cref="CommitAsync"/> returns. An embedded store
/// has all of it or nothing at any instant. A store that several processes share has no transactions: it writes states first, then firings, then events, so that
/// what a crash leaves unfinished is finished when the batch comes again, since an event counts as known only when all that it brings is there. Failures are <see cref="StoreException"/>. There is one commit at a time, and while it is written
/// the next batch is looked up and its states are loaded: both may or may not see that commit.
/// </remarks>
public interface IStore : IAsyncDisposable
{
    /// <summary>Finding events.</summary>
    IEventSearch Events { get; }

    /// <summary>It keeps what events say; without, <see cref="Events"/> and <see cref="Checkpoints"/> answer with an error, and there is no past.</summary>
    bool KeepsEvents => true;

    /// <summary>What could not be read.</summary>
    IQuarantine Quarantine { get; }

    /// <summary>Incidents, timers and the outbox.</summary>
    IIncidentStore Incidents { get; }

    /// <summary>Checkpoints of how the clusters were.</summary>
    ICheckpointStore Checkpoints { get; }

    /// <summary>For each event, in order: new, new with a known id, or a duplicate (of a stored event, or of an earlier one in the list).</summary>
    ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken);

    /// <summary>The stored states of these resources (by <see cref="ResourceState.Key"/>); what is not known is missing from the answer.</summary>
    ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>
    /// All stored states that are not over, and of those that are over the ones whose newest event is not older than <paramref name="stoppedSince"/>
    /// (<see langword="null"/>: none of them), in no order. A state that is written meanwhile may come as it was, as it is, or as both, in this order.
    /// </summary>
    IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, CancellationToken cancellationToken);

    /// <summary>Begins to follow the states that any process writes from now on; <see langword="null"/> of a store that only this process writes.</summary>
    ValueTask<IStateFollower?> FollowStatesAsync(CancellationToken cancellationToken) => new((IStateFollower?)null);

    /// <summary>Writes one batch, all or nothing. The same commit may be tried again after a transient failure.</summary>
    /// <returns>What became of its events otherwise than was asked.</returns>
    /// <exception cref="StatesMovedException">Another process wrote some of the states since they were loaded: load, fold and commit again.</exception>
    ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken);

    /// <summary>The accounting of everything ever committed, by source.</summary>
    ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Drops what is older than it is kept, in steps between which commits go on; interrupted, the next call goes on. An event of a dropped day that
    /// comes again is new again.
    /// </summary>
    /// <returns>What this call dropped.</returns>
    ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>All that ever left by retention: stored events less these are what a search over everything finds.</summary>
    ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken);
}

/// <summary>What an event is to the store.</summary>
public enum EventStanding
{
    /// <summary>Not seen before.</summary>
    New,

    /// <summary>Not seen before, but another event has its id (as <see cref="EventIdComparer"/> compares them); both are kept.</summary>
    NewWithKnownId,

    /// <summary>Stored already, or earlier in the same batch.</summary>
    Duplicate,
}

/// <summary>Everything that one batch changes.</summary>
public sealed record Commit
{
    /// <summary>Where the batch came from: <c>http</c>, <c>file</c>, <c>sqs</c>, …</summary>
    public required string Source { get; init; }

    /// <summary>Our clock when the batch was received.</summary>
    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>The batch's accounting; added to what is stored.</summary>
    public required Accounting Accounting { get; init; }

    /// <summary>New events with their diagnoses.</summary>
    public IReadOnlyList<DiagnosedEvent> Events { get; init; } = [];

    /// <summary>What could not be read.</summary>
    public IReadOnlyList<Fault> Quarantine { get; init; } = [];

    /// <summary>States that changed.</summary>
    public IReadOnlyList<ResourceState> States { get; init; } = [];

    /// <summary>Firings of rules: made, or refined (same id).</summary>
    public IReadOnlyList<Firing> Firings { get; init; } = [];

    /// <summary>Makes sure that the accounting adds up.</summary>
    /// <exception cref="StoreException">It does not: nothing of the commit may be written.</exception>
    public void MustAddUp()
    {
        if (Accounting.Received != Accounting.Stored + Accounting.Duplicates + Accounting.Quarantined) throw new StoreException($"The accounting does not add up: {Accounting}.");
    }

    /// <summary>The accounting, by what became of the events.</summary>
    public Accounting AccountingOf(CommitOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.IsAsAsked) return Accounting;
        var unknown = outcome.Duplicates.Concat(outcome.Refused.Select(one => one.Place)).Count(i => Events[i].Event.Kind == EventKind.Unknown);
        return Accounting + new Accounting(0, -outcome.Duplicates.Count - outcome.Refused.Count, outcome.Duplicates.Count, outcome.Refused.Count, 0, -unknown);
    }
}

/// <summary>What became of a commit's events otherwise than was asked; nothing, in a store that one process has to itself.</summary>
/// <param name="Duplicates">Places, in the commit, of events that another process had stored meanwhile.</param>
/// <param name="Refused">Places of events that the store will never take, and what it keeps of them in quarantine instead.</param>
public sealed record CommitOutcome(IReadOnlyList<int> Duplicates, IReadOnlyList<(int Place, Fault Fault)> Refused)
{
    /// <summary>All of it was done as asked.</summary>
    public static CommitOutcome AsAsked { get; } = new([], []);

    /// <summary>All of it was done as asked.</summary>
    public bool IsAsAsked => Duplicates.Count + Refused.Count == 0;
}

/// <summary>States that were to be written are not as they were loaded.</summary>
public sealed class StatesMovedException : Exception
{
    /// <summary>States moved.</summary>
    public StatesMovedException(string message)
        : base(message)
    {
    }

    /// <summary>States moved.</summary>
    public StatesMovedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>States moved.</summary>
    public StatesMovedException()
        : this("States were written by another process meanwhile.")
    {
    }
}

/// <summary>An event and what it means by itself.</summary>
public readonly record struct DiagnosedEvent(EcsEvent Event, EventDiagnosis Diagnosis);

/// <summary>What became of everything received: received = stored + duplicates + quarantined, always.</summary>
/// <param name="Received">Messages that came in.</param>
/// <param name="Stored">Kept as events.</param>
/// <param name="Duplicates">Known already.</param>
/// <param name="Quarantined">Kept as bytes with a reason.</param>
/// <param name="IdReused">Of the stored: with an id that another event has.</param>
/// <param name="UnknownKinds">Of the stored: of a kind we have no reader for.</param>
public readonly record struct Accounting(long Received, long Stored, long Duplicates, long Quarantined, long IdReused, long UnknownKinds)
{
    /// <summary>The sum of two.</summary>
    public static Accounting operator +(Accounting left, Accounting right) => new(
        left.Received + right.Received, left.Stored + right.Stored, left.Duplicates + right.Duplicates,
        left.Quarantined + right.Quarantined, left.IdReused + right.IdReused, left.UnknownKinds + right.UnknownKinds);

    /// <summary>The sum of two.</summary>
    public static Accounting Add(Accounting left, Accounting right) => left + right;
}

/// <summary>The quarantine: bytes that are no event, kept for operators, never masked, with a short retention of its own.</summary>
public interface IQuarantine
{
    /// <summary>Newest first, from <paramref name="before"/> (exclusive, an id) on.</summary>
    ValueTask<IReadOnlyList<QuarantineEntry>> ListAsync(long? before, int limit, CancellationToken cancellationToken);

    /// <summary>One, or <see langword="null"/>.</summary>
    ValueTask<QuarantineEntry?> GetAsync(long id, CancellationToken cancellationToken);

    /// <summary>How many there are, by reason.</summary>
    ValueTask<IReadOnlyDictionary<QuarantineReason, long>> CountsAsync(CancellationToken cancellationToken);

    /// <summary>How many ever came in, by reason, counted in the commit that brought them; what leaves takes nothing away.</summary>
    ValueTask<IReadOnlyDictionary<QuarantineReason, long>> TotalsAsync(CancellationToken cancellationToken);

    /// <summary>Removes one; false when it was not there.</summary>
    ValueTask<bool> RemoveAsync(long id, CancellationToken cancellationToken);
}

/// <summary>Something in quarantine.</summary>
public sealed record QuarantineEntry(long Id, DateTimeOffset ReceivedAt, string Source, Fault Fault);

/// <summary>A store that cannot do what was asked.</summary>
public sealed class StoreException : Exception
{
    /// <summary>A store failed.</summary>
    public StoreException(string message, string hint, bool isTransient, Exception? inner = null)
        : base(message, inner)
    {
        Hint = hint;
        IsTransient = isTransient;
    }

    /// <summary>A store failed.</summary>
    public StoreException(string message)
        : this(message, "", isTransient: false)
    {
    }

    /// <summary>A store failed.</summary>
    public StoreException(string message, Exception innerException)
        : this(message, "", isTransient: false, innerException)
    {
    }

    /// <summary>A store failed.</summary>
    public StoreException()
        : this("The store failed.")
    {
    }

    /// <summary>What a person can do about it.</summary>
    public string Hint { get; } = "";

    /// <summary>Trying again later may help (disk full, locked).</summary>
    public bool IsTransient { get; }
}
