using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity;

/// <summary>What a cluster had at a moment, and what of it was reserved.</summary>
/// <param name="At">The moment.</param>
/// <param name="HeardAt">Of when the newest word of the cluster was then; <see langword="null"/>: nothing had been heard of it, and all else is 0 for want of knowing.</param>
/// <param name="Instances">Container instances that were not INACTIVE.</param>
/// <param name="Taking">Of these, how many took new tasks.</param>
/// <param name="Cpu">CPU units.</param>
/// <param name="Memory">MiB.</param>
/// <param name="Gpus">GPUs.</param>
/// <param name="AvailableCpu">CPU units that remained on instances that took new tasks.</param>
/// <param name="AvailableMemory">MiB that remained there.</param>
/// <param name="AvailableGpus">GPUs that remained there.</param>
/// <param name="Tasks">Tasks that were not STOPPED.</param>
/// <param name="Running">Of these, RUNNING.</param>
/// <param name="Pending">Of these, on their way up.</param>
public sealed record CapacitySample(
    DateTimeOffset At, DateTimeOffset? HeardAt, int Instances, int Taking, Amount Cpu, Amount Memory, Amount Gpus, long AvailableCpu, long AvailableMemory, long AvailableGpus, int Tasks, int Running, int Pending)
{
    /// <summary>Tasks that ECS could not place since the sample before.</summary>
    public int NotPlaced { get; init; }
}

/// <summary>A cluster's instances and tasks, counted as they change: the same as <see cref="ClusterCapacity"/> of a view of that moment, without counting all of them for each moment.</summary>
internal sealed class CapacityTally(ClusterName cluster)
{
    private readonly Dictionary<string, InstanceState> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, TaskState> _tasks = new(StringComparer.Ordinal);
    private int _running, _pending;
    private long _heardAt = long.MinValue;

    /// <summary>Takes a state in, in place of the one before.</summary>
    public void Put(IResourceState state)
    {
        var key = state.Name.Key;
        if (ClusterName.Of(state.Name) != cluster)
        {
            // A task whose first event had a short ARN may turn out to be another cluster's.
            if (_tasks.Remove(key, out var lost)) Count(lost, -1);
            return;
        }

        _heardAt = Math.Max(_heardAt, state.Order.At);
        switch (state)
        {
            case InstanceState { IsStopped: false } instance:
                _instances[key] = instance;
                break;
            case InstanceState:
                _instances.Remove(key);
                break;
            case TaskState task:
                if (_tasks.Remove(key, out var before)) Count(before, -1);
                if (task.IsStopped) break;
                _tasks[key] = task;
                Count(task, 1);
                break;
        }
    }

    /// <summary>What there is now.</summary>
    public CapacitySample Sample(DateTimeOffset at)
    {
        var taking = 0;
        var (cpu, memory, gpus) = (default(Amount), default(Amount), default(Amount));
        var (availableCpu, availableMemory, availableGpus) = (0L, 0L, 0L);
        foreach (var (_, state) in _instances)
        {
            var (d, machine) = (state.Detail, state.Machine);
            var takes = InstanceCapacity.TakesOf(d);
            if (takes == TakesTasks.NotKnown) continue;
            var (ownCpu, ownMemory, ownGpus) = (Amount.Of(d.RegisteredCpu, d.RemainingCpu), Amount.Of(d.RegisteredMemory, d.RemainingMemory), new Amount(machine.RegisteredGpus.Length, machine.RemainingGpus.Length));
            cpu += ownCpu ?? default;
            memory += ownMemory ?? default;
            gpus += ownGpus;
            if (takes != TakesTasks.Yes) continue;
            taking++;
            availableCpu += ownCpu?.Remaining ?? 0;
            availableMemory += ownMemory?.Remaining ?? 0;
            availableGpus += ownGpus.Remaining;
        }

        return new CapacitySample(
            at, _heardAt == long.MinValue ? null : DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(_heardAt, 0)), _instances.Count, taking, cpu, memory, gpus, availableCpu, availableMemory, availableGpus,
            _tasks.Count, _running, _pending);
    }

    private void Count(TaskState task, int by)
    {
        if (task.Detail.LastStatus == "RUNNING") _running += by;
        else if (TaskWait.IsStarting(task.Detail.LastStatus)) _pending += by;
    }
}
