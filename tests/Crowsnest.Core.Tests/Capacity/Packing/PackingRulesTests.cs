using System.Collections.Frozen;
using Crowsnest.Core.Capacity.Packing;
using static Crowsnest.Core.Tests.Capacity.Packing.SomePacking;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>Each rule alone: how few instances it leaves, and that it is named.</summary>
public sealed class PackingRulesTests
{
    [Fact]
    public void Memory_alone_decides_where_nothing_else_does()
    {
        var result = Packed(Problem(Instances(4), (Service("api", memory: 4000), [0, 1, 2, 3])));
        Assert.Equal((2, 2, 2), (result.Kept.Count, result.LowerBound, result.Moves));
        Assert.Contains("MEMORY needs 2", result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void Distinct_instances_are_kept_apart_and_named()
    {
        var result = Packed(Problem(Instances(4), (Service("api") with { IsDistinct = true }, [0, 1, 2]), (Service("web"), [3])));
        Assert.Equal(3, result.Kept.Count);
        Assert.Contains("service api: distinct instances needs 3", result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void A_host_port_is_taken_once_an_instance_also_by_different_services()
    {
        var result = Packed(Problem(Instances(4), (Service("api") with { HostPorts = [8080] }, [0, 1]), (Service("web") with { HostPorts = [8080] }, [2]), (Service("job"), [3])));
        Assert.Equal(3, result.Kept.Count);
        Assert.Contains("host port 8080 (api, web) needs 3", result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void Zones_keep_what_is_spread_over_them()
    {
        var result = Packed(Problem(Instances(6, "a", "b", "c"), (Service("api") with { IsSpread = true }, [0, 1, 2, 3, 4, 5])));
        Assert.Equal(["a", "b", "c"], result.Kept.Select(i => result.Problem.Instances[i].Zone).Order());
        Assert.Contains("zone b must keep 1, all zones 3", result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void A_constraint_keeps_tasks_where_they_may_run()
    {
        var instances = Instances(4);
        instances[3] = instances[3] with { Attributes = new Dictionary<string, string> { ["tier"] = "front" }.ToFrozenDictionary() };
        var result = Packed(Problem(instances, (Service("api"), [0, 1]), (Service("web") with { Constraints = [new PlacementConstraint("tier", ["front"])] }, [3])));
        Assert.Equal([3], result.Kept);
    }

    [Fact]
    public void GPUs_and_interfaces_are_amounts_like_others()
    {
        var instances = Instances(4);
        for (var i = 0; i < 2; i++) instances[i] = instances[i] with { Shape = instances[i].Shape with { Gpus = 1 } };
        var learning = Packed(Problem(instances, (Service("train") with { Size = new Amounts(256, 500, 1) }, [0, 1]), (Service("web"), [2, 3])));
        Assert.Equal([0, 1], learning.Kept);

        instances = [.. Instances(4).Select(i => i with { Shape = i.Shape with { Interfaces = 2 } })];
        Assert.Equal(2, Packed(Problem(instances, (Service("api") with { Size = new Amounts(128, 256, 0, 1) }, [0, 1, 2, 3]))).Kept.Count);
    }

    [Fact]
    public void Daemons_take_their_share_of_every_instance_and_hold_none()
    {
        var result = Packed(Problem(Instances(3), (Service("agent", memory: 4000) with { IsDaemon = true }, []), (Service("api", memory: 2000), [0, 1, 2])));
        Assert.Equal(2, result.Kept.Count);
    }

    [Fact]
    public void What_nobody_starts_anew_holds_its_instance_and_is_named()
    {
        var result = Packed(Problem(Instances(3), (Service("family:batch") with { IsMovable = false }, [0, 2]), (Service("api"), [1])));
        Assert.Equal([0, 2], result.Kept);
        Assert.Contains("family:batch holds 2: nobody starts its tasks anew", result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void What_may_have_neither_more_nor_fewer_tasks_stays_where_it_is()
    {
        var result = Packed(Problem(Instances(2), (Service("one", 128, 100) with { MaximumPercent = 100 }, [0]), (Service("api"), [1, 1, 1, 1, 1, 1, 1])));
        Assert.Equal([0], result.Kept);
        Assert.Equal(7, result.Moves);
    }

    [Fact]
    public void Room_for_a_deployment_is_kept_for_the_largest_service()
    {
        var plain = Problem(Instances(4), (Service("api", memory: 4000), [0, 1]), (Service("web", 128, 250), [2, 3]));
        Assert.Equal(2, Packed(plain).Kept.Count);
        var result = Packed(plain with { Room = new PackingRoom { ForDeployment = true } });
        Assert.Equal((3, 2), (result.Kept.Count, result.Reserved.Count));
        Assert.Contains("room for a rolling deployment takes 1", result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void Room_for_the_loss_of_an_instance_is_kept_and_named()
    {
        var plain = Problem(Instances(4), (Service("api", memory: 4000), [0, 1, 2, 3]));
        var result = Packed(plain with { Room = new PackingRoom { ForInstanceLoss = true } });
        Assert.Equal(3, result.Kept.Count);
        Assert.Contains("room for the loss of one instance takes 1", result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void Room_for_the_loss_of_a_zone_is_kept_and_named()
    {
        var plain = Problem(Instances(9, "a", "b", "c"), (Service("api", memory: 4000), [0, 1, 2, 3, 4, 5, 6, 7]));
        var result = Packed(plain with { Room = new PackingRoom { ForZoneLoss = true } });
        Assert.Equal(6, result.Kept.Count);
        Assert.Contains("room for the loss of one zone takes 2", result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void Room_that_was_never_there_is_named_and_nothing_is_emptied()
    {
        var result = Packed(Problem(Instances(3), (Service("api") with { IsDistinct = true }, [0, 1]), (Service("big", memory: 7000), [0, 1, 2])) with { Room = new PackingRoom { ForInstanceLoss = true } });
        Assert.False(result.IsPossible);
        Assert.Equal(["room for the loss of one instance is not there: without instance i0 service big finds no place"], result.Blocks.Select(b => b.Text));
    }

    [Fact]
    public void One_task_goes_elsewhere_so_that_another_has_room()
    {
        var model = PackingModel.Of(Problem(
            Instances(2), (Service("s", memory: 2000), [0]), (Service("x", memory: 4500), [0]), (Service("y", memory: 6000), [1]), (Service("t", memory: 3500), [PackingTask.Nowhere])));
        var state = new PackingState(model);
        for (var task = 0; task < 3; task++) state.Put(task, model.Start[task]);
        var search = new PlacementSearch(model, state);
        Assert.False(search.TryPlace(3, mayEject: false));
        Assert.True(search.TryPlace(3, mayEject: true));
        Assert.Equal([1, 0, 1, 0], state.Place);
    }

    [Fact]
    public void A_cluster_without_instances_is_packed_and_says_what_has_no_place()
    {
        Assert.Empty(Packed(Problem([])).Kept);
        Assert.Equal(["service api: 1 tasks find no place: no instance is there"], Packed(Problem([], (Service("api"), [PackingTask.Nowhere]))).Blocks.Select(b => b.Text));
    }

    [Fact]
    public void A_draining_instance_is_emptied_even_when_that_saves_nothing()
    {
        var instances = Instances(2);
        instances[0] = instances[0] with { IsDraining = true };
        var result = Packed(Problem(instances, (Service("api"), [0])));
        Assert.Equal([1], result.Kept);
        Assert.Equal([new MoveStep(MoveKind.Start, 0, 1), new MoveStep(MoveKind.Stop, 0, 0), new MoveStep(MoveKind.Release, -1, 0)], MovePlan.To(result).Steps);
    }
}
