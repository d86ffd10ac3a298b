using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>One container instance: what it has, what of it is taken, and what runs on it.</summary>
/// <param name="State">What its events say.</param>
/// <param name="Running">Tasks that run on it, counted; the event's own <c>runningTasksCount</c> stands in the state.</param>
/// <param name="Pending">Tasks on their way up on it.</param>
public sealed record InstanceView(InstanceState State, int Running, int Pending)
{
    /// <summary>CPU units reserved by tasks, or <see langword="null"/> when an amount is missing.</summary>
    public long? UsedCpu => State.Detail.RegisteredCpu - State.Detail.RemainingCpu;

    /// <summary>MiB of memory reserved by tasks.</summary>
    public long? UsedMemory => State.Detail.RegisteredMemory - State.Detail.RemainingMemory;

    /// <summary>GPUs that tasks have.</summary>
    public IReadOnlyList<string> UsedGpus => [.. State.Machine.RegisteredGpus.Except(State.Machine.RemainingGpus, StringComparer.Ordinal)];

    internal static IReadOnlyList<InstanceView> AllOf(ClusterView cluster)
    {
        var counts = new Dictionary<string, (int Running, int Pending)>(StringComparer.Ordinal);
        foreach (var task in cluster.TasksByKey.Values)
        {
            if (task.Instance.Length == 0) continue;
            var isRunning = task.Detail.LastStatus == "RUNNING";
            if (!isRunning && !TaskWait.IsStarting(task.Detail.LastStatus)) continue;
            var before = counts.GetValueOrDefault(task.Instance);
            counts[task.Instance] = isRunning ? before with { Running = before.Running + 1 } : before with { Pending = before.Pending + 1 };
        }

        return
        [
            .. cluster.InstancesByKey.Values.OrderBy(i => i.Name.Id, StringComparer.Ordinal)
                .Select(i => counts.GetValueOrDefault(i.Name.Id) is var on ? new InstanceView(i, on.Running, on.Pending) : throw new System.Diagnostics.UnreachableException()),
        ];
    }
}

/// <summary>A capacity provider that tasks, instances or services named.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Running">Tasks of it that run.</param>
/// <param name="Pending">Tasks of it on their way up.</param>
/// <param name="Instances">Container instances of it that are not INACTIVE; none on Fargate.</param>
/// <param name="Services">Services whose events named it.</param>
/// <param name="NewestAt">The newest word of any of them.</param>
public sealed record CapacityProviderView(string Name, int Running, int Pending, int Instances, int Services, EventTime NewestAt)
{
    internal static IReadOnlyList<CapacityProviderView> AllOf(ClusterView cluster)
    {
        var all = new Dictionary<string, CapacityProviderView>(StringComparer.Ordinal);
        foreach (var task in cluster.TasksByKey.Values)
        {
            if (task.IsStopped || task.Detail.CapacityProviderName is not { Length: > 0 } name) continue;
            var isRunning = task.Detail.LastStatus == "RUNNING";
            var isPending = TaskWait.IsStarting(task.Detail.LastStatus);
            See(name, task.Order.At, seen => seen with { Running = seen.Running + (isRunning ? 1 : 0), Pending = seen.Pending + (isPending ? 1 : 0) });
        }

        foreach (var instance in cluster.InstancesByKey.Values)
        {
            if (!instance.IsStopped && instance.Detail.CapacityProviderName is { Length: > 0 } name) See(name, instance.Order.At, seen => seen with { Instances = seen.Instances + 1 });
        }

        foreach (var service in cluster.ServicesByKey.Values)
        {
            foreach (var name in service.Providers?.List ?? []) See(name, service.Providers!.Key.TimeMilliseconds, seen => seen with { Services = seen.Services + 1 });
        }

        return [.. all.Values.OrderBy(p => p.Name, StringComparer.Ordinal)];

        void See(string name, long at, Func<CapacityProviderView, CapacityProviderView> count)
        {
            var seen = count(all.GetValueOrDefault(name) ?? new CapacityProviderView(name, 0, 0, 0, 0, default));
            all[name] = at > seen.NewestAt.UnixMilliseconds ? seen with { NewestAt = new EventTime(at) } : seen;
        }
    }
}
