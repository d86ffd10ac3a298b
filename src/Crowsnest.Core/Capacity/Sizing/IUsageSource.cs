using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>Somebody who measures what tasks use. It is only read.</summary>
public interface IUsageSource
{
    /// <summary>What was measured of a cluster's services; a service of which nothing was is in no series.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="services">Its services, each with its family.</param>
    /// <param name="from">From this moment on.</param>
    /// <param name="to">Before this moment.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UnreadUsageException">It cannot be read.</exception>
    Task<IReadOnlyList<UsageSeries>> ReadAsync(ClusterName cluster, IReadOnlyList<MeasuredService> services, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken);
}

/// <summary>A service whose use is asked for.</summary>
/// <param name="Service">Its name.</param>
/// <param name="Family">The family of its newest task, which is all that some who measure know of it.</param>
public readonly record struct MeasuredService(string Service, string Family)
{
    /// <summary>The services of a cluster that have a task.</summary>
    public static IReadOnlyList<MeasuredService> Of(ClusterView cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return
        [
            .. cluster.Tasks.Where(t => !t.IsStopped && t.Service.Length > 0).GroupBy(t => t.Service, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new MeasuredService(g.Key, g.MaxBy(t => (t.Detail.CreatedAt.UnixMilliseconds, t.Name.Id))!.Family)), // A group has one at least.
        ];
    }
}

/// <summary>Usage cannot be read; the message says why, in words that hold no secret.</summary>
#pragma warning disable CA1032 // It always has words.
public sealed class UnreadUsageException(string message, Exception? innerException = null) : Exception(message, innerException);
#pragma warning restore CA1032
