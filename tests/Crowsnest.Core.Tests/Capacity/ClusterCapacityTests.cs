using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Capacity;

public class ClusterCapacityTests
{
    [Fact]
    public void Reserved_is_what_was_registered_and_does_not_remain()
    {
        var capacity = Of(SomeFleet.Instance("a", cpuLeft: 1_024, memoryLeft: 2_048), SomeFleet.Instance("b", cpuLeft: 4_096, memoryLeft: 6_144, zone: "eu-west-1b"));

        Assert.Equal((new Amount(4_096, 1_024), 75.0), (capacity.Instances[0].Cpu!.Value, capacity.Instances[0].Cpu!.Value.Reservation!.Value));
        Assert.Equal((new Amount(8_192, 5_120), new Amount(16_384, 8_192), 50.0), (capacity.Total.Cpu, capacity.Total.Memory, capacity.Total.Memory.Reservation!.Value));
        Assert.Equal([("eu-west-1a", 3_072L), ("eu-west-1b", 0L)], capacity.Zones.Select(z => (z.Name, z.Cpu.Reserved)));
    }

    [Fact]
    public void An_instance_that_said_nothing_of_what_it_has_is_not_known_and_in_no_sum()
    {
        var capacity = Of(SomeFleet.Instance("a"), SomeFleet.Instance("b", cpu: null, memory: null));

        Assert.Equal((null, null, null, TakesTasks.NotKnown), (capacity.Instances[1].Cpu, capacity.Instances[1].Memory, capacity.Instances[1].Gpus, capacity.Instances[1].Takes));
        Assert.Equal((2, 1, 1, new Amount(4_096, 4_096)), (capacity.Total.Instances, capacity.Total.Taking, capacity.Total.NotKnown, capacity.Total.Cpu));
    }

    [Fact]
    public void What_is_draining_or_has_no_agent_takes_no_more_and_is_counted_all_the_same()
    {
        var capacity = Of(
            SomeFleet.Instance("open", cpuLeft: 1_000, memoryLeft: 1_000), SomeFleet.Instance("draining", status: "DRAINING"), SomeFleet.Instance("away", agent: false), SomeFleet.Instance("gone", status: "INACTIVE"),
            SomeFleet.Task("t", instance: "open"));

        Assert.Equal([TakesTasks.AgentDisconnected, TakesTasks.NotActive, TakesTasks.Yes], capacity.Instances.Select(i => i.Takes));
        Assert.Equal((12_288L, 1_000L, 1_000L), (capacity.Total.Cpu.Registered, capacity.Total.AvailableCpu, capacity.Total.AvailableMemory));
        Assert.Equal((1L, 1, TaskResource.Memory), (Fit(capacity).Tasks, Fit(capacity).Instances, Fit(capacity).StoppedBy!.Value));
        Assert.Equal(new LargestTask("open", 1_000, 1_000), capacity.LargestByMemory);
    }

    [Fact]
    public void What_is_in_pieces_takes_fewer_tasks_than_what_is_in_one()
    {
        var capacity = Of(
            SomeFleet.Instance("a", cpuLeft: 900, memoryLeft: 700), SomeFleet.Instance("b", cpuLeft: 900, memoryLeft: 700), SomeFleet.Instance("c", cpuLeft: 300, memoryLeft: 4_000), SomeFleet.Task("t", cpu: 512, memory: 512));

        Assert.Equal(new TaskFit(2, 4, 3, TaskResource.Memory, 2), Fit(capacity));
        Assert.Equal((new LargestTask("c", 300, 4_000), new LargestTask("a", 900, 700)), (capacity.LargestByMemory, capacity.LargestByCpu));
    }

    [Fact]
    public void The_size_is_that_of_the_newest_task_that_is_not_stopped_else_of_the_newest()
    {
        Assert.Equal((512L, 2_048L), Size(SomeFleet.Task("old", cpu: 256), SomeFleet.Task("new", cpu: 512, memory: 2_048, seconds: 9, status: "PENDING"), SomeFleet.Task("over", cpu: 128, seconds: 20, status: "STOPPED")));
        Assert.Equal((128L, 512L), Size(SomeFleet.Task("over", cpu: 128, seconds: 20, status: "STOPPED"), SomeFleet.Service(SomeCluster("RESOURCE:CPU"))));
        Assert.Null(Of(SomeFleet.Instance("a"), SomeFleet.Task("t", cpu: null)).Services.Single().Fit);

        static (long?, long?) Size(params IResourceState[] states) => Of(states).Services.Single().Need is { } need ? (need.Cpu, need.Memory) : default;
    }

    [Fact]
    public void A_port_that_a_definition_names_is_one_tasks_on_each_instance()
    {
        var claims = new TaskClaims([8_080], [], 0);
        var capacity = Of(
            SomeFleet.Instance("a", usedPorts: [8_080]), SomeFleet.Instance("b"), SomeFleet.Instance("c"), SomeFleet.Instance("full", usedPorts: [.. Enumerable.Range(9_000, 99)]),
            SomeFleet.Task("t", instance: "a", claims: claims), SomeFleet.Task("next", seconds: 5, status: "PENDING"));

        Assert.Equal(new TaskFit(2, 2, 4, TaskResource.Ports, 4), Fit(capacity));
        Assert.Equal((new Amount(99, 98), new Amount(99, 99), new Amount(99, 0)), (capacity.Instances[0].Ports!.Value, capacity.Instances[1].Ports!.Value, capacity.Instances[3].Ports!.Value));
    }

    [Fact]
    public void A_task_that_has_gpus_fits_where_gpus_remain()
    {
        var capacity = Of(
            SomeFleet.Instance("plain"), SomeFleet.Instance("gpu", gpus: 4, gpusLeft: 3), SomeFleet.Task("t", instance: "gpu", claims: new TaskClaims([], [], 1)));

        Assert.Equal(new TaskFit(3, 3, 2, TaskResource.Gpu, 2), Fit(capacity));
        Assert.Equal(new Amount(4, 3), capacity.Total.Gpus);
    }

    [Fact]
    public void A_task_of_a_capacity_provider_goes_to_that_providers_instances()
    {
        IResourceState[] fleet = [SomeFleet.Instance("a", provider: "spot"), SomeFleet.Instance("b", provider: "on-demand"), SomeFleet.Instance("c", ec2: "mi-1"), SomeFleet.Instance("d")];

        Assert.Equal((2, 3), (Fit(Of([.. fleet, SomeFleet.Task("t", provider: "spot")])).Instances, Fit(Of([.. fleet, SomeFleet.Task("t")])).Instances));
        Assert.Equal(1, Fit(Of([.. fleet, SomeFleet.Task("t", launchType: "EXTERNAL")])).Instances);
        var told = Of([.. fleet, SomeFleet.Task("t", provider: "spot"), SomeFleet.Task("u", provider: "on-demand", instance: "d", service: "web")]);
        Assert.Equal(("on-demand", 1), (told.Instances[3].Provider, told.Services[0].Fit!.Instances));
        Assert.Equal([("", 1), ("on-demand", 2), ("spot", 1)], told.Providers.Select(p => (p.Name, p.Instances)));
    }

    [Fact]
    public void Fargate_has_what_each_service_reserved_and_no_bound()
    {
        var capacity = Of(
            SomeFleet.Task("a", launchType: "FARGATE", provider: "FARGATE_SPOT", zone: "eu-west-1a"), SomeFleet.Task("b", launchType: "FARGATE", zone: "eu-west-1a"),
            SomeFleet.Task("c", launchType: "FARGATE", status: "STOPPED"), SomeFleet.Task("job", service: "", launchType: "FARGATE", cpu: 1_024, memory: 2_048, zone: "eu-west-1b"));

        Assert.Equal([("", 1_024L, 2_048L), ("api", 512L, 1_024L)], capacity.Services.Select(s => (s.Name, s.Fargate.Cpu, s.Fargate.Memory)));
        Assert.All(capacity.Services, s => Assert.Null(s.Fit));
        Assert.Equal([("FARGATE", 2, 1_280L), ("FARGATE_SPOT", 1, 256L)], capacity.Providers.Select(p => (p.Name, p.Tasks, p.Fargate.Cpu)));
        Assert.Equal([("eu-west-1a", 2), ("eu-west-1b", 1)], capacity.Zones.Select(z => (z.Name, z.Fargate.Tasks)));
        Assert.Equal((3, new Amount(0, 0), (double?)null), (capacity.Total.Tasks, capacity.Total.Cpu, capacity.Total.Cpu.Reservation));
    }

    [Fact]
    public void Tasks_are_counted_where_they_are_by_service()
    {
        var capacity = Of(
            SomeFleet.Instance("a"), SomeFleet.Task("1", instance: "a", hasInterface: true), SomeFleet.Task("2", instance: "a"), SomeFleet.Task("3", service: "web", instance: "a"), SomeFleet.Task("4", service: "web"),
            SomeFleet.Task("5", instance: "a", status: "STOPPED"));

        Assert.Equal([new ServiceTasks("api", 2), new ServiceTasks("web", 1)], capacity.Instances[0].TasksByService);
        Assert.Equal((3, 1), (capacity.Instances[0].Tasks, capacity.Instances[0].Interfaces));
        Assert.Equal([new ServiceTasks("api", 2), new ServiceTasks("web", 2)], capacity.Total.TasksByService);
    }

    [Fact]
    public void A_cluster_of_which_nothing_is_known_has_nothing()
    {
        var capacity = ClusterCapacity.Of(ClusterView.Of(new ClusterName("1", "r", "c")));

        Assert.Equal((0, 0, null), (capacity.Instances.Count, capacity.Services.Count, capacity.LargestByMemory));
    }

    private static EcsEvent SomeCluster(string reason) => Cluster.SomeCluster.Action(PlacementFailure.EventName, 30, reason: reason);

    private static TaskFit Fit(ClusterCapacity capacity) => capacity.Services.Single(s => s.Name == "api").Fit!;

    private static ClusterCapacity Of(params IResourceState[] states) => ClusterCapacity.Of(SomeFleet.View(states));
}
