namespace Crowsnest.Core.Capacity;

/// <summary>One service: what its tasks have reserved, what one more of them needs, and how many more fit.</summary>
public sealed record ServiceCapacity
{
    /// <summary>Its name; empty for all tasks that are no service's, which have no one size.</summary>
    public required string Name { get; init; }

    /// <summary>Its tasks that are not STOPPED.</summary>
    public int Tasks { get; init; }

    /// <summary>CPU units that these have by their definitions, on instances and on Fargate.</summary>
    public long Cpu { get; init; }

    /// <summary>MiB that these have by their definitions, on instances and on Fargate.</summary>
    public long Memory { get; init; }

    /// <summary>What of that is on Fargate.</summary>
    public FargateUse Fargate { get; init; }

    /// <summary>What one more needs, by its newest task that is not STOPPED, else by the newest that is remembered; <see langword="null"/> when no task of it is known.</summary>
    public TaskNeed? Need { get; init; }

    /// <summary>How many more fit; <see langword="null"/> on Fargate, which has no bound of the cluster's, and where too little is known.</summary>
    public TaskFit? Fit { get; init; }

    /// <summary>Why ECS could not place a task of it; <see langword="null"/> when that is not the newest word of it.</summary>
    public PlacementFailure? Failure { get; init; }
}
