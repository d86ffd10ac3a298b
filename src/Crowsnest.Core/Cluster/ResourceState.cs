using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>What is known of one resource, as the store keeps it: where it stands in the order, and a document that Core reads.</summary>
/// <param name="Key"><see cref="ResourceName.Key"/>; short and long ARN forms give the same key.</param>
/// <param name="Type"><c>task</c>, <c>instance</c>, <c>service</c>, <c>deployment</c> or <c>tags</c>.</param>
/// <param name="Account">The account of its ARN.</param>
/// <param name="Region">The region of its ARN.</param>
/// <param name="Cluster">The cluster's name, or empty when no event named it.</param>
/// <param name="IsStopped">It is over (<see cref="IResourceState.IsStopped"/>).</param>
/// <param name="Version">The latest event's <c>detail.version</c>; -1 when no event had one.</param>
/// <param name="At">The latest event's <c>detail.updatedAt</c>, else its own time; milliseconds since 1970 UTC.</param>
/// <param name="Event">The latest event's key. Order is by version, then time, then key.</param>
/// <param name="Document">The state, UTF-8 JSON.</param>
public sealed record ResourceState(
    string Key, string Type, string Account, string Region, string Cluster, bool IsStopped, long Version, long At, EventKey Event, ReadOnlyMemory<byte> Document);
