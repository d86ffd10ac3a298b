using System.Runtime.CompilerServices;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity;

/// <summary>What a cluster has, what of it is reserved and by whom, and what still fits.</summary>
/// <remarks>
/// Immutable, and a function of the view alone. Registered and remaining are ECS's own numbers, out of the events of container instances; tasks are counted from theirs, so
/// the two may differ for the moment that one event is ahead of the other. The time it takes grows with tasks, with instances, and with how many sizes of tasks there are.
/// </remarks>
public sealed record ClusterCapacity
{
    private static readonly ConditionalWeakTable<ClusterView, ClusterCapacity> Kept = [];

    /// <summary>Which cluster.</summary>
    public required ClusterName Name { get; init; }

    /// <summary>All of it.</summary>
    public required CapacitySum Total { get; init; }

    /// <summary>Its container instances that are not INACTIVE, by id.</summary>
    public required IReadOnlyList<InstanceCapacity> Instances { get; init; }

    /// <summary>By availability zone, by name.</summary>
    public required IReadOnlyList<CapacitySum> Zones { get; init; }

    /// <summary>By capacity provider, by name; <c>FARGATE</c> holds what runs on Fargate without one, too.</summary>
    public required IReadOnlyList<CapacitySum> Providers { get; init; }

    /// <summary>Its services, by name: those with a task, and those that could not place one.</summary>
    public required IReadOnlyList<ServiceCapacity> Services { get; init; }

    /// <summary>The largest task by memory that an instance would still take; <see langword="null"/> when none takes any.</summary>
    public LargestTask? LargestByMemory { get; init; }

    /// <summary>The largest task by CPU that an instance would still take.</summary>
    public LargestTask? LargestByCpu { get; init; }

    /// <summary>Counts a cluster, once: what was counted is kept for as long as its view is.</summary>
    public static ClusterCapacity Of(ClusterView cluster)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        return Kept.GetValue(cluster, Count);
    }

    internal static ClusterCapacity Count(ClusterView cluster)
    {
        var count = new CapacityCount(cluster);
        var instances = count.Instances();
        InstanceCapacity[] taking = [.. instances.Where(i => i.Takes == TakesTasks.Yes)];
        return new ClusterCapacity
        {
            Name = cluster.Name, Instances = instances, Total = count.Total(instances), Zones = count.Zones(instances), Providers = count.Providers(instances),
            Services = CountServices(cluster, count, taking, instances.Length),
            LargestByMemory = Largest(taking, static i => (TaskFit.Free(i.Memory), TaskFit.Free(i.Cpu))), LargestByCpu = Largest(taking, static i => (TaskFit.Free(i.Cpu), TaskFit.Free(i.Memory))),
        };
    }

    private static ServiceCapacity[] CountServices(ClusterView cluster, CapacityCount count, InstanceCapacity[] taking, int instances)
    {
        // Services of one size on one provider fit alike.
        var fits = new Dictionary<string, TaskFit?>(StringComparer.Ordinal);
        var failures = new Dictionary<string, ServiceEvent>(StringComparer.Ordinal);
        foreach (var state in cluster.ServicesByKey.Values)
        {
            if (PlacementFailure.Of(state) is { } said) failures[state.Service] = said;
        }

        return
        [
            .. count.Services.Where(s => s.Value.Tasks > 0 || failures.ContainsKey(s.Key)).Select(s => Service(s.Key, s.Value))
                .Concat(failures.Keys.Where(name => !count.Services.ContainsKey(name)).Select(name => Service(name, new ServiceCount(name))))
                .OrderBy(s => s.Name, StringComparer.Ordinal),
        ];

        ServiceCapacity Service(string name, ServiceCount of)
        {
            var need = name.Length > 0 ? of.Need() : null;
            TaskFit? fit = null;
            if (need is not null && !fits.TryGetValue(need.Key, out fit)) fits[need.Key] = fit = TaskFit.Of(need, taking);
            return new ServiceCapacity
            {
                Name = name, Tasks = of.Tasks, Cpu = of.Cpu, Memory = of.Memory, Fargate = of.Fargate, Need = need, Fit = fit,
                Failure = failures.TryGetValue(name, out var said) ? PlacementFailure.Of(said, need, fit, taking, instances) : null,
            };
        }
    }

    private static LargestTask? Largest(InstanceCapacity[] taking, Func<InstanceCapacity, (long First, long Second)> size) =>
        taking.Length == 0 ? null : taking.MaxBy(size) is { } most ? new LargestTask(most.State.Name.Id, TaskFit.Free(most.Cpu), TaskFit.Free(most.Memory)) : null;
}
