namespace Crowsnest.Core.Capacity.Packing;

/// <summary>So many tasks of a workload on an instance.</summary>
/// <param name="Workload">The workload's place in the problem.</param>
/// <param name="Tasks">How many.</param>
public readonly record struct PackedTasks(int Workload, int Tasks);

/// <summary>What is on each instance, as one draws it.</summary>
public static class PackedInstances
{
    /// <summary>For each instance of the problem, what is on it: daemons first, then by workload.</summary>
    /// <param name="problem">The problem.</param>
    /// <param name="places">Where each of its tasks is; where it is now unless given.</param>
    public static IReadOnlyList<IReadOnlyList<PackedTasks>> Of(PackingProblem problem, IReadOnlyList<int>? places = null)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var on = problem.Instances.Select(_ => new SortedDictionary<int, int>()).ToArray();
        for (var t = 0; t < problem.Tasks.Count; t++)
        {
            var at = places?[t] ?? problem.Tasks[t].Instance;
            if (at >= 0) on[at][problem.Tasks[t].Workload] = on[at].GetValueOrDefault(problem.Tasks[t].Workload) + 1;
        }

        var daemons = Enumerable.Range(0, problem.Workloads.Count).Where(w => problem.Workloads[w].IsDaemon).ToList();
        return
        [
            .. problem.Instances.Select((instance, i) => (IReadOnlyList<PackedTasks>)
                [.. daemons.Where(w => ModelParts.Allows(problem.Workloads[w], instance)).Select(w => new PackedTasks(w, 1)), .. on[i].Select(one => new PackedTasks(one.Key, one.Value))]),
        ];
    }
}
