using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Rules;

/// <summary>A cluster's capacity, as conditions look at it.</summary>
/// <param name="Capacity">What was counted.</param>
/// <param name="KnownUntil">Up to when the cluster was known then: what holds of it holds up to there, and of what came since nothing is said.</param>
internal sealed record CapacityLook(ClusterCapacity Capacity, DateTimeOffset KnownUntil)
{
    // A look at the same cluster later shares it: conditions are judged each second.
    private readonly Dictionary<ConditionRule, IReadOnlyList<ConditionSubject>> _found = new(ReferenceEqualityComparer.Instance);

    /// <summary>What a rule's condition holds of.</summary>
    public IReadOnlyList<ConditionSubject> Of(ConditionRule rule) => _found.TryGetValue(rule, out var found) ? found : _found[rule] = [.. CapacitySubjects.Of(rule, Capacity)];
}

/// <summary>
/// Counts clusters' capacity for conditions, and a cluster that changes not more often than each <see cref="Every"/>: one with 100,000 tasks takes a tenth of a second, conditions are
/// judged each second, and what they say in numbers changes with each task.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class CapacityLooks
{
    /// <summary>So often, by our clock.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(30);

    private readonly Dictionary<ClusterName, (ClusterView View, DateTimeOffset At, CapacityLook Look)> _last = [];

    /// <summary>Looks, or says what was seen a moment ago.</summary>
    /// <param name="cluster">The cluster as it is.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="known">Up to when the cluster is known.</param>
    public CapacityLook Look(ClusterView cluster, DateTimeOffset now, DateTimeOffset known)
    {
        if (_last.TryGetValue(cluster.Name, out var last) && !ReferenceEquals(last.View, cluster) && now >= last.At && now - last.At < Every) return last.Look;
        var isSame = ReferenceEquals(last.View, cluster);
        var look = isSame ? last.Look with { KnownUntil = known } : new CapacityLook(ClusterCapacity.Of(cluster), known);
        _last[cluster.Name] = (cluster, isSame ? last.At : now, look);
        return look;
    }

    /// <summary>Lets go of all other clusters.</summary>
    public void Keep(IReadOnlyCollection<ClusterName> clusters)
    {
        if (_last.Count == clusters.Count) return;
        foreach (var gone in _last.Keys.Except(clusters).ToList()) _last.Remove(gone);
    }
}
