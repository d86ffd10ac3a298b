using System.Collections.Frozen;
using Crowsnest.Core.Capacity.Packing;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>Clusters by chance, each as it could be: everything that runs has its room, and nothing meets what it must not.</summary>
public static class RandomProblems
{
    /// <summary>A cluster.</summary>
    /// <param name="random">Chance.</param>
    /// <param name="instancesMax">At most so many instances.</param>
    /// <param name="tasksMax">At most so many tasks.</param>
    public static PackingProblem Draw(Random random, int instancesMax, int tasksMax)
    {
        while (true)
        {
            if (TryDraw(random, instancesMax, tasksMax) is { } problem) return problem;
        }
    }

    private static PackingProblem? TryDraw(Random random, int instancesMax, int tasksMax)
    {
        var (count, zones, isMixed) = (random.Next(3, instancesMax + 1), random.Next(1, 4), random.Next(3) == 0);
        var instances = Enumerable.Range(0, count).Select(i => new PackingInstance
        {
            Id = "i" + i, Zone = "z" + (i % zones), Shape = Shape(random, isMixed && random.Next(2) == 0),
            Taken = random.Next(6) == 0 ? new Amounts(100, 300) : default, ReservedPorts = random.Next(8) == 0 ? [80] : [], IsDraining = random.Next(15) == 0,
            Attributes = new Dictionary<string, string> { ["tier"] = random.Next(3) == 0 ? "front" : "back" }.ToFrozenDictionary(),
        }).ToArray();
        var workloads = new List<PackingWorkload>();
        var tasks = new List<PackingTask>();
        var total = random.Next(tasksMax / 2, tasksMax + 1);
        if (random.Next(3) == 0) workloads.Add(new PackingWorkload { Name = "agent", Size = new Amounts(128, 256), IsDaemon = true, HostPorts = random.Next(2) == 0 ? [9100] : [] });
        while (tasks.Count < total)
        {
            var of = random.Next(1, Math.Min(total - tasks.Count, Math.Max(3, tasksMax / 4)) + 1);
            var workload = new PackingWorkload
            {
                Name = "w" + workloads.Count, Size = new Amounts(128 * random.Next(1, 17), 250 * random.Next(1, 17), random.Next(12) == 0 ? 1 : 0, random.Next(4) == 0 ? 1 : 0),
                IsDistinct = random.Next(5) == 0, IsSpread = random.Next(4) == 0, IsMovable = random.Next(14) > 0,
                Constraints = random.Next(7) == 0 ? [new PlacementConstraint("tier", ["back"], random.Next(3) == 0)] : [], HostPorts = random.Next(9) == 0 ? [random.Next(2) == 0 ? 80 : 443] : [],
                MinimumRunning = random.Next(3) == 0 ? of / 2 : null, MaximumPercent = random.Next(4) switch { 0 => 100, 1 => 150, _ => 200 },
            };
            if (!workload.IsMovable) workload = workload with { IsDistinct = false, IsSpread = false };
            workloads.Add(workload);
            for (var n = 0; n < of; n++) tasks.Add(new PackingTask("t" + tasks.Count, workloads.Count - 1, PackingTask.Nowhere));
        }

        var problem = new PackingProblem { Instances = instances, Workloads = workloads, Tasks = tasks };
        var places = Placed(random, problem);
        if (places is null) return null;
        for (var t = 0; t < tasks.Count; t++) tasks[t] = tasks[t] with { Instance = places[t] };
        var room = new PackingRoom { ForDeployment = random.Next(5) == 0, ForInstanceLoss = random.Next(4) == 0, ForZoneLoss = zones > 1 && random.Next(6) == 0 };
        return problem with { Tasks = tasks, Room = room };
    }

    private static Amounts Shape(Random random, bool isLarge) => new(isLarge ? 8192 : 4096, isLarge ? 16000 : 8000, random.Next(4) == 0 ? 2 : 0, random.Next(3) == 0 ? 3 : 20);

    // Anywhere that takes it, draining or not: what drains now was not always draining.
    private static int[]? Placed(Random random, PackingProblem problem)
    {
        var places = new int[problem.Tasks.Count];
        places.AsSpan().Fill(PackingTask.Nowhere);
        for (var t = 0; t < places.Length; t++)
        {
            int[] order = [.. Enumerable.Range(0, problem.Instances.Count)];
            random.Shuffle(order);
            foreach (var i in order)
            {
                places[t] = i;
                if (NaiveChecker.IsSound(problem, places)) break;
                places[t] = PackingTask.Nowhere;
            }

            if (places[t] < 0) return null;
        }

        return places;
    }
}
