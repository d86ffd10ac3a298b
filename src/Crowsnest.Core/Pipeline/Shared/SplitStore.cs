using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.History;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.Pipeline.Shared;

/// <summary>A store of two: one keeps the events and finds them, the other all else.</summary>
/// <remarks>A commit writes states, firings and quarantine, then events, then its sums, so that an event that is known brought all that it brings.</remarks>
/// <param name="eventStore">Keeps events; it is given nothing else.</param>
/// <param name="rest">Keeps all else; it is given no events.</param>
public sealed class SplitStore(IStore eventStore, IStore rest) : IStore
{
    // How far a commit came that failed for now: each store knows its part again by the object.
    private Parts? _last;

    /// <summary>What keeps all else.</summary>
    public IStore Rest => rest;

    /// <inheritdoc/>
    public IEventSearch Events => eventStore.Events;

    /// <inheritdoc/>
    public ICheckpointStore Checkpoints => eventStore.Checkpoints;

    /// <inheritdoc/>
    public IQuarantine Quarantine => rest.Quarantine;

    /// <inheritdoc/>
    public IIncidentStore Incidents => rest.Incidents;

    /// <inheritdoc/>
    public ValueTask<EventStanding[]> LookUpAsync(IReadOnlyList<EcsEvent> events, CancellationToken cancellationToken) => eventStore.LookUpAsync(events, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, ResourceState>> LoadStatesAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) => rest.LoadStatesAsync(keys, cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<ResourceState> ReadStatesAsync(DateTimeOffset? stoppedSince, CancellationToken cancellationToken) => rest.ReadStatesAsync(stoppedSince, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<IStateFollower?> FollowStatesAsync(CancellationToken cancellationToken) => rest.FollowStatesAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<CommitOutcome> CommitAsync(Commit commit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(commit);
        cancellationToken.ThrowIfCancellationRequested();
        commit.MustAddUp();
        var parts = _last is { } last && ReferenceEquals(last.Whole, commit) ? last : new Parts(commit);
        _last = parts;
        if (!parts.IsRestDone)
        {
            await rest.CommitAsync(parts.Rest, CancellationToken.None).ConfigureAwait(false);
            parts.IsRestDone = true;
        }

        parts.Outcome ??= await eventStore.CommitAsync(parts.Events, CancellationToken.None).ConfigureAwait(false);
        await rest.CommitAsync(parts.Sums, CancellationToken.None).ConfigureAwait(false);
        _last = null;
        return parts.Outcome;
    }

    /// <inheritdoc/>
    public ValueTask<IReadOnlyDictionary<string, Accounting>> AccountingAsync(CancellationToken cancellationToken) => rest.AccountingAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Dropped> DropOldAsync(Retention retention, DateTimeOffset now, CancellationToken cancellationToken) =>
        await eventStore.DropOldAsync(retention, now, cancellationToken).ConfigureAwait(false) + await rest.DropOldAsync(retention, now, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<Dropped> DroppedAsync(CancellationToken cancellationToken) =>
        await eventStore.DroppedAsync(cancellationToken).ConfigureAwait(false) + await rest.DroppedAsync(cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await rest.DisposeAsync().ConfigureAwait(false);
        await eventStore.DisposeAsync().ConfigureAwait(false);
    }

    // All of it is at hand before anything is sent.
    private sealed class Parts(Commit whole)
    {
        private Commit? _sums;

        public Commit Whole => whole;

        public Commit Events { get; } = whole with { Accounting = default, Events = [.. whole.Events], Quarantine = [], States = [], Firings = [] };

        public Commit Rest { get; } = whole with { Accounting = default, Events = [], Quarantine = [.. whole.Quarantine], States = [.. whole.States], Firings = [.. whole.Firings] };

        public bool IsRestDone { get; set; }

        public CommitOutcome? Outcome { get; set; }

        public Commit Sums => _sums ??= new Commit
        {
            Source = whole.Source, ReceivedAt = whole.ReceivedAt, Accounting = whole.AccountingOf(Outcome!), Quarantine = [.. Outcome!.Refused.Select(one => one.Fault)],
        };
    }
}
