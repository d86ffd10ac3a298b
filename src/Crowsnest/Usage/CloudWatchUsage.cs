using Crowsnest.Aws;
using Crowsnest.Aws.CloudWatch;
using Crowsnest.Configuration;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Usage;

/// <summary>What CloudWatch Container Insights measured, of whole tasks (https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html).</summary>
/// <param name="accounts">The accounts and regions that may be read.</param>
/// <param name="time">The clock.</param>
internal sealed class CloudWatchUsage(IReadOnlyList<ResyncAccount> accounts, TimeProvider time) : IUsageSource
{
    private const string Space = "ECS/ContainerInsights";

    // Points of five minutes are kept for 63 days, those of a minute for 15.
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(5);

    private static readonly (UsageKind Kind, string Metric, string Stat)[] Metrics =
        [(UsageKind.Cpu, "CpuUtilized", "Maximum"), (UsageKind.Memory, "MemoryUtilized", "Maximum"), (UsageKind.Tasks, "RunningTaskCount", "Average")];

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UsageSeries>> ReadAsync(ClusterName cluster, IReadOnlyList<MeasuredService> services, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // A role says whose account it is in; as whom this program runs nobody says.
        var account = accounts.FirstOrDefault(a => a.Regions.Contains(cluster.Region) && a.RoleArn?.Split(':')[4] == cluster.Account) ?? accounts.FirstOrDefault(a => a.Regions.Contains(cluster.Region) && a.RoleArn is null)
            ?? throw new UnreadUsageException($"The configuration names neither the account {cluster.Account} nor the region {cluster.Region} under 'resync'.");
        List<(string Service, UsageKind Kind, MetricQuery Query)> asked =
        [
            .. services.SelectMany(s => Metrics, (s, m) => (s.Service, m.Kind, new MetricQuery(m.Metric, [new("ClusterName", cluster.Name), new("ServiceName", s.Service)], m.Stat))),
        ];
        try
        {
            using var client = await Composition.MetricsAsync(account.RoleArn, cluster.Region, time, cancellationToken);
            var points = await client.GetAsync(Space, [.. asked.Select(a => a.Query)], Period, from, to, cancellationToken);
            return [.. asked.Zip(points).Where(one => one.Second.Count > 0).Select(one => new UsageSeries(one.First.Service, "", one.First.Kind, [.. one.Second.Select(p => new UsagePoint(p.At, p.Value))]))];
        }
        catch (AwsException e)
        {
            throw new UnreadUsageException($"CloudWatch: {e.InWords}", e);
        }
    }
}
