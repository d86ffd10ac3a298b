using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>Which resource a state is about. Short and long ARN forms of one resource give the same key.</summary>
/// <param name="Type"><c>task</c>, <c>instance</c>, <c>service</c> or <c>deployment</c>; <c>tags</c> for the tags of something.</param>
/// <param name="Account">The account of its ARN.</param>
/// <param name="Region">The region of its ARN.</param>
/// <param name="Cluster">The cluster's name; part of a service's key alone, since a short ARN of the others does not say it.</param>
/// <param name="Id">The last part of its ARN; of a service <c>CLUSTER/NAME</c>, of deployment <c>ecs-svc/N</c> the N; of tags whose they are: <c>cluster/NAME</c>, <c>service/CLUSTER/NAME</c>, <c>task-definition/FAMILY:REVISION</c>.</param>
public sealed record ResourceName(string Type, string Account, string Region, string Cluster, string Id)
{
    internal const string Task = "task", Instance = "instance", Service = "service", Deployment = "deployment", Tags = "tags";

    /// <summary><c>TYPE/ACCOUNT/REGION/ID</c>.</summary>
    public string Key { get; } = string.Concat(Type + "/" + Account, "/", Region, "/" + Id);

    /// <summary>The task that the event is about.</summary>
    internal static ResourceName OfTask(EcsEvent e) => new(Task, e.Account, e.Region, e.Cluster, e.TaskId);

    /// <summary>The container instance that the event is about.</summary>
    internal static ResourceName OfInstance(EcsEvent e) => new(Instance, e.Account, e.Region, e.Cluster, e.Instance);

    /// <summary>The service that the event is about. A name is a service's own only within its cluster.</summary>
    internal static ResourceName OfService(EcsEvent e) => new(Service, e.Account, e.Region, e.Cluster, e.Cluster + "/" + e.Service);

    /// <summary>The deployment that the event is about.</summary>
    internal static ResourceName OfDeployment(EcsEvent e) => new(Deployment, e.Account, e.Region, e.Cluster, e.Deployment[(e.Deployment.LastIndexOf('/') + 1)..]);

    /// <summary>The tags of a cluster.</summary>
    internal static ResourceName OfClusterTags(string account, string region, string cluster) => new(Tags, account, region, cluster, "cluster/" + cluster);

    /// <summary>The tags of a service.</summary>
    internal static ResourceName OfServiceTags(string account, string region, string cluster, string service) => new(Tags, account, region, cluster, "service/" + cluster + "/" + service);

    /// <summary>The tags of a revision of a task definition, which belongs to no cluster; <see langword="null"/> when the ARN names no revision.</summary>
    internal static ResourceName? OfDefinitionTags(string? arn) =>
        arn is not null && arn.Split(':') is ["arn", _, "ecs", var region, var account, var path, _] && path.StartsWith("task-definition/", StringComparison.Ordinal)
            ? new(Tags, account, region, "", path + arn[arn.LastIndexOf(':')..])
            : null;

    /// <summary>The tags that the event tells of, or <see langword="null"/>.</summary>
    internal static ResourceName? OfTags(EcsEvent e) =>
        e.Resource.Contains(":task-definition/", StringComparison.Ordinal) ? OfDefinitionTags(e.Resource)
        : e.Service.Length > 0 ? OfServiceTags(e.Account, e.Region, e.Cluster, e.Service)
        : e.Cluster.Length > 0 ? OfClusterTags(e.Account, e.Region, e.Cluster)
        : null;

    /// <summary>The resource of a stored row.</summary>
    internal static ResourceName Of(ResourceState row) =>
        new(row.Type, row.Account, row.Region, row.Cluster, row.Key[(row.Type.Length + row.Account.Length + row.Region.Length + 3)..]);
}
