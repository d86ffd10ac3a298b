namespace Crowsnest.Core.Capacity;

/// <summary>How many more tasks of one size fit, and what stops the next.</summary>
/// <param name="Tasks">So many: over the instances that take such tasks, what fits on each.</param>
/// <param name="InOnePiece">So many would fit if all that remains were on one instance; what is more than <paramref name="Tasks"/> is lost to fragmentation.</param>
/// <param name="Instances">Instances that take such tasks.</param>
/// <param name="StoppedBy">What stops the next one on most of these; <see langword="null"/> where no instance takes such tasks.</param>
/// <param name="StoppedOn">On how many it is that.</param>
public sealed record TaskFit(long Tasks, long InOnePiece, int Instances, TaskResource? StoppedBy, int StoppedOn)
{
    private static readonly TaskResource[] Resources = [TaskResource.Memory, TaskResource.Cpu, TaskResource.Gpu, TaskResource.Ports];

    /// <summary>Counts over instances that take new tasks; <see langword="null"/> when too little is known of the task, or it needs no instance.</summary>
    internal static TaskFit? Of(TaskNeed need, IReadOnlyList<InstanceCapacity> taking)
    {
        if (need.IsFargate || !need.IsKnown) return null;
        var (tasks, instances) = (0L, 0);
        var (cpu, memory, gpus) = (0L, 0L, 0L);
        Span<int> stops = stackalloc int[Resources.Length];
        for (var i = 0; i < taking.Count; i++)
        {
            var instance = taking[i];
            if (!need.MayGoTo(instance)) continue;
            var (count, by) = On(instance, need);
            tasks += count;
            instances++;
            stops[(int)by]++;
            cpu += Free(instance.Cpu);
            memory += Free(instance.Memory);
            gpus += Free(instance.Gpus);
        }

        if (instances == 0) return new TaskFit(0, 0, 0, null, 0);
        var most = Resources[0];
        foreach (var resource in Resources)
        {
            if (stops[(int)resource] > stops[(int)most]) most = resource;
        }

        // A port is one task's on each instance, however little lies between them.
        var together = need.HasPorts ? tasks : Math.Min(Times(cpu, need.Cpu), Math.Min(Times(memory, need.Memory), Times(gpus, need.Gpus)));
        return new TaskFit(tasks, together, instances, most, stops[(int)most]);
    }

    /// <summary>How many such tasks fit on one instance, and what stops the next: of two that stop it, that of which the smaller part of a task's need remains.</summary>
    internal static (long Tasks, TaskResource StoppedBy) On(InstanceCapacity instance, TaskNeed need)
    {
        var (cpu, memory, gpus) = (Free(instance.Cpu), Free(instance.Memory), Free(instance.Gpus));
        var (count, by) = (Times(memory, need.Memory), TaskResource.Memory);
        if (Times(cpu, need.Cpu) is var byCpu && (byCpu < count || (byCpu == count && need.Cpu > 0 && (Int128)cpu * need.Memory!.Value < (Int128)memory * need.Cpu.Value))) (count, by) = (byCpu, TaskResource.Cpu);
        if (Times(gpus, need.Gpus) is var byGpu && byGpu < count) (count, by) = (byGpu, TaskResource.Gpu);
        return !need.HasPorts || count == 0 ? (count, by) : HasPortsFree(instance, need) ? (1, count == 1 ? by : TaskResource.Ports) : (0, TaskResource.Ports);
    }

    /// <summary>No port that the task names is taken on the instance, and as many as it names may still be.</summary>
    internal static bool HasPortsFree(InstanceCapacity instance, TaskNeed need) =>
        (instance.Ports?.Remaining ?? 0) >= need.Ports.Count && !need.Ports.Any(port => instance.HasTaken(port, isUdp: false)) && !need.UdpPorts.Any(port => instance.HasTaken(port, isUdp: true));

    /// <summary>What remains; nothing where it is not known, and where ECS gave out more than there is.</summary>
    internal static long Free(Amount? amount) => Math.Max(0, amount?.Remaining ?? 0);

    private static long Times(long free, long? need) => need is > 0 and var one ? free / one : long.MaxValue;
}

/// <summary>The largest task that an instance would still take.</summary>
/// <param name="Instance">The container instance's id.</param>
/// <param name="Cpu">CPU units that remain on it.</param>
/// <param name="Memory">MiB that remain on it.</param>
public sealed record LargestTask(string Instance, long Cpu, long Memory);
