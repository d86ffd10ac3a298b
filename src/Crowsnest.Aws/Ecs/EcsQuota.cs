using System.Collections.Frozen;

namespace Crowsnest.Aws.Ecs;

/// <summary>How many calls of a group of actions ECS takes of one account in one region: at once, and a second.</summary>
/// <param name="Name">The group's name in ECS's manual.</param>
/// <param name="Burst">What its bucket holds.</param>
/// <param name="Rate">What flows into it a second.</param>
/// <remarks>As published in https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html. An account may have been given more.</remarks>
public sealed record EcsQuota(string Name, int Burst, int Rate)
{
    private static readonly EcsQuota Clusters = new("Cluster read actions", 50, 20);
    private static readonly EcsQuota Resources = new("Cluster resource read actions", 100, 20);
    private static readonly EcsQuota Services = new("Service read actions", 100, 20);
    private static readonly EcsQuota TaskDefinitions = new("Task definition read actions", 50, 20);


    // CloudWatch Logs counts by operation, and in some regions allows less than in others (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html): the smallest of them.
    private static readonly EcsQuota LogEvents = new("GetLogEvents", 10, 10);

    private static readonly FrozenDictionary<string, EcsQuota> OfOperations = new Dictionary<string, EcsQuota>(StringComparer.Ordinal)
    {
        ["DescribeClusters"] = Clusters, ["ListClusters"] = Clusters,
        ["DescribeContainerInstances"] = Resources, ["DescribeTasks"] = Resources, ["ListContainerInstances"] = Resources, ["ListTasks"] = Resources,
        ["DescribeServices"] = Services, ["ListServices"] = Services,
        ["DescribeTaskDefinition"] = TaskDefinitions,
        ["GetLogEvents"] = LogEvents,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The quota that an operation counts against. Only those that are called here are known.</summary>
    public static EcsQuota Of(string operation) => OfOperations[operation];
}
