using Crowsnest.Core.Capacity.Packing;
using static Crowsnest.Core.Tests.Capacity.Packing.SomePacking;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>What is drawn on each instance.</summary>
public class PackedInstancesTests
{
    [Fact]
    public void Daemons_are_on_every_instance_that_they_may_run_on_and_tasks_where_they_are_or_would_be()
    {
        var daemon = Service("agent") with { IsDaemon = true, Constraints = [new PlacementConstraint("ecs.os-type", ["linux"])] };
        var problem = Problem([.. Instances(2).Select(i => i with { Attributes = System.Collections.Frozen.FrozenDictionary.ToFrozenDictionary([KeyValuePair.Create("ecs.os-type", "linux")]) }), Instance("i2")],
            (Service("api"), [0, 0, 2]), (daemon, []), (Service("web"), [PackingTask.Nowhere, 1]));

        Assert.Equal(["1×1 0×2", "1×1 2×1", "0×1"], Words(PackedInstances.Of(problem)));
        Assert.Equal(["1×1 0×3 2×1", "1×1 2×1", ""], Words(PackedInstances.Of(problem, [0, 0, 0, 0, 1])));
    }

    // Goal: nothing is drawn twice or left out. Method: drawn clusters, packed anew.
    [Fact]
    public void Everything_that_has_a_place_is_drawn_once()
    {
        for (var seed = 1; seed <= 50; seed++)
        {
            var result = Packer.Pack(RandomProblems.Draw(new Random(seed), 12, 40));
            var drawn = PackedInstances.Of(result.Problem, result.Places);
            for (var i = 0; i < drawn.Count; i++)
            {
                var there = result.Problem.Tasks.Where((_, t) => result.Places[t] == i).CountBy(task => task.Workload).ToDictionary();
                Assert.Equal(there.OrderBy(one => one.Key), drawn[i].Where(one => !result.Problem.Workloads[one.Workload].IsDaemon).Select(one => KeyValuePair.Create(one.Workload, one.Tasks)));
            }
        }
    }

    private static IEnumerable<string> Words(IReadOnlyList<IReadOnlyList<PackedTasks>> packed) => packed.Select(on => string.Join(' ', on.Select(one => $"{one.Workload}×{one.Tasks}")));
}
