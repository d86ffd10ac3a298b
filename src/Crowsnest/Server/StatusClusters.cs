using System.Globalization;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Clusters and their services, out of what was heard of them.</summary>
/// <param name="heard">Events by account, region, cluster, service and event name.</param>
/// <param name="counted">Events lately by account, region, cluster and outcome.</param>
/// <param name="deployments">What happened to deployments, latest first.</param>
/// <param name="lately">Where "lately" begins.</param>
/// <param name="quietFrom">Who was not heard of from here on is unknown.</param>
internal sealed class StatusClusters(
    IReadOnlyList<EventGroup> heard, IReadOnlyList<EventGroup> counted, IReadOnlyList<StatusDeployment> deployments, DateTimeOffset lately, DateTimeOffset quietFrom)
{
    private const int ClustersMax = 200;
    private const int ServicesMax = 500;

    private readonly Dictionary<(string Account, string Region, string Cluster, string Service), DateTimeOffset> _steady = heard
        .Where(g => g.Values[4] is "SERVICE_STEADY_STATE" or "SERVICE_DEPLOYMENT_COMPLETED")
        .GroupBy(g => (g.Values[0], g.Values[1], g.Values[2], g.Values[3]), g => g.LastAt).ToDictionary(g => g.Key, g => g.Max());

    /// <summary>When ECS said that the service is steady (or its deployment complete) after a moment; <see langword="null"/> when it did not.</summary>
    public DateTimeOffset? SteadyAfter(string account, string region, string cluster, string service, DateTimeOffset moment) =>
        _steady.TryGetValue((account, region, cluster, service), out var at) && at > moment ? at : null;

    /// <summary>All clusters, by name; those of no name are none.</summary>
    public IReadOnlyList<StatusCluster> Read(IReadOnlyList<StatusFailure> failures)
    {
        var clusters = new List<StatusCluster>();
        foreach (var cluster in heard.Where(g => g.Values[2].Length > 0).GroupBy(g => (Account: g.Values[0], Region: g.Values[1], Name: g.Values[2])))
        {
            var failed = failures.Where(f => (f.Account, f.Region, f.Cluster) == cluster.Key).ToLookup(f => f.Service);
            var now = counted.Where(g => (g.Values[0], g.Values[1], g.Values[2]) == cluster.Key).ToList();
            var counts = new long[cluster.First().Counts.Count];
            foreach (var group in cluster)
            {
                for (var i = 0; i < counts.Length; i++) counts[i] += group.Counts[i];
            }

            var services = cluster.Where(g => g.Values[3].Length > 0).GroupBy(g => g.Values[3]).OrderBy(g => g.Key, StringComparer.Ordinal).Take(ServicesMax)
                .Select(g => Service(cluster.Key, g.Key, [.. g], [.. failed[g.Key]]));
            clusters.Add(new StatusCluster(
                cluster.Key.Account, cluster.Key.Region, cluster.Key.Name, cluster.Sum(g => g.Count), now.Sum(g => g.Count), failed.SelectMany(f => f).Sum(f => f.Count),
                now.Where(g => g.Values[3] == "failure").Sum(g => g.Count), cluster.Max(g => g.LastAt).UtcDateTime, counts, [.. services]));
        }

        return [.. clusters.OrderBy(c => c.Name, StringComparer.Ordinal).ThenBy(c => c.Account, StringComparer.Ordinal).ThenBy(c => c.Region, StringComparer.Ordinal).Take(ClustersMax)];
    }

    private StatusService Service((string Account, string Region, string Name) cluster, string name, List<EventGroup> groups, List<StatusFailure> failures)
    {
        var lastAt = groups.Max(g => g.LastAt);
        var (state, why) = State(cluster, name, lastAt, failures);
        return new StatusService(name, state, why, groups.Sum(g => g.Count), failures.Sum(f => f.Count), lastAt.UtcDateTime);
    }

    private (string State, string Why) State((string Account, string Region, string Name) cluster, string name, DateTimeOffset lastAt, List<StatusFailure> failures)
    {
        foreach (var state in (string[])["failing", "warning"])
        {
            if (failures.FirstOrDefault(f => f.State == state) is { } failure) return (state, failure.Summary.Length > 0 ? failure.Summary : failure.Kind);
        }

        var latest = deployments.FirstOrDefault(d => (d.Account, d.Region, d.Cluster, d.Service) == (cluster.Account, cluster.Region, cluster.Name, name));
        if (latest is { What: "started" } && latest.At >= lately.UtcDateTime) return ("progress", "A deployment is in progress.");
        if (lastAt < quietFrom) return ("unknown", "Nothing was heard of it for longer than ECS keeps quiet about a service.");
        return failures.FirstOrDefault(f => f.State == "recovered") is { } over
            ? ("healthy", string.Create(CultureInfo.InvariantCulture, $"Steady again since {over.RecoveredAt:HH:mm} UTC; before that: {over.Summary}"))
            : ("healthy", "No failure was heard of lately.");
    }
}
