using System.Buffers;
using System.Runtime.InteropServices;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity;

/// <summary>A cluster's tasks, counted once: by service, and by where they are.</summary>
internal sealed class CapacityCount
{
    private readonly InstanceState[] _instances;
    private readonly string[] _providers;
    private readonly int[] _interfaces, _tasks, _daemons;

    // Of each instance its tasks by service. An instance has some dozen tasks, so a service is found by looking at each.
    private readonly List<(ServiceCount Service, int Tasks)>?[] _onInstance;

    // What is on no instance that is known: on Fargate, not yet placed, or on one that left.
    private readonly Dictionary<(string Zone, string Provider, string Service), (int Tasks, FargateUse Fargate)> _elsewhere = [];
    private readonly Dictionary<string, ServiceCount> _services = new(StringComparer.Ordinal);

    public CapacityCount(ClusterView cluster)
    {
        _instances = [.. cluster.InstancesByKey.Values.Where(i => !i.IsStopped).OrderBy(i => i.Name.Id, StringComparer.Ordinal)];
        _providers = [.. _instances.Select(i => i.Detail.CapacityProviderName ?? "")];
        (_interfaces, _tasks, _daemons) = (new int[_instances.Length], new int[_instances.Length], new int[_instances.Length]);
        _onInstance = new List<(ServiceCount, int)>?[_instances.Length];
        var places = new Dictionary<string, int>(_instances.Length, StringComparer.Ordinal);
        for (var i = 0; i < _instances.Length; i++) places[_instances[i].Name.Id] = i;

        // The processor reads ahead in an array and not in a tree: to copy first takes a third less than to count on the way.
        var tasks = ArrayPool<TaskState>.Shared.Rent(cluster.TasksByKey.Count);
        var count = 0;
        foreach (var (_, task) in cluster.TasksByKey) tasks[count++] = task;
        foreach (var task in tasks.AsSpan(0, count)) Add(task, places);
        ArrayPool<TaskState>.Shared.Return(tasks, clearArray: true);
    }

    /// <summary>The services of all tasks that are remembered, also of those that are STOPPED.</summary>
    public IReadOnlyDictionary<string, ServiceCount> Services => _services;

    public InstanceCapacity[] Instances() =>
    [
        .. _instances.Select((state, i) => InstanceCapacity.Of(
            state, _providers[i], _tasks[i], _daemons[i], _interfaces[i], _onInstance[i] is { } own ? CapacitySum.MostFirst(own.Select(of => new ServiceTasks(of.Service.Name, of.Tasks))) : [])),
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
        (service ??= new ServiceCount(task.Service)).Add(task);
        if (task.IsStopped) return;
        if (places.TryGetValue(task.Instance, out var place))
        {
            CountOn(_onInstance[place] ??= [], service);
            _tasks[place]++;
            if (task.Service.Length == 0 && task.Detail.Group?.StartsWith("daemon:", StringComparison.Ordinal) == true) _daemons[place]++;
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

    private static void CountOn(List<(ServiceCount Service, int Tasks)> instance, ServiceCount service)
    {
        foreach (ref var counted in CollectionsMarshal.AsSpan(instance))
        {
            if (!ReferenceEquals(counted.Service, service)) continue;
            counted.Tasks++;
            return;
        }

        instance.Add((service, 1));
    }
}

/// <summary>A service's tasks, as they are counted.</summary>
internal sealed class ServiceCount(string name)
{
    private Newest _newest, _newestLive, _placed;

    public string Name => name;

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
        var made = task.Detail.CreatedAt.UnixMilliseconds;
        if (task.Claims is not null) _placed.See(task, made);
        _newest.See(task, made);
        if (task.IsStopped) return;
        _newestLive.See(task, made);
        Tasks++;
        Cpu += TaskNeed.Number(task.Detail.Cpu) ?? 0;
        Memory += TaskNeed.Number(task.Detail.Memory) ?? 0;
        Fargate = Sum(Fargate, FargateOf(task));
    }

    public TaskNeed? Need() => (_newestLive.Task ?? _newest.Task) is { } newest ? TaskNeed.Of(newest, _placed.Task) : null;

    // By when it was made; of two of one moment the one with the greater key, so that the order of events does not matter.
    private struct Newest
    {
        private long _made;

        public TaskState? Task { get; private set; }

        public void See(TaskState task, long made)
        {
            if (Task is null || made > _made || (made == _made && string.CompareOrdinal(task.Name.Key, Task.Name.Key) > 0)) (Task, _made) = (task, made);
        }
    }
}
