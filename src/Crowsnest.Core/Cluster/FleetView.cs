using System.Collections.Immutable;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>All clusters as we believe them to be at one instant.</summary>
/// <remarks>Immutable: a reader may keep it for as long as it likes while events go on coming, and waits for nobody to get it.</remarks>
public sealed class FleetView
{
    internal static readonly FleetView Empty = new(ImmutableSortedDictionary<ClusterName, ClusterView>.Empty, ImmutableDictionary<string, TagsState>.Empty.WithComparers(StringComparer.Ordinal));

    internal FleetView(ImmutableSortedDictionary<ClusterName, ClusterView> clusters, ImmutableDictionary<string, TagsState> tags) => (ByName, TagsByKey) = (clusters, tags);

    /// <summary>The clusters, by name.</summary>
    public IEnumerable<ClusterView> Clusters => ByName.Values;

    /// <summary>The newest word of any cluster; not said when there is none.</summary>
    public EventTime NewestAt => ByName.Values.Select(c => c.NewestAt).DefaultIfEmpty().Max();

    internal ImmutableSortedDictionary<ClusterName, ClusterView> ByName { get; }

    /// <summary>What is known of tags, by <see cref="ResourceName.Key"/>. Beside the clusters, since a task definition belongs to none.</summary>
    internal ImmutableDictionary<string, TagsState> TagsByKey { get; }

    /// <summary>The tags of a cluster; none when none is known.</summary>
    public IReadOnlyList<Tag> TagsOf(ClusterName cluster) => Find(ResourceName.OfClusterTags(cluster.Account, cluster.Region, cluster.Name));

    /// <summary>The tags of a service.</summary>
    public IReadOnlyList<Tag> TagsOf(ClusterName cluster, string service) => Find(ResourceName.OfServiceTags(cluster.Account, cluster.Region, cluster.Name, service));

    /// <summary>The tags of a revision of a task definition, by its ARN.</summary>
    public IReadOnlyList<Tag> TagsOf(string? definitionArn) => ResourceName.OfDefinitionTags(definitionArn) is { } name ? Find(name) : [];

    /// <summary>The cluster of this name, or <see langword="null"/>.</summary>
    public ClusterView? Find(ClusterName name) => ByName.GetValueOrDefault(name);

    /// <summary>What is known of a resource that is in this cluster, or of tags; <see langword="null"/> when nothing is.</summary>
    internal IResourceState? Find(ResourceName name, ClusterName cluster) => name.Type == ResourceName.Tags ? TagsByKey.GetValueOrDefault(name.Key) : Find(cluster)?.Find(name);

    /// <summary>For how long nothing was heard; <see langword="null"/> when nothing ever was. A fleet that goes silent is a stream that broke more often than a fleet at rest.</summary>
    public TimeSpan? SilentFor(DateTimeOffset now) => ClusterView.Since(NewestAt, now);

    private IReadOnlyList<Tag> Find(ResourceName name) => TagsByKey.GetValueOrDefault(name.Key)?.Tags ?? [];
}
