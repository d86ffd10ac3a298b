using Crowsnest.Core.Capacity;
using Crowsnest.Core.Capacity.Scaling;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.History;

/// <summary>A cluster's capacity providers over a time, minute by minute.</summary>
/// <param name="Samples">Of each provider, by name; "" has the instances and tasks of none. Before a provider was heard of it has no samples.</param>
/// <param name="CutAt">Up to when it goes, when there were too many events to go on; otherwise <see langword="null"/>.</param>
/// <param name="Events">How many events were read for it.</param>
/// <param name="Since">When the first event happened that is stored.</param>
public sealed record ScalingSeries(IReadOnlyDictionary<string, IReadOnlyList<ScalingSample>> Samples, DateTimeOffset? CutAt, long Events, DateTimeOffset? Since);

/// <summary>Tells how a cluster's capacity providers were over time, out of the events that are stored, in one pass.</summary>
/// <param name="store">Where events and checkpoints are.</param>
/// <param name="diagnoser">Which sources are trusted.</param>
/// <param name="history">How the clusters were at a moment.</param>
public sealed class ScalingHistory(IStore store, EventDiagnoser diagnoser, ClusterHistory history)
{
    /// <summary>How far apart samples are: CloudWatch has the metric once a minute.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(1);

    /// <summary>Samples of a stretch of time.</summary>
    /// <param name="cluster">Which cluster, as it was at the end: which of its services are daemons shows there.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">None is after it; after <paramref name="from"/>.</param>
    /// <param name="eventsMax">After so many events it goes no further.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">As of <see cref="ClusterHistory.ViewAsync"/>.</exception>
    public async Task<ScalingSeries> ReadAsync(ClusterView cluster, DateTimeOffset from, DateTimeOffset to, long eventsMax, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        var (tally, samples) = (new ProviderTally(cluster.Name, DaemonServices.Of(ClusterCapacity.Of(cluster))), new SortedDictionary<string, List<ScalingSample>>(StringComparer.Ordinal));
        var replay = new ClusterReplay(store, diagnoser, history) { Changed = tally.Put };
        DateTimeOffset? cut = null;
        DateTimeOffset[] moments = [.. Enumerable.Range(0, (int)((to - from) / Step) + 1).Select(i => from + (i * Step))];
        await foreach (var moment in replay.RunAsync(cluster.Name, moments, cancellationToken).ConfigureAwait(false))
        {
            var now = tally.Sample(moment).ToDictionary(StringComparer.Ordinal);
            foreach (var provider in now.Keys.Except(samples.Keys).ToList()) samples[provider] = [];

            // One that has neither instance nor task any more is still there.
            foreach (var (provider, all) in samples) all.Add(now.TryGetValue(provider, out var sample) ? sample : new ScalingSample(moment, 0, 0, 0, 0, 0));
            if (replay.Events <= eventsMax || moment == moments[^1]) continue;
            cut = moment;
            break;
        }

        var (since, _) = await history.BeganAsync(to, cancellationToken).ConfigureAwait(false);
        return new ScalingSeries(samples.ToDictionary(of => of.Key, of => (IReadOnlyList<ScalingSample>)of.Value, StringComparer.Ordinal), cut, replay.Events, since);
    }
}
