using System.Collections.Immutable;
using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>A tag of a resource.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Value">Its value; may be empty.</param>
public readonly record struct Tag(string Key, string Value);

/// <summary>What was known of the tags of an event's service, task definition and cluster when it was taken in.</summary>
/// <remarks>
/// No part of the event's bytes nor of its key: the event is found by them (<c>tag.NAME</c>), and firings have them as labels. Immutable; one object serves all
/// events of the same service and definition.
/// </remarks>
public sealed class EventTags
{
    /// <summary>None is known.</summary>
    public static EventTags None { get; } = new([], [], []);

    private EventTags(IReadOnlyList<Tag> service, IReadOnlyList<Tag> definition, IReadOnlyList<Tag> cluster)
    {
        All = [.. service.Concat(definition).Concat(cluster).Distinct()];
        Encoded = [.. All.Select(tag => (Encoding.UTF8.GetBytes(tag.Key), Encoding.UTF8.GetBytes(tag.Value)))];
        Labels = LabelsOf(All);
        ClusterLabels = LabelsOf(cluster);
    }

    /// <summary>The service's, the task definition's, then the cluster's; what several of them have alike, once.</summary>
    public IReadOnlyList<Tag> All { get; }

    /// <summary>As labels: <c>tag_NAME</c>, what no label's name may have written as <c>_</c>. Of one key the service's value goes before the definition's, and that before the cluster's.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Labels { get; }

    /// <summary>The cluster's alone, for what one host did to many services.</summary>
    public ImmutableArray<KeyValuePair<string, string>> ClusterLabels { get; }

    /// <summary>The same in UTF-8.</summary>
    internal IReadOnlyList<(byte[] Key, byte[] Value)> Encoded { get; }

    /// <summary>Of these; <see cref="None"/> when there are none.</summary>
    public static EventTags Of(IReadOnlyList<Tag> service, IReadOnlyList<Tag> definition, IReadOnlyList<Tag> cluster)
    {
        ArgumentNullException.ThrowIfNull(service);
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentNullException.ThrowIfNull(cluster);
        return service.Count + definition.Count + cluster.Count == 0 ? None : new EventTags(service, definition, cluster);
    }

    // What AWS sets itself (aws:cloudformation:stack-id) says nothing about whom to tell, and would fill each message.
    private static ImmutableArray<KeyValuePair<string, string>> LabelsOf(IEnumerable<Tag> tags) =>
        [.. tags.Where(tag => tag.Value.Length > 0 && !tag.Key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase)).Select(tag => KeyValuePair.Create(LabelName(tag.Key), tag.Value)).DistinctBy(label => label.Key)];

    private static string LabelName(string key) => "tag_" + string.Concat(key.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
}
