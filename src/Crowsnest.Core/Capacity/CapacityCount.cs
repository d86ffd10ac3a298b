using System.Runtime.InteropServices;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity;

/// <summary>A cluster's tasks, counted once: by service, and by where they are.</summary>
internal sealed class CapacityCount
{
    private readonly InstanceState[] _instances;
    private readonly string[] _providers;
    private readonly int[] _interfaces;

    // Of each instance its tasks by service. An instance has some dozen tasks, so a service is found by looking at each.
    private readonly List<ServiceTasks>?[] _onInstance;

    // What is on no instance that is known: on Fargate, not yet placed, or on one that left.
    private readonly Dictionary<(string Zone, string Provider, string Service), (int Tasks, FargateUse Fargate)> _elsewhere = [];
    private readonly Dictionary<string, ServiceCount> _services = new(StringComparer.Ordinal);

    public CapacityCount(ClusterView cluster)
    {
        _instances = [.. cluster.InstancesByKey.Values.Where(i => !i.IsStopped).OrderBy(i => i.Name.Id, StringComparer.Ordinal)];
        _providers = [.. _instances.Select(i => i.Detail.CapacityProviderName ?? "")];
        _interfaces = new int[_instances.Length];
        _onInstance = new List<ServiceTasks>?[_instances.Length];
        var places = new Dictionary<string, int>(_instances.Length, StringComparer.Ordinal);
        for (var i = 0; i < _instances.Length; i++) places[_instances[i].Name.Id] = i;
        foreach (var task in cluster.TasksByKey.Values) Add(task, places);
    }

    /// <summary>The services of all tasks that are remembered, also of those that are STOPPED.</summary>
    public IReadOnlyDictionary<string, ServiceCount> Services => _services;

    public InstanceCapacity[] Instances() =>
    [
        .. _instances.Select((state, i) => InstanceCapacity.Of(
            state, _providers[i], _onInstance[i]?.Sum(s => s.Tasks) ?? 0, _interfaces[i], _onInstance[i] is { } own ? CapacitySum.MostFirst(own) : [])),
    ];

    public CapacitySum Total(InstanceCapacity[] instances)
    {
        var total = new CapacitySum.Builder();
        foreach (var instance in instances) total.Add(instance);
        foreach (var (where, what) in _elsewhere) total.Add(where.Service, what.Tasks, what.Fargate);
        return total.ToSum();
    }

    public CapacitySum[] Zones(InstanceCapacity[] instances) => Sums(instances, static i => i.Zone, static where => where.Zone);

    public CapacitySum[] Providers(InstanceCapacity[] instances) => Sums(instances, static i => i.Provider, static where => where.Provider);

    private CapacitySum[] Sums(InstanceCapacity[] instances, Func<InstanceCapacity, string> ofInstance, Func<(string Zone, string Provider, string Service), string> ofOther)
    {
        var sums = new Dictionary<string, CapacitySum.Builder>(StringComparer.Ordinal);
        foreach (var instance in instances) SumOf(ofInstance(instance)).Add(instance);
        foreach (var (where, what) in _elsewhere) SumOf(ofOther(where)).Add(where.Service, what.Tasks, what.Fargate);
        return [.. sums.OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => s.Value.ToSum(s.Key))];

        CapacitySum.Builder SumOf(string name) => CollectionsMarshal.GetValueRefOrAddDefault(sums, name, out _) ??= new CapacitySum.Builder();
    }

    private void Add(TaskState task, Dictionary<string, int> places)
    {
        ref var service = ref CollectionsMarshal.GetValueRefOrAddDefault(_services, task.Service, out _);
        (service ??= new ServiceCount()).Add(task);
        if (task.IsStopped) return;
        if (places.TryGetValue(task.Instance, out var place))
        {
            CountOn(_onInstance[place] ??= [], task.Service);
            if (task.Network is not null) _interfaces[place]++;

            // A task with a capacity provider is on an instance of that provider.
            if (_providers[place].Length == 0 && task.Detail.CapacityProviderName is { Length: > 0 } provider) _providers[place] = provider;
            return;
        }

        var use = ServiceCount.FargateOf(task);
        var by = task.Detail.CapacityProviderName is { Length: > 0 } named ? named : use.Tasks > 0 ? "FARGATE" : "";
        ref var there = ref CollectionsMarshal.GetValueRefOrAddDefault(_elsewhere, (task.Detail.AvailabilityZone ?? "", by, task.Service), out _);
        there = (there.Tasks + 1, ServiceCount.Sum(there.Fargate, use));
    }

    private static void CountOn(List<ServiceTasks> instance, string service)
    {
        foreach (ref var counted in CollectionsMarshal.AsSpan(instance))
        {
            if (!string.Equals(counted.Service, service, StringComparison.Ordinal)) continue;
            counted = counted with { Tasks = counted.Tasks + 1 };
            return;
        }

        instance.Add(new ServiceTasks(service, 1));
    }
}

/// <summary>A service's tasks, as they are counted.</summary>
internal sealed class ServiceCount
{
    private TaskState? _newest, _newestLive, _placed;

    public int Tasks { get; private set; }

    public long Cpu { get; private set; }

    public long Memory { get; private set; }

    public FargateUse Fargate { get; private set; }

    public static FargateUse FargateOf(TaskState task) => task.Detail.LaunchType == "FARGATE" || task.Detail.CapacityProviderName is "FARGATE" or "FARGATE_SPOT"
        ? new FargateUse(1, TaskNeed.Number(task.Detail.Cpu) ?? 0, TaskNeed.Number(task.Detail.Memory) ?? 0)
        : default;

    public static FargateUse Sum(FargateUse left, FargateUse right) => new(left.Tasks + right.Tasks, left.Cpu + right.Cpu, left.Memory + right.Memory);

    public void Add(TaskState task)
    {
        // Before its containers are made a task shows no ports; the next is like the newest that does.
        if (task.Claims is not null && IsNewer(task, _placed)) _placed = task;
        if (IsNewer(task, _newest)) _newest = task;
        if (task.IsStopped) return;
        if (IsNewer(task, _newestLive)) _newestLive = task;
        Tasks++;
        Cpu += TaskNeed.Number(task.Detail.Cpu) ?? 0;
        Memory += TaskNeed.Number(task.Detail.Memory) ?? 0;
        Fargate = Sum(Fargate, FargateOf(task));
    }

    public TaskNeed? Need() => (_newestLive ?? _newest) is { } newest ? TaskNeed.Of(newest, _placed) : null;

    // By when it was made; of two of one moment the one with the greater key, so that the order of events does not matter.
    private static bool IsNewer(TaskState task, TaskState? than) => than is null
        || task.Detail.CreatedAt.UnixMilliseconds.CompareTo(than.Detail.CreatedAt.UnixMilliseconds) is var order && (order > 0 || (order == 0 && string.CompareOrdinal(task.Name.Key, than.Name.Key) > 0));
}
