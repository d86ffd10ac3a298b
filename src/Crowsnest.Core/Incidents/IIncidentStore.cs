using System.Collections.Immutable;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>Incidents, groups and the outbox: what telling needs to survive a crash. Whoever holds the lease is its only writer.</summary>
/// <remarks>Failures are <see cref="Pipeline.StoreException"/>. Everything that waits has its due time in the store, written with the change that starts it.</remarks>
public interface IIncidentStore
{
    /// <summary>
    /// Whether this process may tick and send for now: takes the lease, or makes sure that it still has it. Where nobody else can, it always may.
    /// </summary>
    ValueTask<bool> LeadAsync(CancellationToken cancellationToken);

    /// <summary>When something is due next: firings that were written and not looked at (at once), a group, an expiry, a message; <see langword="null"/> when nothing waits.</summary>
    ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);

    /// <summary>Begins a pass: what it writes is there after <see cref="IIncidentPass.CommitAsync"/>, all of it or nothing. One at a time; nobody else writes meanwhile.</summary>
    ValueTask<IIncidentPass> BeginAsync(CancellationToken cancellationToken);

    /// <summary>Messages that are due, the longest waiting first.</summary>
    ValueTask<IReadOnlyList<OutboxEntry>> DueOutboxAsync(DateTimeOffset now, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Records what became of messages; each that waited and counts now (<see cref="OutboxEntry.Counts"/>) counts in <see cref="TellingCounts.Done"/> too. When it
    /// fails, some of them may be recorded.
    /// </summary>
    ValueTask RecordAsync(IReadOnlyList<OutboxEntry> entries, CancellationToken cancellationToken);

    /// <summary>Messages, newest first, from <paramref name="before"/> (exclusive, a place from an earlier answer) on.</summary>
    ValueTask<IReadOnlyList<(long Place, OutboxEntry Entry)>> OutboxAsync(long? before, int limit, CancellationToken cancellationToken);

    /// <summary>The message with this id in the outbox.</summary>
    ValueTask<OutboxEntry?> MessageAsync(string id, CancellationToken cancellationToken);

    /// <summary>Incidents, latest first, of one time by their ids; those after another incident in this order, when its place is given.</summary>
    ValueTask<IReadOnlyList<Incident>> IncidentsAsync(int limit, CancellationToken cancellationToken, IncidentPlace? after = null);

    /// <summary>The incident with this id.</summary>
    ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken);

    /// <summary>All silences, in no order; those that have ended leave some days later, when another is written.</summary>
    ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken);

    /// <summary>How many there are of each.</summary>
    ValueTask<TellingCounts> CountsAsync(CancellationToken cancellationToken);
}

/// <summary>One pass of <see cref="IncidentTick"/> over the store. Disposing without a commit leaves nothing.</summary>
public interface IIncidentPass : IAsyncDisposable
{
    /// <summary>Firings that are new or refined since they were last assigned, with the incident that they belong to so far.</summary>
    ValueTask<IReadOnlyList<(Firing Firing, string? Incident)>> PendingFiringsAsync(int limit, CancellationToken cancellationToken);

    /// <summary>Says what will be asked for one by one, so that a store that is far away can ask for all of it at once. Answers stay the same.</summary>
    ValueTask ExpectAsync(IncidentNeeds needs, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <summary>The firings of an incident.</summary>
    ValueTask<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken);

    /// <summary>The incident with this id.</summary>
    ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken);

    /// <summary>The latest incident of this group with something that happened between these moments.</summary>
    ValueTask<Incident?> IncidentOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);

    /// <summary>Incidents that fire or are pending, and expire by a moment if nothing more happens.</summary>
    ValueTask<IReadOnlyList<Incident>> OpenAsync(DateTimeOffset expiringBy, int limit, CancellationToken cancellationToken);

    /// <summary>The notification group with this key.</summary>
    ValueTask<NotificationGroup?> GroupAsync(string key, CancellationToken cancellationToken);

    /// <summary>Groups that are due; with <paramref name="unsent"/> also those that wait for their first message.</summary>
    ValueTask<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset now, bool unsent, int limit, CancellationToken cancellationToken);

    /// <summary>All silences, in no order.</summary>
    ValueTask<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken);

    /// <summary>The firing belongs to this incident, and is no longer pending.</summary>
    void Assign(string firing, string incident);

    /// <summary>Writes an incident.</summary>
    void Save(Incident incident);

    /// <summary>Removes an incident: all its firings turned out to belong elsewhere before anybody was told.</summary>
    void Remove(Incident incident);

    /// <summary>Writes a group.</summary>
    void Save(NotificationGroup group);

    /// <summary>Removes a group: nothing in it goes on.</summary>
    void Remove(NotificationGroup group);

    /// <summary>Writes a silence.</summary>
    void Save(Silence silence);

    /// <summary>Removes a silence: it ended long ago.</summary>
    void Remove(Silence silence);

    /// <summary>Puts a message into the outbox; one with this id that is there already stays as it is.</summary>
    void Enqueue(OutboxEntry entry);

    /// <summary>Counts firings that were recorded and not told because they were too old.</summary>
    void CountTooOld(int firings);

    /// <summary>Writes it all.</summary>
    ValueTask CommitAsync(CancellationToken cancellationToken);
}

/// <summary>Where an incident stands in the list of all.</summary>
/// <param name="LastAt">When the latest of it happened, milliseconds since 1970 UTC.</param>
/// <param name="Id">Its id.</param>
public readonly record struct IncidentPlace(long LastAt, string Id)
{
    /// <summary>An incident's place.</summary>
    public static IncidentPlace Of(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return new IncidentPlace(incident.LastAt.ToUnixTimeMilliseconds(), incident.Id);
    }

    /// <summary>Whether the incident stands after this place.</summary>
    public bool IsBefore(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var at = incident.LastAt.ToUnixTimeMilliseconds();
        return at < LastAt || (at == LastAt && string.CompareOrdinal(incident.Id, Id) > 0);
    }
}

/// <summary>What a pass is about to ask for.</summary>
public sealed record IncidentNeeds
{
    /// <summary>Incidents by their ids.</summary>
    public IReadOnlyCollection<string> Incidents { get; init; } = [];

    /// <summary>Incidents of a group between two moments, as <see cref="IIncidentPass.IncidentOfGroupAsync"/> is asked.</summary>
    public IReadOnlyCollection<(string GroupKey, DateTimeOffset From, DateTimeOffset To)> OfGroups { get; init; } = [];

    /// <summary>Notification groups by their keys.</summary>
    public IReadOnlyCollection<string> Groups { get; init; } = [];
}

/// <summary>How much is told and untold.</summary>
/// <param name="Firing">Incidents that go on.</param>
/// <param name="Expired">Incidents that are over.</param>
/// <param name="Outbox">Messages by receiver and state.</param>
public sealed record TellingCounts(long Firing, long Expired, IReadOnlyDictionary<(string Receiver, OutboxState State), long> Outbox)
{
    /// <summary>All messages that were ever done, by receiver and how they failed, if they did; retention takes nothing away from it.</summary>
    public IReadOnlyDictionary<(string Receiver, SendFailure Failure), long> Done { get; init; } = ImmutableDictionary<(string Receiver, SendFailure Failure), long>.Empty;

    /// <summary>All firings that were ever recorded and not told because they were too old.</summary>
    public long TooOld { get; init; }
}
