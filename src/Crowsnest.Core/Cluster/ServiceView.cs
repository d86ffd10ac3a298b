using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>A number, with where it is from and how old it is.</summary>
/// <param name="Value">The number.</param>
/// <param name="From">Where it is from.</param>
/// <param name="At">When that was said; of what is counted from tasks, the newest word of any of them.</param>
public readonly record struct Counted(long Value, CountSource From, EventTime At);

/// <summary>Why tasks are not running yet.</summary>
/// <param name="Code">ECS's own event name where an event says it, else what the task waits for: see <see cref="TaskWait"/>.</param>
/// <param name="Text">In words.</param>
/// <param name="At">Since when, or when it was said.</param>
public sealed record PendingReason(string Code, string Text, EventTime At);

/// <summary>One service: what ECS said of it, and what its tasks say.</summary>
/// <remarks>Immutable, and a function of the states that it is made of.</remarks>
public sealed record ServiceView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What ECS said of it; <see langword="null"/> when it is known from its tasks alone.</summary>
    public ServiceState? State { get; init; }

    /// <summary>
    /// How many tasks it wants. Where no event says it, the tasks that ECS wants running are counted, which is more while a deployment replaces them and less
    /// while none can be placed.
    /// </summary>
    public required Counted Desired { get; init; }

    /// <summary>Tasks whose last status is RUNNING.</summary>
    public required Counted Running { get; init; }

    /// <summary>Tasks that are on their way to it: PROVISIONING, PENDING, ACTIVATING.</summary>
    public required Counted Pending { get; init; }

    /// <summary>Tasks on their way out: DEACTIVATING, STOPPING, DEPROVISIONING.</summary>
    public required Counted Stopping { get; init; }

    /// <summary>Why fewer run than are wanted, where something says so.</summary>
    public PendingReason? WhyPending { get; init; }

    /// <summary>The last of its tasks that failed.</summary>
    public TaskFailure? LastFailure { get; init; }

    /// <summary>Its deployments, the newest first.</summary>
    public IReadOnlyList<DeploymentView> Deployments { get; init; } = [];

    /// <summary>The newest word of the service or of any of its tasks.</summary>
    public EventTime NewestAt { get; init; }
}

/// <summary>One deployment of a service.</summary>
public sealed record DeploymentView
{
    /// <summary><c>ecs-svc/N</c>.</summary>
    public required string Id { get; init; }

    /// <summary>IN_PROGRESS, COMPLETED or FAILED; empty when no event said it.</summary>
    public string RolloutState { get; init; } = "";

    /// <summary>Why, in ECS's words.</summary>
    public string? RolloutStateReason { get; init; }

    /// <summary>The deployment that this one was rolled back to, or empty. ECS says so in an INFO event of that other deployment.</summary>
    public string RolledBackTo { get; init; } = "";

    /// <summary>A later deployment was rolled back to this one.</summary>
    public bool IsRollback { get; init; }

    /// <summary>The definition of its newest task.</summary>
    public string? TaskDefinitionArn { get; init; }

    /// <summary>Its tasks that run.</summary>
    public required Counted Running { get; init; }

    /// <summary>Its tasks on their way to it.</summary>
    public required Counted Pending { get; init; }

    /// <summary>Its tasks that failed, as far as they are still in memory.</summary>
    public required Counted Failed { get; init; }

    /// <summary>The first event of it.</summary>
    public EventTime CreatedAt { get; init; }

    /// <summary>The newest event of it; of one that only its tasks name, the newest of theirs.</summary>
    public EventTime UpdatedAt { get; init; }
}
