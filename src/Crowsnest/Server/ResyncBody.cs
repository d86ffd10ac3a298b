namespace Crowsnest.Server;

/// <summary>How a resync went.</summary>
/// <param name="StartedAt">When it began.</param>
/// <param name="TookSeconds">How long it took, what waited for events included.</param>
/// <param name="Cluster">The only cluster that was read, or <see langword="null"/>: all of them.</param>
/// <param name="Accounts">Accounts that were named.</param>
/// <param name="Regions">Regions of them that were asked.</param>
/// <param name="Clusters">Clusters that were read.</param>
/// <param name="Described">Tasks, container instances and services that ECS described.</param>
/// <param name="Calls">Calls of the ECS API that it took.</param>
/// <param name="Drift">What events had missed, by kind.</param>
/// <param name="Problems">What could not be read, and what to do.</param>
internal sealed record ResyncRunBody(
    DateTime StartedAt, double TookSeconds, string? Cluster, int Accounts, int Regions, int Clusters, int Described, long Calls, IReadOnlyDictionary<string, long> Drift, IReadOnlyList<string> Problems);

/// <summary>How far a resync is.</summary>
/// <param name="Region">The region that is read; empty while differences wait for events on their way.</param>
/// <param name="Role">The role that was taken on for it, or <see langword="null"/>.</param>
/// <param name="RegionsDone">Regions that are done.</param>
/// <param name="Regions">Regions in all.</param>
/// <param name="Cluster">The cluster that is read, or empty.</param>
/// <param name="ClustersDone">Clusters of this region that are done.</param>
/// <param name="Clusters">Clusters of this region, once they are listed.</param>
/// <param name="Described">What ECS described of this region so far.</param>
/// <param name="Waiting">Differences that may be those of events on their way.</param>
internal sealed record ResyncProgressBody(string Region, string? Role, int RegionsDone, int Regions, string Cluster, int ClustersDone, int Clusters, int Described, int Waiting);

/// <summary>What is compared with the ECS API, and how that goes.</summary>
/// <param name="Every">How often, as the configuration writes it; <see langword="null"/>: nothing is, since the configuration names no account.</param>
/// <param name="Loaded">What is stored of the clusters is in memory; before that nothing is compared.</param>
/// <param name="Progress">How far the one is that runs now; <see langword="null"/> when none does.</param>
/// <param name="Last">How the last one went; <see langword="null"/> before the first has ended.</param>
/// <param name="Drift">What events had missed since the start, by kind.</param>
/// <param name="CallsLastHour">Calls of the ECS API in the hour before now.</param>
internal sealed record ResyncBody(string? Every, bool Loaded, ResyncProgressBody? Progress, ResyncRunBody? Last, IReadOnlyDictionary<string, long> Drift, int CallsLastHour);
