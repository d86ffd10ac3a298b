using Crowsnest.Core.Capacity.Packing;
using static Crowsnest.Core.Tests.Capacity.Packing.SomePacking;

namespace Crowsnest.Core.Tests.Capacity.Packing;

public sealed class WhatIfTests
{
    private static PackingProblem Present => Problem(
        [.. Instances(3).Select(i => i with { Type = "m5.large", Shape = new Amounts(2048, 7700, 0, 2) })], (Service("api", 512, 3000), [0, 0, 1]), (Service("web"), [2]));

    [Fact]
    public void Draining_one_moves_its_tasks()
    {
        var result = Packed(Applied(new WhatIf { Drain = ["i0"] }));
        Assert.Equal([1, 2], result.Kept);
    }

    [Fact]
    public void An_added_instance_has_the_shape_that_its_type_registered_here()
    {
        var problem = Applied(new WhatIf { Add = [new AddedInstances("m5.large", "b", 2), new AddedInstances("c6g.large", "b", 1)] });
        Assert.Equal([new Amounts(2048, 7700, 0, 2), new Amounts(2048, 7700, 0, 2), new Amounts(2048, 3832, 0, 2)], problem.Instances.Skip(3).Select(i => i.Shape));
        Assert.Equal(["new-1", "new-2", "new-3"], problem.Instances.Skip(3).Select(i => i.Id));
    }

    [Fact]
    public void More_tasks_find_places_and_fewer_leave_them()
    {
        Assert.Equal(6, Packed(Applied(new WhatIf { Change = [new ChangedWorkload("api", Count: 6)] })).Places.Count(p => p >= 0) - 1);
        Assert.Single(Packed(Applied(new WhatIf { Change = [new ChangedWorkload("api", Count: 1)] })).Kept);
    }

    [Fact]
    public void What_finds_no_place_is_named()
    {
        var result = Packed(Applied(new WhatIf { Change = [new ChangedWorkload("api", Count: 9)] }));
        Assert.False(result.IsPossible);
        Assert.Equal(["service api: 3 tasks find no place: MEMORY"], result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void A_larger_size_moves_what_has_no_room_any_more()
    {
        var result = Packed(Applied(new WhatIf { Change = [new ChangedWorkload("api", new Amounts(512, 4000))] }));
        Assert.Equal((3, 3), (result.Kept.Count, result.Places.Take(3).Distinct().Count()));
    }

    [Fact]
    public void Another_type_takes_the_place_of_the_present_one()
    {
        var result = Packed(Applied(new WhatIf { Replace = new OtherType("m6g.xlarge") }));
        Assert.Equal(["m6g.xlarge"], result.Kept.Select(i => result.Problem.Instances[i].Type));
        Assert.All(result.Kept, i => Assert.True(result.Problem.Instances[i].IsPlanned));
    }

    [Fact]
    public void What_is_not_there_is_named_all_of_it()
    {
        var (problem, mistakes) = new WhatIf
        {
            Drain = ["i9"], Change = [new ChangedWorkload("job", Count: 1)], Add = [new AddedInstances("x1.huge", "a", 1)], Replace = new OtherType("m5.large", "c5.large"),
        }.Apply(Present);
        Assert.Equal(4, mistakes.Count);
        Assert.Equal(3, problem.Instances.Count);
    }

    [Fact]
    public void Shapes_are_what_their_types_are_sold_with()
    {
        Assert.Equal(new InstanceShape("m6i.large", 2, 8192, 0, 3), InstanceShapes.Find("m6i.large"));
        Assert.Equal(new InstanceShape("g5.12xlarge", 48, 196608, 4, 15), InstanceShapes.Find("g5.12xlarge"));
        Assert.Equal(new InstanceShape("t3.nano", 2, 512, 0, 2), InstanceShapes.Find("t3.nano"));
        Assert.Equal(["c5", "c6g", "c6i", "c7g", "g4dn", "g5", "m5", "m6g", "m6i", "m7g", "m7i", "r5", "r6g", "r6i", "r7g", "r7i", "t3", "t4g"], InstanceShapes.Families);
        Assert.All(InstanceShapes.All, s => Assert.InRange(s.Registered.Memory, s.Memory * 3 / 4, s.Memory - 1));
    }

    private static PackingProblem Applied(WhatIf change)
    {
        var (problem, mistakes) = change.Apply(Present);
        Assert.Empty(mistakes);
        return problem;
    }
}
