using System.Collections.Immutable;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>All clusters as we believe them to be at one instant.</summary>
/// <remarks>Immutable: a reader may keep it for as long as it likes while events go on coming, and waits for nobody to get it.</remarks>
public sealed class FleetView
{
    internal static readonly FleetView Empty = new(ImmutableSortedDictionary<ClusterName, ClusterView>.Empty);

    internal FleetView(ImmutableSortedDictionary<ClusterName, ClusterView> clusters) => ByName = clusters;

    /// <summary>The clusters, by name.</summary>
    public IEnumerable<ClusterView> Clusters => ByName.Values;

    /// <summary>The newest word of any cluster; not said when there is none.</summary>
    public EventTime NewestAt => ByName.Values.Select(c => c.NewestAt).DefaultIfEmpty().Max();

    internal ImmutableSortedDictionary<ClusterName, ClusterView> ByName { get; }

    /// <summary>The cluster of this name, or <see langword="null"/>.</summary>
    public ClusterView? Find(ClusterName name) => ByName.GetValueOrDefault(name);

    /// <summary>For how long nothing was heard; <see langword="null"/> when nothing ever was. A fleet that goes silent is a stream that broke more often than a fleet at rest.</summary>
    public TimeSpan? SilentFor(DateTimeOffset now) => ClusterView.Since(NewestAt, now);
}
