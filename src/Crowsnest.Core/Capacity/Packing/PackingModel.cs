namespace Crowsnest.Core.Capacity.Packing;

/// <summary>A problem in whole numbers: what the search reads, and never changes.</summary>
/// <remarks>
/// Daemons, what is taken and tasks that nobody would start anew are off the instances' amounts, and their ports among the reserved ones. The tasks that a
/// rolling deployment adds come last, as tasks of a workload of their own that lives by its service's rules.
/// </remarks>
internal sealed class PackingModel
{
    private PackingModel(PackingProblem problem) => Problem = problem;

    public PackingProblem Problem { get; }

    public int InstanceCount => Problem.Instances.Count;

    public int WorkloadCount => Size.Length;

    public int TaskCount => Workload.Length;

    /// <summary>What of an instance tasks can have.</summary>
    public required Amounts[] Capacity { get; init; }

    /// <summary>It may be given tasks.</summary>
    public required bool[] IsOpen { get; init; }

    /// <summary>Something runs on it that cannot be moved.</summary>
    public required bool[] MustStay { get; init; }

    /// <summary>The number of its zone.</summary>
    public required int[] Zone { get; init; }

    public required string[] Zones { get; init; }

    /// <summary>What a task of the workload takes.</summary>
    public required Amounts[] Size { get; init; }

    /// <summary>Where it may run; <see langword="null"/> for anywhere. The same array for equal reasons.</summary>
    public required bool[]?[] Allowed { get; init; }

    /// <summary>Whose tasks those of a distinct workload must not meet: its own, or -1.</summary>
    public required int[] DistinctOf { get; init; }

    public required int[][] Ports { get; init; }

    /// <summary>By how many the fullest of its zones may be ahead; -1 when it is not spread.</summary>
    public required int[] SkewMax { get; init; }

    /// <summary>The zones that count for its spreading; empty when it is not spread.</summary>
    public required bool[][] SpreadZones { get; init; }

    /// <summary>The workload of the problem that it stands for: itself, or of a deployment's room the service.</summary>
    public required int[] Source { get; init; }

    /// <summary>The workload of each task.</summary>
    public required int[] Workload { get; init; }

    /// <summary>Where each task is now.</summary>
    public required int[] Start { get; init; }

    /// <summary>The task is part of its instance: nobody would start it anew.</summary>
    public required bool[] IsFixed { get; init; }

    /// <summary>The task stays where it is, though somebody would start it anew if it were lost.</summary>
    public required bool[] IsPinned { get; init; }

    /// <summary>From this task on they are room for a deployment.</summary>
    public required int RoomFrom { get; init; }

    /// <summary>How much an amount of each kind weighs: an instance as large as the average one weighs the same by each.</summary>
    public required long[] Weights { get; init; }

    /// <summary>The weight of what a task of each workload takes.</summary>
    public required long[] Weight { get; init; }

    /// <summary>Which workload of the problem a deployment must have room for, or -1.</summary>
    public int Deployed { get; private init; } = -1;

    public string Name(int workload) => Problem.Workloads[Source[workload]].Name;

    public static PackingModel Of(PackingProblem problem)
    {
        var (instances, workloads, tasks) = (problem.Instances, problem.Workloads, problem.Tasks);
        var counts = new int[workloads.Count];
        foreach (var task in tasks) counts[task.Workload]++;
        var parts = new ModelParts(problem);
        var isFixed = new bool[tasks.Count];
        for (var t = 0; t < tasks.Count; t++)
        {
            if (workloads[tasks[t].Workload].IsMovable || tasks[t].Instance < 0) continue;
            isFixed[t] = true;
            parts.Fix(tasks[t]);
        }

        var (deployed, extra) = problem.Room.ForDeployment ? Largest(problem, parts.Capacity, counts) : (-1, 0);
        int[] source = [.. Enumerable.Range(0, workloads.Count), .. deployed >= 0 ? [deployed] : Array.Empty<int>()];
        var allowed = source.Select(w => parts.Allowed(workloads[w])).ToArray();
        var spreadZones = source.Select((w, i) => i < workloads.Count && workloads[w].IsSpread ? parts.ZonesOf(allowed[i]) : []).ToArray();
        var skew = Skew(problem, parts, spreadZones);
        var isPinned = tasks.Select((t, i) => !isFixed[i] && t.Instance >= 0 && IsPinnedAt(workloads[t.Workload], counts[t.Workload])).ToArray();
        for (var t = 0; t < tasks.Count; t++)
        {
            if (isPinned[t]) parts.MustStay[tasks[t].Instance] = true;
        }

        var weights = WeightsOf(parts.Capacity);
        var size = source.Select(w => workloads[w].Size).ToArray();
        return new PackingModel(problem)
        {
            Capacity = parts.Capacity, IsOpen = [.. instances.Select(i => !i.IsDraining)], MustStay = parts.MustStay, Zone = parts.Zone, Zones = parts.Zones,
            Size = size, Allowed = allowed, DistinctOf = [.. source.Select(w => workloads[w].IsDistinct ? w : -1)],
            Ports = [.. source.Select(w => workloads[w].HostPorts.ToArray())], SkewMax = skew, SpreadZones = spreadZones, Source = source,
            Workload = [.. tasks.Select(t => t.Workload), .. Enumerable.Repeat(workloads.Count, extra)],
            Start = [.. tasks.Select(t => t.Instance), .. Enumerable.Repeat(PackingTask.Nowhere, extra)],
            IsFixed = [.. isFixed, .. new bool[extra]], IsPinned = [.. isPinned, .. new bool[extra]], RoomFrom = tasks.Count, Deployed = deployed,
            Weights = weights, Weight = [.. size.Select(s => WeightOf(s, weights))],
        };
    }

    /// <summary>What amounts weigh together.</summary>
    public static long WeightOf(Amounts of, long[] weights) => (of.Cpu * weights[0]) + (of.Memory * weights[1]) + (of.Gpus * weights[2]);

    /// <summary>How many tasks a rolling deployment adds at a time: see <see cref="PackingRoom.ForDeployment"/>.</summary>
    internal static int DeploymentTasks(PackingWorkload workload, int count)
    {
        var extra = workload.MaximumOf(count) - count;
        if (!workload.IsDistinct && workload.HostPorts.Count == 0) return extra;
        return workload.MinimumOf(count) < count ? 0 : Math.Min(extra, 1);
    }

    // With neither one more nor one fewer it cannot be moved without a pause that nobody allowed.
    internal static bool IsPinnedAt(PackingWorkload workload, int count) => workload.MinimumOf(count) == count && workload.MaximumOf(count) == count;

    private static (int Workload, int Extra) Largest(PackingProblem problem, Amounts[] capacity, int[] counts)
    {
        var total = new double[Amounts.Kinds];
        foreach (var one in capacity)
        {
            for (var k = 0; k < Amounts.Kinds; k++) total[k] += Math.Max(0, one.Of(k));
        }

        var (largest, extra, share) = (-1, 0, 0.0);
        for (var w = 0; w < counts.Length; w++)
        {
            if (problem.Workloads[w] is not { IsMovable: true, IsDaemon: false } workload || DeploymentTasks(workload, counts[w]) is not (> 0 and var more)) continue;
            var of = 0.0;
            for (var k = 0; k < Amounts.Kinds; k++) of = Math.Max(of, (double)more * workload.Size.Of(k) / Math.Max(1, total[k]));
            if (of > share) (largest, extra, share) = (w, more, of);
        }

        return (largest, extra);
    }

    private static int[] Skew(PackingProblem problem, ModelParts parts, bool[][] spreadZones)
    {
        var byZone = spreadZones.Select(z => new int[z.Length]).ToArray();
        foreach (var task in problem.Tasks)
        {
            if (task.Instance >= 0 && byZone[task.Workload].Length > 0) byZone[task.Workload][parts.Zone[task.Instance]]++;
        }

        return [.. spreadZones.Select((zones, w) => zones.Length == 0 ? -1 : Math.Max(1, SkewOf(zones, byZone[w])))];
    }

    /// <summary>By how many the fullest of the zones is ahead of the emptiest.</summary>
    internal static int SkewOf(bool[] zones, int[] byZone)
    {
        var (most, fewest) = (0, int.MaxValue);
        for (var z = 0; z < zones.Length; z++)
        {
            if (zones[z]) (most, fewest) = (Math.Max(most, byZone[z]), Math.Min(fewest, byZone[z]));
        }

        return fewest == int.MaxValue ? 0 : most - fewest;
    }

    private static long[] WeightsOf(Amounts[] capacity)
    {
        var weights = new long[Amounts.Kinds];
        for (var k = 0; k < Amounts.Kinds - 1; k++)
        {
            var total = capacity.Sum(c => (long)Math.Max(0, c.Of(k)));
            weights[k] = total == 0 ? 0 : (capacity.Length * (1L << 24)) / total;
        }

        // An instance with GPUs looks empty to what wants none, so that it is taken last. Interfaces are many or do not count.
        weights[2] *= 4;
        return weights;
    }
}
