using Crowsnest.Core.Capacity.Packing;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>Makers of small clusters; a test names only what matters to it.</summary>
public static class SomePacking
{
    public static PackingInstance Instance(string id, int cpu = 4096, int memory = 8000, string zone = "a") => new() { Id = id, Shape = new Amounts(cpu, memory, 0, 10), Zone = zone };

    /// <summary>So many instances, i0 and on, zones in turn.</summary>
    public static PackingInstance[] Instances(int count, params string[] zones) => [.. Enumerable.Range(0, count).Select(i => Instance("i" + i, zone: zones.Length == 0 ? "a" : zones[i % zones.Length]))];

    public static PackingWorkload Service(string name, int cpu = 512, int memory = 1000) => new() { Name = name, Size = new Amounts(cpu, memory) };

    /// <summary>A problem; of each service the instances that its tasks are on.</summary>
    public static PackingProblem Problem(PackingInstance[] instances, params (PackingWorkload Service, int[] On)[] services) => new()
    {
        Instances = instances, Workloads = [.. services.Select(s => s.Service)],
        Tasks = [.. services.SelectMany((s, w) => s.On.Select((i, n) => new PackingTask($"{s.Service.Name}-{n}", w, i)))],
    };

    /// <summary>Packs; what comes out keeps every promise, and its moves can be made.</summary>
    public static PackingResult Packed(PackingProblem problem)
    {
        var result = Packer.Pack(problem);
        Assert.Equal([], NaiveChecker.Faults(result));
        Assert.Equal([], MoveSimulator.Faults(result, MovePlan.To(result)));
        return result;
    }
}
