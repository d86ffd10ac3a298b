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
        private readonly Dictionary<string, int> _services = new(StringComparer.Ordinal);
        private CapacitySum _sum = new();

        public void Add(InstanceCapacity instance)
        {
            var takes = instance.Takes == TakesTasks.Yes;
            _sum = _sum with
            {
                Instances = _sum.Instances + 1, Taking = _sum.Taking + (takes ? 1 : 0), NotKnown = _sum.NotKnown + (instance.Takes == TakesTasks.NotKnown ? 1 : 0),
                Cpu = _sum.Cpu + (instance.Cpu ?? default), Memory = _sum.Memory + (instance.Memory ?? default), Gpus = _sum.Gpus + (instance.Gpus ?? default),
                Ports = _sum.Ports + (instance.Ports ?? default), AvailableCpu = _sum.AvailableCpu + (takes ? instance.Cpu?.Remaining ?? 0 : 0),
                AvailableMemory = _sum.AvailableMemory + (takes ? instance.Memory?.Remaining ?? 0 : 0), AvailableGpus = _sum.AvailableGpus + (takes ? instance.Gpus?.Remaining ?? 0 : 0),
                Interfaces = _sum.Interfaces + instance.Interfaces,
            };
            foreach (var (service, tasks) in instance.TasksByService) Add(service, tasks, default);
        }

        public void Add(string service, int tasks, FargateUse fargate)
        {
            var before = _sum.Fargate;
            _sum = _sum with { Tasks = _sum.Tasks + tasks, Fargate = new FargateUse(before.Tasks + fargate.Tasks, before.Cpu + fargate.Cpu, before.Memory + fargate.Memory) };
            _services[service] = _services.GetValueOrDefault(service) + tasks;
        }

        public CapacitySum ToSum(string name = "") => _sum with { Name = name, TasksByService = MostFirst(_services.Select(s => new ServiceTasks(s.Key, s.Value))) };
    }

    internal static ServiceTasks[] MostFirst(IEnumerable<ServiceTasks> tasks) => [.. tasks.OrderByDescending(t => t.Tasks).ThenBy(t => t.Service, StringComparer.Ordinal)];
}
