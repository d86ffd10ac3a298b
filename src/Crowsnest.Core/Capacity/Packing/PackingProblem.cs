namespace Crowsnest.Core.Capacity.Packing;

/// <summary>A task: what it is one of, and where it runs.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Workload">Its workload's place in <see cref="PackingProblem.Workloads"/>.</param>
/// <param name="Instance">Its instance's place in <see cref="PackingProblem.Instances"/>; <see cref="Nowhere"/> when it has none yet.</param>
public readonly record struct PackingTask(string Id, int Workload, int Instance)
{
    /// <summary>No instance.</summary>
    public const int Nowhere = -1;
}

/// <summary>What must still be possible with the instances that stay; each by itself, since they seldom come together.</summary>
/// <remarks>ECS's spreading is its best effort, so none of these asks for it.</remarks>
public sealed record PackingRoom
{
    /// <summary>
    /// A rolling deployment of the largest service: as many tasks as its <c>maximumPercent</c> allows beside those that it has, all at once. Of one that can have
    /// only one task on an instance a single one more, and none where it may stop one first: ECS goes on with what fits.
    /// </summary>
    public bool ForDeployment { get; init; }

    /// <summary>Any one instance is lost, and its tasks find a place on the others.</summary>
    public bool ForInstanceLoss { get; init; }

    /// <summary>Any one zone is lost, and its tasks find a place in the others.</summary>
    public bool ForZoneLoss { get; init; }
}

/// <summary>Instances, and what runs on them: everything that decides what could run where.</summary>
/// <remarks>Knows nothing of ECS's states: whoever has a cluster makes one of it.</remarks>
public sealed record PackingProblem
{
    /// <summary>The instances.</summary>
    public required IReadOnlyList<PackingInstance> Instances { get; init; }

    /// <summary>What runs.</summary>
    public required IReadOnlyList<PackingWorkload> Workloads { get; init; }

    /// <summary>Every task, but those of daemons.</summary>
    public required IReadOnlyList<PackingTask> Tasks { get; init; }

    /// <summary>What must still be possible.</summary>
    public PackingRoom Room { get; init; } = new();
}
