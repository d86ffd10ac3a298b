using System.Diagnostics;
using System.Globalization;
using Crowsnest.Core.Capacity.Packing;

namespace Crowsnest.Bench;

/// <summary>Re-packing of a large cluster beside plain first-fit decreasing, which knows amounts, constraints and distinct instances and nothing else.</summary>
internal static class PackBench
{
    private const int Rounds = 3;

    public static int Run(int instances, int tasks)
    {
        var plain = Draw(instances, tasks);
        Line($"{instances} instances, {plain.Tasks.Count} tasks of {plain.Workloads.Count} services");
        foreach (var (name, room) in new[]
        {
            ("no room", new PackingRoom()), ("room for a deployment and an instance", new PackingRoom { ForDeployment = true, ForInstanceLoss = true }),
            ("room for all three", new PackingRoom { ForDeployment = true, ForInstanceLoss = true, ForZoneLoss = true }),
        })
        {
            var problem = plain with { Room = room };
            var (ours, theirs) = (new List<double>(), new List<double>());
            var (result, firstFit) = (Packer.Pack(problem), FirstFit(problem));
            for (var round = 0; round < Rounds; round++)
            {
                ours.Add(Seconds(() => result = Packer.Pack(problem)));
                theirs.Add(Seconds(() => firstFit = FirstFit(problem)));
            }

            var plan = MovePlan.To(result);
            var planning = Seconds(() => plan = MovePlan.To(result));
            ours.Sort();
            theirs.Sort();
            Line(
                $"{name}: {result.Kept.Count} kept in {ours[Rounds / 2]:0.00} s of processor ({ours[0]:0.00}-{ours[^1]:0.00}), bound {result.LowerBound}");
            Line(
                $"    {result.Moves} moves, ordered in {planning:0.00} s, all but {plan.Unordered.Count}; first-fit decreasing, without room: {firstFit} in {theirs[Rounds / 2]:0.00} s");
        }

        return 0;
    }

    // A fleet as fleets are: a few large services and many small ones, three zones, two types, two thirds full.
    private static PackingProblem Draw(int instanceCount, int taskCount)
    {
        var random = new Random(1);
        var instances = Enumerable.Range(0, instanceCount).Select(i => new PackingInstance
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"i{i:00000}"), Zone = "abc"[i % 3].ToString(), Type = i % 5 == 0 ? "m6i.4xlarge" : "m6i.2xlarge",
            Shape = i % 5 == 0 ? new Amounts(16_384, 62_814, 0, 100) : new Amounts(8_192, 31_357, 0, 100),
        }).ToArray();
        var workloads = new List<PackingWorkload> { new() { Name = "agent", Size = new Amounts(128, 256), IsDaemon = true } };
        var (tasks, free) = (new List<PackingTask>(), instances.Select(i => i.Shape - workloads[0].Size).ToArray());
        while (tasks.Count < taskCount)
        {
            var count = Math.Min(taskCount - tasks.Count, random.Next(20) == 0 ? random.Next(200, 1_000) : random.Next(2, 100));
            workloads.Add(new PackingWorkload
            {
                Name = string.Create(CultureInfo.InvariantCulture, $"s{workloads.Count}"), Size = new Amounts(random.Next(1, 9) * 32, random.Next(1, 16) * 96),
                IsDistinct = random.Next(4) == 0, IsSpread = random.Next(2) == 0,
            });
            var next = random.Next(instanceCount);
            for (var n = 0; n < count; n++)
            {
                next = (next + 1 + (3 * random.Next(40))) % instanceCount;
                while (!Fits(workloads[^1].Size, free[next])) next = (next + 1) % instanceCount;
                free[next] -= workloads[^1].Size;
                tasks.Add(new PackingTask(string.Create(CultureInfo.InvariantCulture, $"t{tasks.Count}"), workloads.Count - 1, next));
            }
        }

        return new PackingProblem { Instances = instances, Workloads = workloads, Tasks = tasks };
    }

    private static int FirstFit(PackingProblem problem)
    {
        var daemons = problem.Workloads.Where(w => w.IsDaemon).Aggregate(default(Amounts), (sum, w) => sum + w.Size);
        int[] order = [.. Enumerable.Range(0, problem.Instances.Count).OrderByDescending(i => problem.Instances[i].Shape.Cpu)];
        var free = order.Select(i => problem.Instances[i].Shape - daemons).ToArray();
        var distinct = new HashSet<(int, int)>();
        var used = 0;
        foreach (var task in problem.Tasks.OrderByDescending(t => problem.Workloads[t.Workload].Size.Cpu + (problem.Workloads[t.Workload].Size.Memory / 4)))
        {
            var of = problem.Workloads[task.Workload];
            for (var i = 0; i < free.Length; i++)
            {
                if (!Fits(of.Size, free[i]) || (of.IsDistinct && !distinct.Add((task.Workload, i)))) continue;
                free[i] -= of.Size;
                used = Math.Max(used, i + 1);
                break;
            }
        }

        return used;
    }

    private static bool Fits(Amounts size, Amounts free) => size.Cpu <= free.Cpu && size.Memory <= free.Memory;

    private static double Seconds(Action action)
    {
        // Of processor: one thread does it, and whoever else is on the machine must not count.
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        action();
        return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
