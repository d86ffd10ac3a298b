using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>What the tasks of a service have by its newest task, or those of a family that is no service's.</summary>
public sealed record TaskSizes
{
    /// <summary>The service; empty for tasks that are no service's.</summary>
    public required string Service { get; init; }

    /// <summary>The task definition's family.</summary>
    public required string Family { get; init; }

    /// <summary>They run on Fargate.</summary>
    public bool IsFargate { get; init; }

    /// <summary>CPU units of a task; <see langword="null"/> where none is said.</summary>
    public long? Cpu { get; init; }

    /// <summary>MiB of a task; <see langword="null"/> where none is said.</summary>
    public long? Memory { get; init; }

    /// <summary>Its containers; none where no event of it is stored.</summary>
    public IReadOnlyList<ContainerSize> Containers { get; init; } = [];

    /// <summary>What the task as a whole reserves is more than its containers do together: it has a size of its own, and a smaller container frees nothing.</summary>
    public bool HasOwnSize => IsFargate || Memory > ContainerMemory;

    /// <summary>Whose they are (<see cref="WorkloadName"/>).</summary>
    public string Workload => WorkloadName.Of(Service, Family);

    /// <summary>What the containers reserve together, in MiB.</summary>
    internal long ContainerMemory => Containers.Sum(c => c.MemoryReservation ?? c.Memory ?? 0);

    /// <summary>By an event of one task.</summary>
    public static TaskSizes Of(EcsEvent ecsEvent)
    {
        ArgumentNullException.ThrowIfNull(ecsEvent);
        return ecsEvent.Detail is TaskDetail task
            ? Of(ecsEvent.Service, ecsEvent.Family, task) with { Containers = ContainerSize.AllOf(ecsEvent) }
            : throw new ArgumentException("The event is not about a task.", nameof(ecsEvent));
    }

    /// <summary>By a task's state, which knows no containers' sizes.</summary>
    internal static TaskSizes Of(TaskState state) => Of(state.Service, state.Family, state.Detail);

    private static TaskSizes Of(string service, string family, TaskDetail task) => new()
    {
        Service = service, Family = family, IsFargate = task.LaunchType == "FARGATE" || task.CapacityProviderName is "FARGATE" or "FARGATE_SPOT", Cpu = TaskNeed.Number(task.Cpu), Memory = TaskNeed.Number(task.Memory),
    };
}
