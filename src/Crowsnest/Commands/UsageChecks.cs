using Crowsnest.Configuration;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;
using Crowsnest.Usage;

namespace Crowsnest.Commands;

/// <summary>What 'doctor' looks at of who measures what tasks use: that it answers, lets us in, and understands what it is asked.</summary>
internal static class UsageChecks
{
    // Of a cluster that is not there nothing is measured; that this is answered is what is wanted.
    private const string Nowhere = "crowsnest-doctor";

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>A finding for a Prometheus, or for each account and region whose CloudWatch is read.</summary>
    public static async Task<IReadOnlyList<Finding>> RunAsync(CrowsnestConfig config, TimeProvider time, CancellationToken cancellationToken)
    {
        var places = config.Sizing.Usage switch
        {
            UsageConfig.PrometheusServer prometheus => [($"usage {prometheus.Url.Host}", new ClusterName("", "", Nowhere))],
            UsageConfig.ContainerInsights => config.Resync.Accounts
                .SelectMany(a => a.Regions, (a, region) => (a.RoleArn is { } role ? $"usage {region} as {role}" : $"usage {region}", new ClusterName(a.RoleArn?.Split(':')[4] ?? "", region, Nowhere))).ToArray(),
            _ => [],
        };
        using var usage = KeptUsage.Of(config, time);
        var findings = new List<Finding>();
        foreach (var (check, cluster) in places)
        {
            try
            {
                var now = time.GetUtcNow();
                await usage!.ReadAsync(cluster, [new MeasuredService(Nowhere, Nowhere)], now - Window, now, cancellationToken); // Somebody measures where there are places.
                findings.Add(Finding.Ok(check, "it answers, and understands what it is asked"));
            }
            catch (UnreadUsageException failure)
            {
                findings.Add(Finding.Fault(check, failure.Message, "Compare 'usage' in the configuration with docs/capacity.md; without it advice rests on reservations only."));
            }
        }

        return findings;
    }
}
