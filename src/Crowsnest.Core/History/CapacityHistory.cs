using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.History;

/// <summary>A task that ECS could not place.</summary>
/// <param name="At">When ECS said so.</param>
/// <param name="Service">Whose it was.</param>
/// <param name="Reason">Why.</param>
public readonly record struct PlacementMark(DateTimeOffset At, string Service, PlacementReason Reason);

/// <summary>What a cluster had and what of it was reserved, from a moment to another.</summary>
/// <param name="Samples">As it was, in equal steps; fewer than were asked for when <paramref name="CutAt"/> says so.</param>
/// <param name="Marks">The first of the tasks that could not be placed.</param>
/// <param name="NotPlaced">How many of these there were.</param>
/// <param name="Events">How many events were read for it.</param>
/// <param name="CutAt">Up to when it goes, when there were too many events to go on; otherwise <see langword="null"/>.</param>
/// <param name="Since">When the first event happened that is stored.</param>
/// <param name="ResyncedSince">When clusters were first compared with ECS: before that, what had said nothing is not counted.</param>
public sealed record CapacitySeries(
    IReadOnlyList<CapacitySample> Samples, IReadOnlyList<PlacementMark> Marks, int NotPlaced, long Events, DateTimeOffset? CutAt, DateTimeOffset? Since, DateTimeOffset? ResyncedSince);

/// <summary>Tells how a cluster's capacity was over time, out of the events that are stored.</summary>
/// <remarks>Each sample is what a view of its moment says (<see cref="ClusterHistory.ViewAsync"/>); all of them take one pass over the cluster's events. Safe for many callers.</remarks>
/// <param name="store">Where events and checkpoints are.</param>
/// <param name="diagnoser">Which sources are trusted.</param>
/// <param name="history">How the clusters were at a moment.</param>
public sealed class CapacityHistory(IStore store, EventDiagnoser diagnoser, ClusterHistory history)
{
    /// <summary>Marks that are named at most.</summary>
    public const int MarksMax = 1_000;

    /// <summary>Samples at moments in equal steps, the first and the last at the ends.</summary>
    /// <param name="cluster">Which cluster.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">The last; after <paramref name="from"/>.</param>
    /// <param name="points">How many, two at least.</param>
    /// <param name="eventsMax">After so many events it goes no further.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">As of <see cref="ClusterHistory.ViewAsync"/>.</exception>
    public async Task<CapacitySeries> ReadAsync(ClusterName cluster, DateTimeOffset from, DateTimeOffset to, int points, long eventsMax, CancellationToken cancellationToken)
    {
        var (tally, samples, marks) = (new CapacityTally(cluster), new List<CapacitySample>(points), new List<PlacementMark>());
        var (notPlaced, told) = (0, 0);
        var replay = new ClusterReplay(store, diagnoser, history)
        {
            Changed = tally.Put,
            Said = e =>
            {
                if (e is not { Detail: ActionDetail { EventName: PlacementFailure.EventName } action } || e.Cluster != cluster.Name) return;
                if (notPlaced++ < MarksMax) marks.Add(new PlacementMark(DateTimeOffset.FromUnixTimeMilliseconds(EventsByTime.TimeOf(e)), e.Service, PlacementReason.Of(action.Reason)));
            },
        };
        await foreach (var moment in replay.RunAsync(cluster, Moments(from, to, points), cancellationToken).ConfigureAwait(false))
        {
            samples.Add(tally.Sample(moment) with { NotPlaced = notPlaced - told });
            told = notPlaced;
            if (replay.Events > eventsMax) break;
        }

        var (since, resyncedSince) = await history.BeganAsync(to, cancellationToken).ConfigureAwait(false);
        return new CapacitySeries(samples, marks, notPlaced, replay.Events, samples.Count < points ? samples[^1].At : null, since, resyncedSince);
    }

    // To the millisecond, as all moments of the past are.
    private static DateTimeOffset[] Moments(DateTimeOffset from, DateTimeOffset to, int points)
    {
        var (first, last) = (from.ToUnixTimeMilliseconds(), to.ToUnixTimeMilliseconds());
        return [.. Enumerable.Range(0, points).Select(i => DateTimeOffset.FromUnixTimeMilliseconds(first + (long)((Int128)(last - first) * i / (points - 1))))];
    }
}
