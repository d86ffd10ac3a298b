using Crowsnest.Core.Capacity.Packing;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>Carries a plan out, and says what is wrong at any step.</summary>
public static class MoveSimulator
{
    public static IEnumerable<string> Faults(PackingResult result, MovePlan plan)
    {
        var problem = result.Problem;
        var counts = NaiveChecker.Counts(problem);
        var copies = problem.Tasks.Select(t => t.Instance >= 0 ? new List<int> { t.Instance } : []).ToArray();
        var isThere = problem.Instances.Select(i => !i.IsPlanned).ToArray();
        for (var n = 0; n < plan.Steps.Count; n++)
        {
            var step = plan.Steps[n];
            var workload = step.Task >= 0 ? problem.Tasks[step.Task].Workload : -1;
            switch (step.Kind)
            {
                case MoveKind.Add:
                    isThere[step.Instance] = true;
                    continue;
                case MoveKind.Release:
                    if (copies.Any(c => c.Contains(step.Instance))) yield return $"step {n} releases an instance on which something runs";
                    isThere[step.Instance] = false;
                    continue;
                case MoveKind.Start:
                    if (!isThere[step.Instance] || problem.Instances[step.Instance].IsDraining) yield return $"step {n} starts a task on an instance that takes none";
                    copies[step.Task].Add(step.Instance);
                    break;
                default:
                    if (!copies[step.Task].Remove(step.Instance)) yield return $"step {n} stops what does not run there";
                    break;
            }

            var here = copies.SelectMany((c, t) => c.Where(i => i == step.Instance).Select(_ => problem.Tasks[t].Workload)).ToList();
            if (step.Kind == MoveKind.Start && !NaiveChecker.IsSound(problem, problem.Instances[step.Instance], here)) yield return $"step {n} overfills {problem.Instances[step.Instance].Id}";
            var running = copies.Where((_, t) => problem.Tasks[t].Workload == workload).Sum(c => c.Count);
            var (of, began) = (problem.Workloads[workload], problem.Tasks.Count(t => t.Workload == workload && t.Instance >= 0));
            if (running < Math.Min(began, of.MinimumRunning ?? counts[workload])) yield return $"step {n} leaves {running} of {of.Name}";
            if (running > Math.Max(counts[workload], counts[workload] * of.MaximumPercent / 100)) yield return $"step {n} has {running} of {of.Name} run";
        }

        for (var t = 0; t < copies.Length; t++)
        {
            var expected = plan.Unordered.Contains(t) ? -2 : result.Places[t];
            if (expected >= 0 && !copies[t].SequenceEqual([expected])) yield return $"{problem.Tasks[t].Id} ends elsewhere";
            if (copies[t].Count > 1) yield return $"{problem.Tasks[t].Id} runs twice";
        }

        if (plan.Unordered.Count > 0 && plan.Blocks.Count == 0) yield return "nothing is said of what cannot be ordered";
        foreach (var i in result.Emptied)
        {
            if (isThere[i] == !plan.NotReleased.Contains(i)) yield return $"{problem.Instances[i].Id} should go and does not, or the other way";
        }
    }
}
