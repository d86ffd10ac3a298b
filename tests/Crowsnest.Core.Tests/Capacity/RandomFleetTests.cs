using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Capacity;

public class RandomFleetTests(ITestOutputHelper output)
{
    // Goal: the counts are those that one comes to who does not count cleverly. Method: drawn fleets; tasks are put on instances one after another until none fits, and sums are
    // made by walking over everything for each of them.
    [Fact]
    public void The_counts_are_those_of_placing_tasks_one_by_one()
    {
        var random = Seeds.Random(output, out var seed);
        for (var round = 0; round < 300; round++)
        {
            var view = SomeFleet.View(Draw(random));
            var capacity = ClusterCapacity.Of(view);

            Assert.All(capacity.Instances, i => Assert.Equal(i.State.Detail.RegisteredCpu, i.Cpu is { } cpu ? cpu.Reserved + cpu.Remaining : i.State.Detail.RegisteredCpu));
            Assert.Equal(Live(view).Where(i => i.Detail is { RegisteredCpu: not null, RemainingCpu: not null }).Sum(i => i.Detail.RegisteredCpu), capacity.Total.Cpu.Reserved + capacity.Total.Cpu.Remaining);
            foreach (var sums in (IReadOnlyList<CapacitySum>[])[capacity.Zones, capacity.Providers])
            {
                Assert.Equal((capacity.Total.Cpu, capacity.Total.Memory, capacity.Total.Gpus), (Sum(sums.Select(s => s.Cpu)), Sum(sums.Select(s => s.Memory)), Sum(sums.Select(s => s.Gpus))));
                Assert.Equal((capacity.Total.Tasks, capacity.Total.Fargate), (sums.Sum(s => s.Tasks), new FargateUse(sums.Sum(s => s.Fargate.Tasks), sums.Sum(s => s.Fargate.Cpu), sums.Sum(s => s.Fargate.Memory))));
            }

            Assert.Equal(view.Tasks.Count(t => !t.IsStopped), capacity.Total.Tasks);
            Assert.Equal(capacity.Total.Tasks, capacity.Services.Sum(s => s.Tasks));
            foreach (var service in capacity.Services.Where(s => s.Name.Length > 0))
            {
                if (service.Need is not { IsFargate: false, IsKnown: true } need)
                {
                    Assert.Null(service.Fit);
                    continue;
                }

                var (fits, instances) = Placed(capacity, need);
                Assert.Equal($"seed {seed} round {round}: {need} {fits} {instances}", $"seed {seed} round {round}: {need} {service.Fit!.Tasks} {service.Fit.Instances}");
                Assert.InRange(service.Fit.InOnePiece, fits, long.MaxValue);
                Assert.Equal(instances > 0, service.Fit.StoppedBy is not null);
            }

            var open = capacity.Instances.Where(i => i.Takes == TakesTasks.Yes).ToList();
            Assert.Equal(open.Count == 0 ? null : open.Max(i => i.Memory?.Remaining ?? 0), capacity.LargestByMemory?.Memory);
            Assert.Equal(open.Count == 0 ? null : open.Max(i => i.Cpu?.Remaining ?? 0), capacity.LargestByCpu?.Cpu);
        }
    }

    // Goal: a fleet as large as they come is counted in a moment. Time depends on the machine, so it is printed; what is asserted is that nothing got lost.
    [Fact]
    public void A_large_fleet_is_counted_whole()
    {
        const int Instances = 5_000, Tasks = 100_000, Services = 400;
        var random = Seeds.Random(output, out _);
        var view = SomeFleet.View([
            .. Enumerable.Range(0, Instances).Select(i => SomeFleet.Instance($"i{i:00000}", 16_384, 65_536, random.Next(8_192), random.Next(32_768), zone: "eu-west-1" + (char)('a' + i % 3), provider: "p" + i % 4)),
            .. Enumerable.Range(0, Tasks).Select(i => SomeFleet.Task($"t{i:000000}", Pooled($"s{i % Services:000}"), Pooled($"i{i % Instances:00000}"), 128 << (i % Services % 4), 256 << (i % Services % 5), provider: Pooled("p" + i % Instances % 4), seconds: i % 1_000)),
        ]);
        var times = new List<double>();
        ClusterCapacity? capacity = null;
        for (var i = 0; i < 8; i++)
        {
            var began = Environment.CpuUsage.TotalTime;
            capacity = ClusterCapacity.Count(view);
            times.Add((Environment.CpuUsage.TotalTime - began).TotalMilliseconds);
        }

        var before = Environment.CpuUsage.TotalTime;
        Assert.Equal(0, view.Tasks.Count(t => t.IsStopped));
        var walk = (Environment.CpuUsage.TotalTime - before).TotalMilliseconds;
        output.WriteLine($"{Instances} instances, {Tasks} tasks, {Services} services: {string.Join(", ", times.Select(t => $"{t:0}"))} ms of processor time, of which {walk:0} to walk over the tasks alone");
        Assert.Equal((Instances, Tasks, Services), (capacity!.Instances.Count, capacity.Instances.Sum(i => i.Tasks), capacity.Services.Count));
        Assert.All(capacity.Services, s => Assert.InRange(s.Fit!.Tasks, 1, s.Fit.InOnePiece));
    }

    // As the states of a fleet share their words.
    private static string Pooled(string text) => string.Intern(text);

    private static (long Tasks, int Instances) Placed(ClusterCapacity capacity, TaskNeed need)
    {
        var (tasks, instances) = (0L, 0);
        foreach (var instance in capacity.Instances)
        {
            var d = instance.State.Detail;
            if (d.Status != "ACTIVE" || d.AgentConnected == false || (d.RegisteredCpu is null && d.RegisteredMemory is null) || (d.RemainingCpu is null && d.RemainingMemory is null)) continue;
            if ((d.RegisteredCpu is null || d.RemainingCpu is null) && (d.RegisteredMemory is null || d.RemainingMemory is null)) continue;
            if (instance.Provider.Length > 0 && need.Provider.Length > 0 && instance.Provider != need.Provider) continue;
            if ((need.LaunchType == "EXTERNAL") != (d.Ec2InstanceId ?? "").StartsWith("mi-", StringComparison.Ordinal)) continue;
            instances++;
            var (cpu, memory, gpus) = (d.RegisteredCpu is null ? 0 : d.RemainingCpu ?? 0, d.RegisteredMemory is null ? 0 : d.RemainingMemory ?? 0, instance.State.Machine.RemainingGpus.Length);
            var ports = instance.State.Machine.UsedPorts.ToHashSet();
            while (cpu >= need.Cpu && memory >= need.Memory && gpus >= need.Gpus && !need.Ports.Any(ports.Contains) && ports.Count + need.Ports.Count <= 100)
            {
                (cpu, memory, gpus) = (cpu - need.Cpu!.Value, memory - need.Memory!.Value, gpus - need.Gpus);
                foreach (var port in need.Ports) ports.Add(port);
                tasks++;
            }
        }

        return (tasks, instances);
    }

    internal static IResourceState[] Draw(Random random)
    {
        string?[] providers = [null, "spot", "on-demand"];
        var instances = Enumerable.Range(0, random.Next(12)).Select(i =>
        {
            var (cpu, memory, gpus) = (random.Next(1, 9) * 1_024, random.Next(1, 9) * 2_048, random.Next(4) == 0 ? random.Next(1, 5) : 0);
            return (IResourceState)SomeFleet.Instance(
                "i" + i, random.Next(12) == 0 ? null : cpu, random.Next(12) == 0 ? null : memory, random.Next(cpu + 1), random.Next(memory + 1), random.Next(6) == 0 ? "DRAINING" : random.Next(9) == 0 ? "INACTIVE" : "ACTIVE",
                random.Next(6) == 0 ? random.Next(2) == 0 ? null : false : true, providers[random.Next(3)], usedPorts: [.. Enumerable.Range(80, random.Next(3))], gpus: gpus, gpusLeft: random.Next(gpus + 1),
                zone: "z" + random.Next(3), ec2: random.Next(7) == 0 ? "mi-" + i : "i-" + i);
        });
        var sizes = Enumerable.Range(0, 5).Select(_ => (
            Cpu: random.Next(8) == 0 ? (int?)null : random.Next(5) * 256, Memory: random.Next(8) == 0 ? (int?)null : random.Next(9) * 256, Provider: random.Next(2) == 0 ? null : providers[random.Next(3)],
            Claims: random.Next(2) == 0 ? null : new TaskClaims(random.Next(2) == 0 ? [] : [random.Next(79, 83)], [], random.Next(3) == 0 ? 1 : 0), LaunchType: random.Next(5) switch { 0 => "FARGATE", 1 => "EXTERNAL", _ => "EC2" })).ToArray();
        var tasks = Enumerable.Range(0, random.Next(40)).Select(i =>
        {
            var of = random.Next(6);
            var size = sizes[Math.Min(of, 4)];
            return (IResourceState)SomeFleet.Task(
                "t" + i, of == 5 ? "" : "s" + of, size.LaunchType == "FARGATE" ? "" : "i" + random.Next(13), size.Cpu, size.Memory, random.Next(5) == 0 ? "STOPPED" : random.Next(4) == 0 ? "PENDING" : "RUNNING",
                random.Next(30), size.LaunchType, size.Provider, size.Claims, random.Next(3) == 0, "z" + random.Next(3));
        });
        return [.. instances, .. tasks, SomeFleet.Task("one")];
    }

    private static IEnumerable<InstanceState> Live(ClusterView view) => view.Instances.Select(i => i.State).Where(s => !s.IsStopped);

    private static Amount Sum(IEnumerable<Amount> amounts) => amounts.Aggregate(default(Amount), (sum, amount) => sum + amount);
}
