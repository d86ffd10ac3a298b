using System.Runtime.InteropServices;

namespace Crowsnest.Core.Capacity;

/// <summary>What several container instances have together: those of a cluster, of a zone or of a capacity provider; and what tasks on Fargate have reserved there.</summary>
public sealed record CapacitySum
{
    /// <summary>The zone's or the capacity provider's name; empty for those of which no event says it, and of a cluster's.</summary>
    public string Name { get; init; } = "";

    /// <summary>Container instances that are not INACTIVE.</summary>
    public int Instances { get; init; }

    /// <summary>Of these, how many take new tasks.</summary>
    public int Taking { get; init; }

    /// <summary>Of these, of how many no event said what they have; they are in no sum.</summary>
    public int NotKnown { get; init; }

    /// <summary>CPU units.</summary>
    public Amount Cpu { get; init; }

    /// <summary>MiB of memory.</summary>
    public Amount Memory { get; init; }

    /// <summary>GPUs.</summary>
    public Amount Gpus { get; init; }

    /// <summary>TCP ports that definitions may name.</summary>
    public Amount Ports { get; init; }

    /// <summary>CPU units that remain on instances that take new tasks.</summary>
    public long AvailableCpu { get; init; }

    /// <summary>MiB that remain on instances that take new tasks.</summary>
    public long AvailableMemory { get; init; }

    /// <summary>GPUs that remain on instances that take new tasks.</summary>
    public long AvailableGpus { get; init; }

    /// <summary>Network interfaces that tasks on these instances have.</summary>
    public int Interfaces { get; init; }

    /// <summary>Tasks that are not STOPPED: on these instances, on Fargate, and not yet placed.</summary>
    public int Tasks { get; init; }

    /// <summary>Of these, how many are whose, the most first.</summary>
    public IReadOnlyList<ServiceTasks> TasksByService { get; init; } = [];

    /// <summary>What of them is on Fargate.</summary>
    public FargateUse Fargate { get; init; }

    internal sealed class Builder
    {
        // Whole records for each instance and each of its services would be most of the time that a large cluster takes.
        private readonly Dictionary<string, int> _services = new(StringComparer.Ordinal);
        private int _instances, _taking, _notKnown, _interfaces, _tasks;
        private Amount _cpu, _memory, _gpus, _ports;
        private long _availableCpu, _availableMemory, _availableGpus;
        private FargateUse _fargate;

        public void Add(InstanceCapacity instance)
        {
            _instances++;
            if (instance.Takes == TakesTasks.NotKnown) _notKnown++;
            _cpu += instance.Cpu ?? default;
            _memory += instance.Memory ?? default;
            _gpus += instance.Gpus ?? default;
            _ports += instance.Ports ?? default;
            _interfaces += instance.Interfaces;
            if (instance.Takes == TakesTasks.Yes)
            {
                _taking++;
                _availableCpu += instance.Cpu?.Remaining ?? 0;
                _availableMemory += instance.Memory?.Remaining ?? 0;
                _availableGpus += instance.Gpus?.Remaining ?? 0;
            }

            for (var i = 0; i < instance.TasksByService.Count; i++) Add(instance.TasksByService[i].Service, instance.TasksByService[i].Tasks, default);
        }

        public void Add(string service, int tasks, FargateUse fargate)
        {
            _tasks += tasks;
            _fargate = ServiceCount.Sum(_fargate, fargate);
            CollectionsMarshal.GetValueRefOrAddDefault(_services, service, out _) += tasks;
        }

        public CapacitySum ToSum(string name = "") => new()
        {
            Name = name, Instances = _instances, Taking = _taking, NotKnown = _notKnown, Cpu = _cpu, Memory = _memory, Gpus = _gpus, Ports = _ports, AvailableCpu = _availableCpu,
            AvailableMemory = _availableMemory, AvailableGpus = _availableGpus, Interfaces = _interfaces, Tasks = _tasks, Fargate = _fargate, TasksByService = MostFirst(_services.Select(s => new ServiceTasks(s.Key, s.Value))),
        };
    }

    internal static ServiceTasks[] MostFirst(IEnumerable<ServiceTasks> tasks)
    {
        ServiceTasks[] sorted = [.. tasks];
        Array.Sort(sorted, static (left, right) => right.Tasks != left.Tasks ? right.Tasks.CompareTo(left.Tasks) : string.CompareOrdinal(left.Service, right.Service));
        return sorted;
    }
}
