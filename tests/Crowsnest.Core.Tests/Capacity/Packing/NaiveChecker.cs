using Crowsnest.Core.Capacity.Packing;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>The rules once more, as they would be explained and not as they are computed: for small clusters, and for what a packer says of large ones.</summary>
public static class NaiveChecker
{
    /// <summary>Everything that is placed has its room, may be there, and meets nothing that it must not.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="places">Where each task is, or -1.</param>
    /// <param name="more">Tasks besides: room for a deployment, or a second copy.</param>
    public static bool IsSound(PackingProblem problem, IReadOnlyList<int> places, IReadOnlyList<ReservedPlace>? more = null)
    {
        for (var i = 0; i < problem.Instances.Count; i++)
        {
            var here = new List<int>();
            for (var t = 0; t < places.Count; t++)
            {
                if (places[t] == i) here.Add(problem.Tasks[t].Workload);
            }

            here.AddRange((more ?? []).Where(r => r.Instance == i).Select(r => r.Workload));
            if (!IsSound(problem, problem.Instances[i], here)) return false;
        }

        return true;
    }

    public static bool IsSound(PackingProblem problem, PackingInstance instance, IReadOnlyList<int> workloads)
    {
        var all = workloads.Select(w => problem.Workloads[w]).Concat(problem.Workloads.Where(w => w.IsDaemon && w.Constraints.All(c => c.Allows(instance)))).ToList();
        int[] ports = [.. instance.ReservedPorts, .. all.SelectMany(w => w.HostPorts)];
        return instance.Taken.Cpu + all.Sum(w => w.Size.Cpu) <= instance.Shape.Cpu && instance.Taken.Memory + all.Sum(w => w.Size.Memory) <= instance.Shape.Memory
            && all.Sum(w => w.Size.Gpus) <= instance.Shape.Gpus && all.Sum(w => w.Size.Interfaces) <= instance.Shape.Interfaces
            && all.All(w => w.Constraints.All(c => c.Allows(instance))) && ports.Distinct().Count() == ports.Length
            && all.Where(w => w.IsDistinct).Distinct(ReferenceEqualityComparer.Instance).Count() == all.Count(w => w.IsDistinct);
    }

    /// <summary>What is wrong with a result; nothing when it keeps every promise.</summary>
    public static IEnumerable<string> Faults(PackingResult result)
    {
        var problem = result.Problem;
        var kept = result.Kept.ToHashSet();
        if (!kept.Concat(result.Emptied).Order().SequenceEqual(Enumerable.Range(0, problem.Instances.Count))) yield return "an instance is neither kept nor emptied, or both";
        if (!result.IsPossible)
        {
            if (result.Emptied.Count > 0) yield return "something is emptied though not everything has a place";
            if (result.Blocks.Count == 0) yield return "nothing is said of what is lacking";
            yield break;
        }

        if (!IsSound(problem, result.Places, result.Reserved)) yield return "an instance has more than it may have";
        var counts = Counts(problem);
        for (var t = 0; t < problem.Tasks.Count; t++)
        {
            var (task, place) = (problem.Tasks[t], result.Places[t]);
            if (place < 0 || !kept.Contains(place)) yield return $"{task.Id} is on no instance that is kept";
            else if (place != task.Instance && problem.Instances[place].IsDraining) yield return $"{task.Id} moves to an instance that drains";
            if (task.Instance >= 0 && place != task.Instance && IsStuck(problem.Workloads[task.Workload], counts[task.Workload])) yield return $"{task.Id} moves and must not";
            if (place >= 0 && problem.Instances[place].IsDraining && !IsStuck(problem.Workloads[task.Workload], counts[task.Workload])) yield return $"{task.Id} stays on an instance that drains";
        }

        for (var w = 0; w < problem.Workloads.Count; w++)
        {
            if (!IsEven(problem, w, result.Places)) yield return $"{problem.Workloads[w].Name} is less spread than it was";
        }

        if (problem.Room.ForDeployment && !HasDeployment(problem, result.Reserved)) yield return "room for a deployment is missing";
        if (!result.Reserved.All(r => kept.Contains(r.Instance) && !problem.Instances[r.Instance].IsDraining)) yield return "room is kept on what is not";
        if (result.Kept.Count < result.LowerBound) yield return $"{result.Kept.Count} are kept, below the bound of {result.LowerBound}";
    }

    public static bool IsEven(PackingProblem problem, int workload, IReadOnlyList<int> places)
    {
        if (!problem.Workloads[workload].IsSpread) return true;

        // Zones with an instance that would take a task of no size, alone beside what is fixed.
        var alone = problem with { Workloads = [.. problem.Workloads.Where((w, n) => n == workload || w.IsDaemon).OrderBy(w => w.IsDaemon).Select(w => w with { Size = default })] };
        var zones = problem.Instances.Where(i => !i.IsDraining && IsSound(alone, i with { Taken = default, ReservedPorts = [.. i.ReservedPorts, .. FixedPorts(problem, i)] }, [0]))
            .Select(i => i.Zone).Distinct().ToList();
        if (zones.Count == 0) return true;
        int Ahead(Func<int, int> place) => zones.Max(z => In(z, place)) - zones.Min(z => In(z, place));
        int In(string zone, Func<int, int> place) => Enumerable.Range(0, problem.Tasks.Count).Count(t => problem.Tasks[t].Workload == workload && place(t) >= 0 && problem.Instances[place(t)].Zone == zone);
        return Ahead(t => places[t]) <= Math.Max(1, Ahead(t => problem.Tasks[t].Instance));
    }

    /// <summary>The workload whose deployment needs the most, and how many tasks it adds.</summary>
    public static (int Workload, int Tasks) Deployment(PackingProblem problem)
    {
        var counts = Counts(problem);
        var total = problem.Instances.Select(i => i.Shape - i.Taken - problem.Workloads.Where(w => w.IsDaemon && w.Constraints.All(c => c.Allows(i))).Aggregate(default(Amounts), (s, w) => s + w.Size)).ToList();
        for (var t = 0; t < problem.Tasks.Count; t++)
        {
            if (!problem.Workloads[problem.Tasks[t].Workload].IsMovable) total[problem.Tasks[t].Instance] -= problem.Workloads[problem.Tasks[t].Workload].Size;
        }

        double Sum(Func<Amounts, int> of) => total.Sum(s => (double)Math.Max(0, of(s)));
        var sums = new[] { Sum(s => s.Cpu), Sum(s => s.Memory), Sum(s => s.Gpus), Sum(s => s.Interfaces) };
        var best = (Workload: -1, Tasks: 0, Share: 0.0);
        for (var w = 0; w < counts.Length; w++)
        {
            var of = problem.Workloads[w];
            if (of.IsDaemon || !of.IsMovable) continue;
            var extra = counts[w] * of.MaximumPercent / 100 - counts[w];
            if (extra < 0) extra = 0;
            if (of.IsDistinct || of.HostPorts.Count > 0) extra = (of.MinimumRunning ?? counts[w]) < counts[w] ? 0 : Math.Min(1, extra);
            var share = new[] { of.Size.Cpu, of.Size.Memory, of.Size.Gpus, of.Size.Interfaces }.Select((s, k) => (double)extra * s / Math.Max(1, sums[k])).Max();
            if (share > best.Share) best = (w, extra, share);
        }

        return (best.Workload, best.Tasks);
    }

    public static bool IsStuck(PackingWorkload workload, int count) =>
        !workload.IsMovable || ((workload.MinimumRunning ?? count) >= count && count * workload.MaximumPercent / 100 <= count);

    public static int[] Counts(PackingProblem problem)
    {
        var counts = new int[problem.Workloads.Count];
        foreach (var task in problem.Tasks) counts[task.Workload]++;
        return counts;
    }

    private static IEnumerable<int> FixedPorts(PackingProblem problem, PackingInstance instance) =>
        problem.Tasks.Where(t => t.Instance >= 0 && problem.Instances[t.Instance] == instance && !problem.Workloads[t.Workload].IsMovable).SelectMany(t => problem.Workloads[t.Workload].HostPorts);

    private static bool HasDeployment(PackingProblem problem, IReadOnlyList<ReservedPlace> reserved)
    {
        var (workload, tasks) = Deployment(problem);
        return workload < 0 ? reserved.Count == 0 : reserved.Count == tasks && reserved.All(r => r.Workload == workload);
    }
}
