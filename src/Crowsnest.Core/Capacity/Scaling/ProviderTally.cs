using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity.Scaling;

/// <summary>A cluster's capacity providers, counted as states change.</summary>
/// <remarks>
/// A task is its capacity provider's, or that of the instance that it is on; those of neither are together under the name "". Tasks on Fargate are none's. An instance of a provider is as
/// large as most of its instances are, and as they last were when it has none.
/// </remarks>
/// <param name="cluster">Which cluster.</param>
/// <param name="daemons">Services whose tasks come and go with the instance.</param>
internal sealed class ProviderTally(ClusterName cluster, IReadOnlySet<string> daemons)
{
    private readonly Dictionary<string, InstanceState> _instances = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Work> _tasks = new(StringComparer.Ordinal);

    // Tasks by what they are on, and those that are on nothing: a moment is counted by walking over these, and not over all tasks.
    private readonly Dictionary<string, (int Tasks, Size Size)> _on = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Work> _unplaced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _providerOf = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Size> _sizes = new(StringComparer.Ordinal);

    /// <summary>Takes a state in, in place of the one before.</summary>
    public void Put(IResourceState state)
    {
        if (ClusterName.Of(state.Name) != cluster) return;
        switch (state)
        {
            case InstanceState instance:
                if (instance.Detail.CapacityProviderName is { Length: > 0 } provider) _providerOf[instance.Name.Id] = provider;
                if (instance.IsStopped) _instances.Remove(instance.Name.Id);
                else _instances[instance.Name.Id] = instance;
                break;
            case TaskState task:
                Put(task);
                break;
        }
    }

    /// <summary>Each provider that has instances or tasks now, by name.</summary>
    public IEnumerable<KeyValuePair<string, ScalingSample>> Sample(DateTimeOffset at)
    {
        var counts = new Dictionary<string, Counts>(StringComparer.Ordinal);
        foreach (var (id, instance) in _instances)
        {
            var of = Of(_providerOf.GetValueOrDefault(id, ""));
            of.Instances++;
            if (_on.ContainsKey(id)) of.Busy++;
            var size = new Size(instance.Detail.RegisteredCpu ?? 0, instance.Detail.RegisteredMemory ?? 0);
            if (size is { Cpu: > 0, Memory: > 0 }) of.Sizes[size] = of.Sizes.GetValueOrDefault(size) + 1;
        }

        foreach (var (instance, (_, size)) in _on) Of(_providerOf.GetValueOrDefault(instance, "")).Add(size);
        foreach (var work in _unplaced.Values)
        {
            var of = Of(work.Provider);
            of.Add(work.Size);
            if (work.IsWaiting) of.Waiting[work.Size] = of.Waiting.GetValueOrDefault(work.Size) + 1;
        }

        foreach (var (provider, of) in counts)
        {
            if (of.Sizes.Count > 0) _sizes[provider] = of.Sizes.MaxBy(one => (one.Value, one.Key.Cpu, one.Key.Memory)).Key;
            var size = _sizes.GetValueOrDefault(provider);
            yield return KeyValuePair.Create(provider, new ScalingSample(at, of.Instances, of.Busy, of.Waiting.Values.Sum(), MoreFor(of.Waiting, size), Needed(of.Cpu, of.Memory, size)));
        }

        Counts Of(string provider) => counts.TryGetValue(provider, out var known) ? known : counts[provider] = new Counts();
    }

    // Tasks of one size are packed by themselves, and the largest of these numbers is a lower bound for all: so ECS does it.
    private static int MoreFor(Dictionary<Size, int> waiting, Size instance) => waiting.Count == 0 ? 0 : waiting.Max(group => Instances(group.Value, group.Key, instance));

    private static int Instances(int tasks, Size task, Size instance)
    {
        if (instance.Cpu == 0) return 1;
        var each = Math.Min(task.Cpu > 0 ? instance.Cpu / task.Cpu : long.MaxValue, task.Memory > 0 ? instance.Memory / task.Memory : long.MaxValue);

        // One that fits on no such instance is not helped by another.
        return each == 0 ? 0 : (int)Math.Min(tasks, (tasks + each - 1) / each);
    }

    private static int Needed(long cpu, long memory, Size instance) =>
        cpu == 0 && memory == 0 ? 0 : instance.Cpu == 0 ? 1 : (int)Math.Max(1, Math.Max((cpu + instance.Cpu - 1) / instance.Cpu, (memory + instance.Memory - 1) / instance.Memory));

    private void Put(TaskState task)
    {
        var key = task.Name.Key;
        if (_tasks.Remove(key, out var before)) Count(key, before, -1);
        if (task.Instance.Length > 0 && task.Detail.CapacityProviderName is { Length: > 0 } provider) _providerOf.TryAdd(task.Instance, provider);
        if (task.IsStopped || ServiceCount.FargateOf(task).Tasks > 0 || daemons.Contains(task.Service) || task.Detail.Group?.StartsWith("daemon:", StringComparison.Ordinal) == true) return;
        var size = new Size(TaskNeed.Number(task.Detail.Cpu) ?? 0, TaskNeed.Number(task.Detail.Memory) ?? 0);
        Count(key, _tasks[key] = new Work(task.Detail.CapacityProviderName ?? "", task.Instance, size, task.Detail.LastStatus == "PROVISIONING"), 1);
    }

    private void Count(string key, Work work, int by)
    {
        if (work.Instance.Length == 0)
        {
            if (by > 0) _unplaced[key] = work;
            else _unplaced.Remove(key);
            return;
        }

        var (tasks, size) = _on.GetValueOrDefault(work.Instance);
        if (tasks + by == 0) _on.Remove(work.Instance);
        else _on[work.Instance] = (tasks + by, new Size(size.Cpu + (by * work.Size.Cpu), size.Memory + (by * work.Size.Memory)));
    }

    private sealed record Work(string Provider, string Instance, Size Size, bool IsWaiting);

    private readonly record struct Size(long Cpu, long Memory);

    private sealed class Counts
    {
        public int Instances, Busy;
        public long Cpu, Memory;
        public readonly Dictionary<Size, int> Sizes = [], Waiting = [];

        public void Add(Size size) => (Cpu, Memory) = (Cpu + size.Cpu, Memory + size.Memory);
    }
}
