namespace Crowsnest.Aws.Ecs;

/// <summary>A kind of thing that ECS lists and describes: which operations, members and limits that takes (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/).</summary>
/// <param name="List">The operation that lists ARNs.</param>
/// <param name="Arns">The member that has them in its answer.</param>
/// <param name="Describe">The operation that describes.</param>
/// <param name="Named">The member that names what is to be described.</param>
/// <param name="Described">The member that has descriptions.</param>
/// <param name="AtOnce">How many one call describes at most.</param>
/// <param name="Include">What a description leaves out unless it is asked for.</param>
public sealed record EcsResource(string List, string Arns, string Describe, string Named, string Described, int AtOnce, params string[] Include)
{
    /// <summary>The most that one call lists.</summary>
    public const int PageMax = 100;

    /// <summary>Clusters.</summary>
    public static EcsResource Cluster { get; } = new("ListClusters", "clusterArns", "DescribeClusters", "clusters", "clusters", 100, "TAGS");

    /// <summary>A cluster's services.</summary>
    public static EcsResource Service { get; } = new("ListServices", "serviceArns", "DescribeServices", "services", "services", 10, "TAGS");

    /// <summary>A cluster's tasks that are wanted to run.</summary>
    public static EcsResource Task { get; } = new("ListTasks", "taskArns", "DescribeTasks", "tasks", "tasks", 100, "TAGS");

    /// <summary>A cluster's tasks that stop or have stopped, for about an hour.</summary>
    public static EcsResource StoppedTask { get; } = Task with { DesiredStatus = "STOPPED" };

    /// <summary>A cluster's container instances.</summary>
    public static EcsResource ContainerInstance { get; } =
        new("ListContainerInstances", "containerInstanceArns", "DescribeContainerInstances", "containerInstances", "containerInstances", 100, "TAGS");

    /// <summary>Which tasks are listed; those that are wanted to run unless told.</summary>
    public string? DesiredStatus { get; init; }
}

/// <summary>What one call described.</summary>
/// <param name="Found">The descriptions, as ECS writes them: ECS's own names, times as seconds since 1970.</param>
/// <param name="Missing">ARNs that are gone by now.</param>
public sealed record EcsDescriptions(IReadOnlyList<System.Text.Json.JsonElement> Found, IReadOnlyList<string> Missing);
