using Crowsnest.Core.Capacity.Packing;
using static Crowsnest.Core.Tests.Capacity.Packing.SomePacking;

namespace Crowsnest.Core.Tests.Capacity.Packing;

public sealed class MovePlanTests
{
    [Fact]
    public void A_task_starts_at_its_new_place_before_it_stops_at_its_old_one()
    {
        var plan = MovePlan.To(Result(Problem(Instances(2), (Service("api"), [0])), 1));
        Assert.Equal([new MoveStep(MoveKind.Start, 0, 1), new MoveStep(MoveKind.Stop, 0, 0)], plan.Steps);
    }

    [Fact]
    public void Where_there_may_be_no_more_tasks_one_stops_first()
    {
        var plan = MovePlan.To(Result(Problem(Instances(2), (Service("api") with { MaximumPercent = 100, MinimumRunning = 0 }, [0])), 1));
        Assert.Equal([new MoveStep(MoveKind.Stop, 0, 0), new MoveStep(MoveKind.Start, 0, 1)], plan.Steps);
    }

    // Two that fill their instances change places.
    [Fact]
    public void A_circle_is_broken_by_a_detour_over_a_third_instance()
    {
        var result = Result(Problem(Instances(3), (Service("api", memory: 8000), [0]), (Service("web", memory: 8000), [1])), 1, 0);
        var plan = MovePlan.To(result);
        Assert.Empty(plan.Unordered);
        Assert.Equal([], MoveSimulator.Faults(result, plan));
        Assert.Contains(plan.Steps, s => s.Instance == 2);
    }

    [Fact]
    public void Without_a_third_instance_a_service_that_may_stops_a_task_first()
    {
        var result = Result(Problem(Instances(2), (Service("api", memory: 8000), [0]), (Service("web", memory: 8000) with { MinimumRunning = 0 }, [1])), 1, 0);
        var plan = MovePlan.To(result);
        Assert.Empty(plan.Unordered);
        Assert.Equal([], MoveSimulator.Faults(result, plan));
        Assert.Equal(new MoveStep(MoveKind.Stop, 1, 1), plan.Steps[0]);
    }

    [Fact]
    public void What_cannot_be_ordered_is_named_and_left()
    {
        var result = Result(Problem(Instances(2), (Service("api", memory: 8000), [0]), (Service("web", memory: 8000), [1])), 1, 0);
        var plan = MovePlan.To(result);
        Assert.Equal([0, 1], plan.Unordered);
        Assert.Empty(plan.Steps);
        Assert.Equal("service api: 1 moves wait for room that other moves would make, and none of its tasks may stop first", plan.Blocks[0]);
    }

    private static PackingResult Result(PackingProblem problem, params int[] places) => new()
    {
        Problem = problem, Kept = [.. Enumerable.Range(0, problem.Instances.Count)], Emptied = [], Places = places, LowerBound = 0, Moves = places.Length, IsPossible = true,
    };
}
