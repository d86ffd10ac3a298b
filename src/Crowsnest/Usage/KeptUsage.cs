using Crowsnest.Configuration;
using Crowsnest.Core.Capacity.Sizing;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Usage;

/// <summary>Keeps what was measured of a cluster for a while, so that a page that is looked at does not ask for three weeks of points each time.</summary>
internal sealed class KeptUsage(IUsageSource source, TimeProvider time) : IUsageSource, IDisposable
{
    // Advice is by whole days.
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(15);

    private const int ClustersMax = 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<(ClusterName, DateTimeOffset From, DateTime Day), (long At, IReadOnlyList<MeasuredService> Services, IReadOnlyList<UsageSeries> Usage)> _kept = [];

    /// <summary>Who measures, as a configuration says; <see langword="null"/> when nobody does.</summary>
    public static KeptUsage? Of(CrowsnestConfig config, TimeProvider time) => config.Sizing.Usage switch
    {
#pragma warning disable CA2000 // It is closed with this.
        UsageConfig.PrometheusServer prometheus => new KeptUsage(new PrometheusUsage(prometheus, time), time),
#pragma warning restore CA2000
        UsageConfig.ContainerInsights => new KeptUsage(new CloudWatchUsage(config.Resync.Accounts, time), time),
        _ => null,
    };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<UsageSeries>> ReadAsync(ClusterName cluster, IReadOnlyList<MeasuredService> services, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var key = (cluster, from, to.UtcDateTime.Date);
        lock (_gate)
        {
            if (_kept.TryGetValue(key, out var kept) && time.GetElapsedTime(kept.At) < KeptFor && services.All(kept.Services.Contains)) return kept.Usage;
        }

        var usage = await source.ReadAsync(cluster, services, from, to, cancellationToken);
        lock (_gate)
        {
            if (_kept.Count >= ClustersMax) _kept.Remove(_kept.MinBy(k => k.Value.At).Key);
            _kept[key] = (time.GetTimestamp(), services, usage);
        }

        return usage;
    }

    /// <inheritdoc/>
    public void Dispose() => (source as IDisposable)?.Dispose();
}
