using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Resync;

/// <summary>Of which cluster ECS was asked, and when.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="ClusterArn">Its ARN.</param>
/// <param name="AskedAt">Our clock before the question: what is newer than that is newer than the answer.</param>
public sealed record ResyncPlace(ClusterName Cluster, string ClusterArn, DateTimeOffset AskedAt)
{
    /// <summary>The place that a cluster's ARN names; <see langword="null"/> when it is none.</summary>
    public static ResyncPlace? Of(string clusterArn, DateTimeOffset askedAt)
    {
        ArgumentNullException.ThrowIfNull(clusterArn);
        return Arn.TryParse(Encoding.UTF8.GetBytes(clusterArn), out var arn) && arn.IsEcs("cluster"u8) && arn.Path.Length > 0
            ? new ResyncPlace(new ClusterName(Text(arn.Account), Text(arn.Region), Text(arn.Path)), clusterArn, askedAt)
            : null;

        static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);
    }

    /// <summary>The name of a resource in this cluster.</summary>
    internal ResourceName Name(string type, string id) => new(type, Cluster.Account, Cluster.Region, Cluster.Name, type == ResourceName.Service ? Cluster.Name + "/" + id : id);

    /// <summary>The ARN of something that is beside the cluster.</summary>
    internal string ArnBeside(string type, string id) => ClusterArn[..(ClusterArn.LastIndexOf(':') + 1)] + type + "/" + id;
}
