namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>What advice for a cluster is made from, besides the cluster itself.</summary>
public sealed record AdviceHistory
{
    /// <summary>Ends of containers, each once.</summary>
    public IReadOnlyList<ContainerStop> Stops { get; init; } = [];

    /// <summary>What the tasks of each service and family have that has such an end or a usage, by <see cref="TaskSizes.Workload"/>.</summary>
    public IReadOnlyDictionary<string, TaskSizes> Sizes { get; init; } = new Dictionary<string, TaskSizes>();

    /// <summary>What is known of the use of its services.</summary>
    public IReadOnlyList<UsageSeries> Usage { get; init; } = [];

    /// <summary>Why some of it is missing, in sentences.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Somebody measures what containers use.</summary>
    public bool HasUsage { get; init; }

    /// <summary>Why that could not be read; empty when it was.</summary>
    public string UsageFailure { get; init; } = "";
}
