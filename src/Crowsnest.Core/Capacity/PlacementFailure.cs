using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Capacity;

/// <summary>Why a service's task was not placed, what the cluster has for it, and what would have fitted it.</summary>
/// <remarks>
/// The failure is as old as <paramref name="At"/> says, the figures are of the view that they were counted from: a view of that moment tells what the cluster had then.
/// </remarks>
/// <param name="At">When ECS said so.</param>
/// <param name="Reason">Why.</param>
/// <param name="Closed">Instances of the cluster that take no new task, whatever remains on them.</param>
/// <param name="Instances">Instances that take such tasks.</param>
/// <param name="Fits">How many such tasks fit in this view; <see langword="null"/> when too little is known of them.</param>
/// <param name="Nearest">The instance that misses the least for one; <see langword="null"/> when one fits, or no instance takes such tasks.</param>
/// <param name="CpuAtItsMemory">The most CPU units with which a task of as much memory fits; <see langword="null"/> when none does.</param>
/// <param name="MemoryAtItsCpu">The most MiB with which a task of as much CPU fits; <see langword="null"/> when none does.</param>
public sealed record PlacementFailure(EventTime At, PlacementReason Reason, int Closed, int Instances, long? Fits, Shortfall? Nearest, long? CpuAtItsMemory, long? MemoryAtItsCpu)
{
    /// <summary>ECS's name of the event.</summary>
    public const string EventName = "SERVICE_TASK_PLACEMENT_FAILURE";

    /// <summary>That a task could not be placed is what the service says, until it is steady or a deployment of it has completed: other words between do not take it back.</summary>
    internal static ServiceEvent? Of(ServiceState state) =>
        state.Trouble is { EventName: EventName } trouble && !IsOver(state.Steady, trouble) && !(state.Deployment is { EventName: "SERVICE_DEPLOYMENT_COMPLETED" } && IsOver(state.Deployment, trouble))
            ? trouble
            : null;

    internal static PlacementFailure Of(ServiceEvent said, TaskNeed? need, TaskFit? fit, IReadOnlyList<InstanceCapacity> taking, int instances)
    {
        var failure = new PlacementFailure(said.At, PlacementReason.Of(said.Reason), instances - taking.Count, fit?.Instances ?? 0, fit?.Tasks, null, null, null);
        if (need is null || fit is null) return failure;
        foreach (var instance in taking)
        {
            if (!need.MayGoTo(instance)) continue;
            var shortfall = Shortfall.Of(instance, need);
            if (fit.Tasks == 0 && (failure.Nearest is null || shortfall.Share < failure.Nearest.Share)) failure = failure with { Nearest = shortfall };
            if (shortfall is not { Gpus: 0, IsPortTaken: false }) continue;
            if (shortfall.Memory == 0 && TaskFit.Free(instance.Cpu) is var cpu && cpu > (failure.CpuAtItsMemory ?? 0)) failure = failure with { CpuAtItsMemory = cpu };
            if (shortfall.Cpu == 0 && TaskFit.Free(instance.Memory) is var memory && memory > (failure.MemoryAtItsCpu ?? 0)) failure = failure with { MemoryAtItsCpu = memory };
        }

        return failure;
    }

    private static bool IsOver(ServiceEvent? later, ServiceEvent trouble) => later is not null && later.Key.CompareTo(trouble.Key) > 0;
}

/// <summary>What an instance misses for a task: 0 of what it has enough of.</summary>
/// <param name="Instance">The container instance's id.</param>
/// <param name="Cpu">CPU units.</param>
/// <param name="Memory">MiB.</param>
/// <param name="Gpus">GPUs.</param>
/// <param name="IsPortTaken">A port that the task names is taken on it.</param>
/// <param name="Share">The greatest part of what the task needs that is missing, 0 to 1; a port counts as a whole.</param>
public sealed record Shortfall(string Instance, long Cpu, long Memory, long Gpus, bool IsPortTaken, double Share)
{
    internal static Shortfall Of(InstanceCapacity instance, TaskNeed need)
    {
        var (cpu, memory, gpus) = (Missing(need.Cpu, instance.Cpu), Missing(need.Memory, instance.Memory), Missing(need.Gpus, instance.Gpus));
        var isTaken = need.HasPorts && !TaskFit.HasPortsFree(instance, need);
        return new Shortfall(instance.State.Name.Id, cpu, memory, gpus, isTaken, isTaken ? 1 : Math.Max(Part(cpu, need.Cpu), Math.Max(Part(memory, need.Memory), Part(gpus, need.Gpus))));
    }

    private static long Missing(long? need, Amount? amount) => Math.Max(0, (need ?? 0) - TaskFit.Free(amount));

    private static double Part(long missing, long? need) => missing > 0 ? (double)missing / need!.Value : 0; // Nothing is missing of what is not needed.
}
