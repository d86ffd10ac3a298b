using Crowsnest.Core.Capacity.Packing;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Capacity.Packing;

/// <summary>What a cluster's events show becomes a problem.</summary>
public sealed class ClusterPackingTests
{
    private readonly ClusterView.Builder _cluster = new(ClusterView.Of(new ClusterName("123456789012", "eu-west-1", "prod")));

    [Fact]
    public void Sizes_places_zones_and_what_nobody_names_are_taken_from_events()
    {
        Instance("i0", "a", remainingCpu: 1000, remainingMemory: 5000);
        Task("t0", "api", "i0", "512", "2000");

        var problem = ClusterPacking.ProblemOf(View());
        var instance = Assert.Single(problem.Instances);
        Assert.Equal(("i0", "a", "m5.large", new Amounts(2048, 7700, 0, 2), new Amounts(536, 700)), (instance.Id, instance.Zone, instance.Type, instance.Shape, instance.Taken));
        Assert.Equal(("api", new Amounts(512, 2000)), (problem.Workloads[0].Name, problem.Workloads[0].Size));
        Assert.Equal([new PackingTask("t0", 0, 0)], problem.Tasks);
    }

    [Fact]
    public void A_service_with_one_task_on_every_instance_is_a_daemon()
    {
        for (var i = 0; i < 3; i++)
        {
            Instance("i" + i, "a");
            Task("agent" + i, "agent", "i" + i);
        }

        Task("t0", "api", "i0");
        var problem = ClusterPacking.ProblemOf(View());
        Assert.Equal(["agent"], problem.Workloads.Where(w => w.IsDaemon).Select(w => w.Name));
        Assert.Equal(["t0"], problem.Tasks.Select(t => t.Id));
        Assert.DoesNotContain(ClusterPacking.ProblemOf(View(), new Dictionary<string, WorkloadFacts> { ["agent"] = new() { IsDaemon = false } }).Workloads, w => w.IsDaemon);
    }

    [Fact]
    public void What_shows_as_spread_and_apart_stays_so()
    {
        for (var i = 0; i < 4; i++) Instance("i" + i, i % 2 == 0 ? "a" : "b");
        for (var i = 0; i < 3; i++) Task("api" + i, "api", "i" + i);
        for (var i = 0; i < 3; i++) Task("web" + i, "web", "i0");
        var workloads = ClusterPacking.ProblemOf(View()).Workloads;
        Assert.Equal([("api", true, true), ("web", false, false)], workloads.Select(w => (w.Name, w.IsDistinct, w.IsSpread)));
    }

    [Fact]
    public void Ports_and_GPUs_are_those_that_a_services_newest_placed_task_has()
    {
        Instance("i0", "a", gpusUsed: 2);
        Instance("i1", "a", gpusUsed: 3);
        Task("t0", "train", "i0", claims: new TaskClaims([8080], [53], 2));
        Task("t1", "train", "i1");
        Task("t2", "web", "i0");
        var problem = ClusterPacking.ProblemOf(View());
        Assert.Equal([("train", 2, "53 8080"), ("web", 0, "")], problem.Workloads.Select(w => (w.Name, w.Size.Gpus, string.Join(' ', w.HostPorts))));

        // What nobody is known to have stays with the instance.
        Assert.Equal([0, 1], problem.Instances.Select(i => i.Taken.Gpus));
    }

    // Goal: what was started before anybody watched is not thrown away. Method: an instance with less left than its tasks account for, beside one whose task stops.
    [Fact]
    public void An_instance_with_more_taken_than_any_event_tells_stays_and_is_named()
    {
        Instance("i0", "a", remainingCpu: 1536, remainingMemory: 5700);
        Instance("i1", "a", remainingCpu: 1536, remainingMemory: 5700);
        Instance("i2", "a");
        Task("t1", "web", "i1", "512", "2000", desired: "STOPPED");
        Task("t2", "api", "i2", "512", "2000");

        var problem = ClusterPacking.ProblemOf(View());
        Assert.Equal(["i0"], problem.Instances.Where(i => i.HasUnknown).Select(i => i.Id));
        var result = Packer.Pack(problem);
        Assert.Contains("i0", result.Kept.Select(i => problem.Instances[i].Id));
        Assert.Equal(["i1", "i2"], result.Emptied.Select(i => problem.Instances[i].Id).Order());
        Assert.Contains("tasks that no event has told of hold 1: i0", result.Blocks.Select(block => block.Text));
    }

    [Fact]
    public void Tasks_of_no_service_hold_their_instance_and_those_that_stop_hold_nothing()
    {
        Instance("i0", "a");
        Instance("i1", "a", status: "DRAINING");
        Instance("i2", "a", status: "INACTIVE");
        Task("t0", "", "i0");
        Task("t1", "api", "i1");
        Task("t2", "api", "i1", desired: "STOPPED");
        Task("t3", "api", "");
        var problem = ClusterPacking.ProblemOf(View());
        Assert.Equal([("family:job", false), ("api", true)], problem.Workloads.Select(w => (w.Name, w.IsMovable)));
        Assert.Equal(["t0", "t1"], problem.Tasks.Select(t => t.Id));
        Assert.Equal([false, true], problem.Instances.Select(i => i.IsDraining));
    }

    private ClusterView View() => _cluster.ToView(null);

    private void Instance(string id, string zone, long remainingCpu = 2048, long remainingMemory = 7700, string status = "ACTIVE", int gpusUsed = -1)
    {
        var said = Some.Event(
            EventKind.ContainerInstance,
            new ContainerInstanceDetail { Version = 1, Status = status, RegisteredCpu = 2048, RegisteredMemory = 7700, RemainingCpu = remainingCpu, RemainingMemory = remainingMemory }, instance: id);
        string[] gpus = gpusUsed < 0 ? [] : ["g0", "g1", "g2", "g3"];
        var state = InstanceState.Observe(null, said).Next with
        {
            Machine = new InstanceMachine { AvailabilityZone = zone, InstanceType = "m5.large", ReservedPorts = [22], UsedPorts = [22], RegisteredGpus = gpus, RemainingGpus = [.. gpus.Skip(gpusUsed)] },
        };
        _cluster.Instances[state.Name.Key] = state;
    }

    private void Task(string id, string service, string instance, string cpu = "128", string memory = "256", string desired = "RUNNING", TaskClaims? claims = null)
    {
        var said = Some.Event(
            EventKind.Task,
            new TaskDetail
            {
                Version = 1, LastStatus = "RUNNING", DesiredStatus = desired, Group = service.Length > 0 ? "service:" + service : "family:job", Cpu = cpu, Memory = memory,
                TaskArn = "arn:aws:ecs:eu-west-1:123456789012:task/prod/" + id,
            },
            service: service, taskId: id, instance: instance, family: "job");
        var seen = TaskState.Observe(null, said).Next;
        var state = TaskState.Restore(seen.Order, seen.Name, seen.Service, seen.Family, seen.Instance, seen.Detail, seen.Network, claims, seen.Stop);
        _cluster.Tasks[state.Name.Key] = state;
    }
}
