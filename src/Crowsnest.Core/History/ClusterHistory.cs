using System.Globalization;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Core.History;

/// <summary>The clusters as they were at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="View">The clusters.</param>
/// <param name="Since">When the first event happened that is stored; <see langword="null"/> when none is.</param>
/// <param name="ResyncedSince">When clusters were first compared with ECS: before that, what had said nothing since <paramref name="Since"/> is not known. <see langword="null"/> when never before the moment.</param>
public sealed record PastView(DateTimeOffset At, FleetView View, DateTimeOffset? Since, DateTimeOffset? ResyncedSince);

/// <summary>Shows the clusters as they were at any moment: the last checkpoint before it, and the events between.</summary>
/// <remarks>
/// The answer is the fold of all events that speak of times up to the moment, as they are stored now: what came late counts at its own time.
/// Safe for many callers.
/// </remarks>
public sealed class ClusterHistory(IStore store, EventDiagnoser diagnoser, TimeProvider time, HistoryOptions options)
{
    private const int ViewsMax = 4;
    private static readonly TimeSpan ViewsFor = TimeSpan.FromSeconds(30);

    // Events that wait for the states of the checkpoint.
    private const int WaitingMax = 5_000;

    private static readonly SearchQuery Resynced = new SearchQuery.Match(
        SearchFields.TryGet("source", out SearchField? source) ? SearchFields.Ref(source) : default, new SearchValue("crowsnest.resync", 0, []));

    private readonly EventsByTime _events = new(store);

    // What was asked for lately, newest first, ready or on its way: a page asks for several lists of one moment at once. Held by whoever touches it.
    private readonly LinkedList<(DateTimeOffset Moment, Task<PastView> View, long MadeAt)> _lately = new();
    private readonly Lock _gate = new();

    /// <summary>The clusters as they were at this moment, to the millisecond.</summary>
    /// <exception cref="StoreException">The store cannot be read, or not in time; or checkpoints are still being made up to there, which passes.</exception>
    public async Task<PastView> ViewAsync(DateTimeOffset at, CancellationToken cancellationToken)
    {
        var moment = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        Task<PastView> view;
        lock (_gate)
        {
            while (_lately.Last is { Value: var (_, _, madeAt) } && (_lately.Count > ViewsMax || time.GetElapsedTime(madeAt) > ViewsFor)) _lately.RemoveLast();
            var known = _lately.FirstOrDefault(one => one.Moment == moment && !one.View.IsFaulted).View;
            view = known ?? Task.Run(() => MakeAsync(moment, CancellationToken.None), CancellationToken.None);
            if (known is null) _lately.AddFirst((moment, view, time.GetTimestamp()));
        }

        // Who goes away leaves it to the others who wait for it.
        return await view.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<PastView> MakeAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var states = await StatesAsync(_events, moment.ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        var model = new ClusterModel(diagnoser, new StandingTime(moment));
        model.Begin(states.States.Values, states.Failed);
        var (since, resyncedSince) = await BeganAsync(moment, cancellationToken).ConfigureAwait(false);
        return new PastView(moment, model.View, since, resyncedSince);
    }

    /// <summary>All states as they were at a moment, of those that the events are of; others may be older.</summary>
    /// <exception cref="StoreException">As <see cref="ViewAsync"/>.</exception>
    internal async Task<PastStates> StatesAsync(EventsByTime events, long at, CancellationToken cancellationToken)
    {
        var chain = await store.Checkpoints.ReadAsync(at, cancellationToken).ConfigureAwait(false);
        var loading = Task.Run(() => PastStates.Read(chain, diagnoser), cancellationToken);
        var states = await FoldAsync(events, chain, at, loading, cancellationToken).ConfigureAwait(false);
        await states.CompleteAsync(events, chain.Count > 0 ? chain[^1].At : null, at, cancellationToken).ConfigureAwait(false);
        return states;
    }

    /// <summary>When the first event happened that is stored, and when clusters were first compared with ECS, if before a moment.</summary>
    internal async Task<(DateTimeOffset? Since, DateTimeOffset? ResyncedSince)> BeganAsync(DateTimeOffset moment, CancellationToken cancellationToken) => (
        await FirstAsync(new SearchQuery.All(), null, cancellationToken).ConfigureAwait(false),
        await FirstAsync(Resynced, moment.AddMilliseconds(1), cancellationToken).ConfigureAwait(false));

    // What was said between the checkpoint and the moment, and what the checkpoint lacks since it came late, onto its states: these are read meanwhile, on another thread.
    private async Task<PastStates> FoldAsync(EventsByTime events, IReadOnlyList<Checkpoint> chain, long at, Task<PastStates> loading, CancellationToken cancellationToken)
    {
        long? checkpointAt = chain.Count > 0 ? chain[^1].At : null;
        var said = new List<EcsEvent>();
        PastStates? states = null;
        var count = 0;
        await foreach (var e in events.SpokenOfAsync(checkpointAt ?? long.MinValue / 2, at, cancellationToken).ConfigureAwait(false)) await AddAsync(e).ConfigureAwait(false);
        if (checkpointAt is { } made)
        {
            await foreach (var e in events.LateAsync(chain[^1].KnownUntil, made, cancellationToken).ConfigureAwait(false)) await AddAsync(e).ConfigureAwait(false);
        }

        return states ?? await BeginAsync().ConfigureAwait(false);

        async ValueTask AddAsync(EcsEvent e)
        {
            if (++count > options.EventsMax) throw Behind(checkpointAt is { } behind ? DateTimeOffset.FromUnixTimeMilliseconds(behind) : null);
            if (states is null && said.Count < WaitingMax)
            {
                said.Add(e);
                return;
            }

            states ??= await BeginAsync().ConfigureAwait(false);
            states.Fold(e, checkpointAt);
        }

        async ValueTask<PastStates> BeginAsync()
        {
            PastStates read;
            try
            {
                read = await loading.ConfigureAwait(false);
            }
            catch (InvalidDataException)
            {
                // Whoever makes checkpoints makes them anew.
                await store.Checkpoints.DropAsync(chain[0].At, long.MaxValue, cancellationToken).ConfigureAwait(false);
                throw Behind(null);
            }

            if (checkpointAt is { } kept) read.Prune(kept);
            foreach (var e in said) read.Fold(e, checkpointAt);
            said.Clear();
            return read;
        }
    }

    private static StoreException Behind(DateTimeOffset? madeUntil) => new(
        madeUntil is { } until
            ? string.Create(CultureInfo.InvariantCulture, $"How the clusters were is prepared up to {until.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} so far.")
            : "How the clusters were is still being prepared.",
        "It goes on by itself; ask again in a moment.", isTransient: true);

    private async Task<DateTimeOffset?> FirstAsync(SearchQuery query, DateTimeOffset? before, CancellationToken cancellationToken)
    {
        var page = await store.Events.SearchAsync(new SearchRequest(query, null, before, 1, OldestFirst: true), cancellationToken).ConfigureAwait(false);
        return page.Events.Count > 0 ? page.Events[0].OccurredAt : null;
    }
}
