using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>Which resource a state is about. Short and long ARN forms of one resource give the same key.</summary>
/// <param name="Type"><c>task</c> or <c>instance</c>.</param>
/// <param name="Account">The account of its ARN.</param>
/// <param name="Region">The region of its ARN.</param>
/// <param name="Cluster">The cluster's name; not part of the key, since a short ARN does not say it.</param>
/// <param name="Id">The last part of its ARN.</param>
public sealed record ResourceName(string Type, string Account, string Region, string Cluster, string Id)
{
    /// <summary><c>task/ACCOUNT/REGION/ID</c> or <c>instance/ACCOUNT/REGION/ID</c>.</summary>
    public string Key { get; } = string.Concat(Type + "/" + Account, "/", Region, "/" + Id);

    /// <summary>The task that the event is about.</summary>
    internal static ResourceName OfTask(EcsEvent e) => new("task", e.Account, e.Region, e.Cluster, e.TaskId);

    /// <summary>The container instance that the event is about.</summary>
    internal static ResourceName OfInstance(EcsEvent e) => new("instance", e.Account, e.Region, e.Cluster, e.Instance);
}
