using System.Collections.Frozen;
using System.Globalization;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Makes a problem of a cluster, out of what its events carry.</summary>
/// <remarks>
/// Events carry sizes, places, zones, types and what is taken. They carry no constraint, no strategy and no deployment configuration. What shows is taken for
/// meant, since that is the careful side: tasks that are all on instances of their own stay so, even zones stay even, a service with one task on every instance is
/// a daemon. Ports and GPUs are those of a service's newest task that has its containers. Facts that somebody gives come first. Fargate's tasks have no instance and are no part of it.
/// </remarks>
public static class ClusterPacking
{
    // One of one or two of two may be chance.
    private const int SeenMin = 3;

    private const int Unlimited = int.MaxValue / 8;

    /// <summary>The problem.</summary>
    /// <param name="view">The cluster.</param>
    /// <param name="facts">What is known besides, by the service's name.</param>
    /// <param name="room">What must still be possible.</param>
    public static PackingProblem ProblemOf(ClusterView view, IReadOnlyDictionary<string, WorkloadFacts>? facts = null, PackingRoom? room = null)
    {
        ArgumentNullException.ThrowIfNull(view);
        var instances = view.Instances.Where(i => i.State.Detail is { Status: "ACTIVE" or "DRAINING", RegisteredCpu: > 0, RegisteredMemory: > 0 }).ToList();
        var at = instances.Select((i, n) => (i.State.Name.Id, n)).ToDictionary(i => i.Id, i => i.n, StringComparer.Ordinal);
        var tasks = view.Tasks.Where(t => !t.IsStopped && t.Detail.DesiredStatus != "STOPPED" && at.ContainsKey(t.Instance)).OrderBy(t => t.Name.Id, StringComparer.Ordinal).ToList();
        var groups = tasks.GroupBy(GroupOf, StringComparer.Ordinal).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new SeenGroup(g.Key, [.. g], at)).ToList();
        var active = instances.Select((i, n) => (i, n)).Where(i => i.i.State.Detail.Status == "ACTIVE").Select(i => i.n).ToHashSet();
        var workloads = groups.Select(g => WorkloadOf(g, instances, active, facts?.GetValueOrDefault(g.Name))).ToList();
        var number = groups.Select((g, n) => (g.Key, n)).ToDictionary(g => g.Key, g => g.n, StringComparer.Ordinal);
        var stopping = view.Tasks.Where(t => !t.IsStopped && t.Detail.DesiredStatus == "STOPPED").GroupBy(t => t.Instance, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Aggregate(default(Amounts), (sum, t) => sum + new Amounts(Number(t.Detail.Cpu), Number(t.Detail.Memory))), StringComparer.Ordinal);
        return new PackingProblem
        {
            Instances = [.. instances.Select((i, n) => InstanceOf(i, groups, workloads, n, stopping.GetValueOrDefault(i.State.Name.Id)))], Workloads = workloads, Room = room ?? new PackingRoom(),
            Tasks = [.. tasks.Select(t => new PackingTask(t.Name.Id, number[GroupOf(t)], at[t.Instance])).Where(t => !workloads[t.Workload].IsDaemon)],
        };
    }

    private static PackingInstance InstanceOf(InstanceView view, List<SeenGroup> groups, List<PackingWorkload> workloads, int at, Amounts stopping)
    {
        var (detail, machine) = (view.State.Detail, view.State.Machine);
        var (taken, named) = (new Amounts((int)(view.UsedCpu ?? 0), (int)(view.UsedMemory ?? 0), machine.RegisteredGpus.Length - machine.RemainingGpus.Length), default(Amounts));
        for (var g = 0; g < groups.Count; g++)
        {
            for (var n = groups[g].CountOn(at); n > 0; n--) named += workloads[g].Size;
        }

        // What stops has been named, and leaves by itself. Where there is more, tasks run that no event has told of: watching began after they did.
        var unknown = taken - named - stopping;
        var type = machine.InstanceType ?? "";

        // More tasks with interfaces than the type has interfaces: trunking is on, and its limit is beyond what packing reaches.
        var interfaces = InstanceShapes.Find(type)?.Registered.Interfaces is { } known && known >= named.Interfaces ? known : Unlimited;
        return new PackingInstance
        {
            Id = view.State.Name.Id, Type = type, Zone = machine.AvailabilityZone ?? "", IsDraining = detail.Status == "DRAINING", ReservedPorts = machine.ReservedPorts,
            Shape = new Amounts((int)(detail.RegisteredCpu ?? 0), (int)(detail.RegisteredMemory ?? 0), machine.RegisteredGpus.Length, interfaces),
            Taken = Amounts.Max(default, (taken - named) with { Interfaces = 0 }), HasUnknown = unknown.Cpu > 0 || unknown.Memory > 0, Attributes = AttributesOf(view.State),
        };
    }

    private static FrozenDictionary<string, string> AttributesOf(InstanceState state) =>
        new (string Name, string? Value)[]
        {
            ("ecs.ami-id", state.Machine.AmiId), ("ecs.os-type", state.Machine.OsType), ("ecs.cpu-architecture", state.Machine.CpuArchitecture),
            (CapacityProvider, state.Detail.CapacityProviderName),
        }.Where(a => a.Value is { Length: > 0 }).ToFrozenDictionary(a => a.Name, a => a.Value!, StringComparer.Ordinal); // Looked at just before.

    private const string CapacityProvider = "capacity-provider";

    private static PackingWorkload WorkloadOf(SeenGroup group, List<InstanceView> instances, HashSet<int> active, WorkloadFacts? facts)
    {
        // While a deployment goes on there are tasks of two sizes; the newer is what they all will have.
        var newest = group.Tasks.MaxBy(t => (t.Detail.CreatedAt.UnixMilliseconds, t.Name.Id))!;
        var count = group.Tasks.Count;
        var isService = group.IsService;
        var isDaemon = facts?.IsDaemon ?? (group.Key.StartsWith("daemon:", StringComparison.Ordinal) || (isService && active.Count >= SeenMin && group.IsOnePerInstance && active.SetEquals(group.On)));
        var isMovable = facts?.IsMovable ?? (isService && long.TryParse(newest.Detail.Memory, CultureInfo.InvariantCulture, out _));

        // Ports and GPUs are in events only once a task's containers are made.
        var claims = group.Tasks.Where(t => t.Claims is not null).MaxBy(t => (t.Detail.CreatedAt.UnixMilliseconds, t.Name.Id))?.Claims;
        return new PackingWorkload
        {
            Name = group.Name, IsDaemon = isDaemon, IsMovable = isMovable || isDaemon,
            Size = new Amounts(Number(newest.Detail.Cpu), Number(newest.Detail.Memory), facts?.Gpus ?? claims?.Gpus ?? 0, newest.Network is null ? 0 : 1),
            IsDistinct = facts?.IsDistinct ?? (isService && count >= SeenMin && group.IsOnePerInstance),
            IsSpread = facts?.IsSpread ?? (isService && IsSeenSpread(group, instances, active)),
            Constraints = facts?.Constraints ?? ConstraintsOf(newest), HostPorts = facts?.HostPorts ?? (claims is null ? [] : [.. claims.Ports.Union(claims.UdpPorts).Order()]),
            MinimumRunning = facts?.MinimumHealthyPercent is { } percent ? (int)Math.Min(count, (((long)count * percent) + 99) / 100) : null,
            MaximumPercent = facts?.MaximumPercent ?? PackingWorkload.MaximumPercentDefault,
        };
    }

    // A task of a capacity provider runs on that provider's instances alone.
    private static PlacementConstraint[] ConstraintsOf(TaskState task) =>
        task.Detail.CapacityProviderName is { Length: > 0 } provider ? [new PlacementConstraint(CapacityProvider, [provider])] : [];

    private static bool IsSeenSpread(SeenGroup group, List<InstanceView> instances, HashSet<int> active)
    {
        var zones = active.Select(i => instances[i].State.Machine.AvailabilityZone ?? "").Distinct(StringComparer.Ordinal).ToList();
        if (zones.Count < 2 || group.Tasks.Count < Math.Max(SeenMin, zones.Count)) return false;
        var counts = zones.Select(z => group.Places.Count(i => instances[i].State.Machine.AvailabilityZone == z || (z.Length == 0 && instances[i].State.Machine.AvailabilityZone is null))).ToList();
        return counts.Max() - counts.Min() <= 1;
    }

    private static string GroupOf(TaskState task) => task.Service.Length > 0 ? "service:" + task.Service : task.Detail.Group is { Length: > 0 } group ? group : "family:" + task.Family;

    private static int Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? (int)Math.Clamp(number, 0, Unlimited) : 0;

    /// <summary>Tasks of one group, and where they are.</summary>
    private sealed class SeenGroup
    {
        private readonly Dictionary<int, int> _counts = [];

        public SeenGroup(string key, List<TaskState> tasks, Dictionary<string, int> at)
        {
            (Key, Tasks, Places) = (key, tasks, tasks.ConvertAll(t => at[t.Instance]));
            foreach (var place in Places) _counts[place] = _counts.GetValueOrDefault(place) + 1;
            On = [.. _counts.Keys];
        }

        public string Key { get; }

        public List<TaskState> Tasks { get; }

        public List<int> Places { get; }

        public HashSet<int> On { get; }

        public bool IsService => Key.StartsWith("service:", StringComparison.Ordinal);

        public string Name => IsService ? Key["service:".Length..] : Key;

        public bool IsOnePerInstance => On.Count == Tasks.Count;

        public int CountOn(int instance) => _counts.GetValueOrDefault(instance);
    }
}
