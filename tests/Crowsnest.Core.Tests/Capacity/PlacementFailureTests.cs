using Crowsnest.Core.Capacity;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Tests.Cluster;

namespace Crowsnest.Core.Tests.Capacity;

public class PlacementFailureTests
{
    [Fact]
    public void It_says_what_is_missing_and_what_would_have_fitted()
    {
        var service = Service(
            Failed("RESOURCE:MEMORY", 30), SomeFleet.Instance("a", cpuLeft: 2_048, memoryLeft: 1_500), SomeFleet.Instance("b", cpuLeft: 128, memoryLeft: 4_096), SomeFleet.Instance("c", status: "DRAINING"),
            SomeFleet.Task("t", cpu: 512, memory: 2_048));
        var failure = service.Failure!;

        Assert.Equal(("RESOURCE:MEMORY", TaskResource.Memory, 0L, 2, 1), (failure.Reason.Code, failure.Reason.Resource!.Value, failure.Fits!.Value, failure.Instances, failure.Closed));
        Assert.Equal(("a", 0L, 548L, 0L, false), (failure.Nearest!.Instance, failure.Nearest.Cpu, failure.Nearest.Memory, failure.Nearest.Gpus, failure.Nearest.IsPortTaken));
        Assert.Equal((1_500L, 128L), (failure.MemoryAtItsCpu, failure.CpuAtItsMemory));
        Assert.Equal("2 instances take such tasks (1 more takes none); the nearest, a, misses 548 MiB.", PlacementWords.Has(failure));
        Assert.Equal(
            "An instance with 512 CPU units and 2048 MiB left would take it. As it is, a task fits with its CPU and at most 1500 MiB, or with its memory and at most 128 CPU units.",
            PlacementWords.WouldFit(failure, service.Need));
    }

    [Fact]
    public void A_port_that_is_taken_everywhere_is_what_is_missing()
    {
        var service = Service(Failed("RESOURCE:PORTS", 30), SomeFleet.Instance("a", usedPorts: [8_080]), SomeFleet.Task("t", instance: "a", claims: new TaskClaims([8_080], [], 0)));

        Assert.Equal("1 instance takes such tasks; the nearest, a, has a port of it taken.", PlacementWords.Has(service.Failure!));
        Assert.Equal("An instance with 256 CPU units, 512 MiB and TCP port 8080 left would take it.", PlacementWords.WouldFit(service.Failure!, service.Need));
    }

    [Fact]
    public void Where_one_fits_by_now_nothing_is_missing()
    {
        var service = Service(Failed("RESOURCE:CPU", 30), SomeFleet.Instance("a", memoryLeft: 1_024), SomeFleet.Task("t"));

        Assert.Equal((2L, null), (service.Failure!.Fits!.Value, service.Failure.Nearest));
        Assert.Equal(("1 instance takes such tasks, and 2 of them fit by what remains.", ""), (PlacementWords.Has(service.Failure), PlacementWords.WouldFit(service.Failure, service.Need)));
    }

    [Fact]
    public void A_service_without_any_task_says_why_and_no_more()
    {
        var service = Service(Failed("AGENT", 30), SomeFleet.Instance("a", agent: false));

        Assert.Equal(("api", 0, null, null), (service.Name, service.Tasks, service.Need, service.Fit));
        Assert.Equal("1 instance of the cluster takes no new tasks.", PlacementWords.Has(service.Failure!));
        Assert.Equal("", PlacementWords.WouldFit(service.Failure!, service.Need));
    }

    [Fact]
    public void It_is_over_when_the_service_is_steady_or_a_deployment_has_completed_and_not_by_other_words()
    {
        EcsEvent said = SomeCluster.Action(PlacementFailure.EventName, 30, reason: "RESOURCE:CPU");
        Assert.NotNull(Failure(said, SomeCluster.Action("SERVICE_STEADY_STATE", 20)));
        Assert.NotNull(Failure(said, SomeCluster.Action("SERVICE_DESIRED_COUNT_UPDATED", 40)));
        Assert.Null(Failure(said, SomeCluster.Action("SERVICE_STEADY_STATE", 40)));
        Assert.Null(Failure(said, SomeCluster.Deployment("SERVICE_DEPLOYMENT_COMPLETED", 40, "ecs-svc/1")));
        Assert.NotNull(Failure(said, SomeCluster.Deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", 40, "ecs-svc/1")));
        Assert.Null(Failure(said, SomeCluster.Action("SERVICE_TASK_START_IMPAIRED", 40)));

        static PlacementFailure? Failure(params EcsEvent[] events) => Service(SomeFleet.Service(events), SomeFleet.Task("t")).Failure;
    }

    [Theory]
    [InlineData("RESOURCE:FARGATE", "Fargate had no capacity of this kind where the task may run.")]
    [InlineData("RESOURCE:ENI", "No container instance may have another network interface, and the task needs one of its own.")]
    [InlineData("AGENT", "No container instance with a connected agent is left to take the task.")]
    [InlineData("ATTRIBUTE", "No container instance has an attribute that the task needs, or every one has too old an agent for it.")]
    [InlineData("MemberOf placement constraint unsatisfied.", "No container instance meets a placement constraint of the task (memberOf).")]
    [InlineData("SOMETHING:NEW", "ECS found no place for a task: SOMETHING:NEW.")]
    [InlineData(null, "ECS found no place for a task, and gave no reason.")]
    public void Reasons_are_said_in_words(string? reason, string text) => Assert.Equal((reason ?? "", text), (PlacementReason.Of(reason).Code, PlacementReason.Of(reason).Text));

    private static IResourceState Failed(string reason, int seconds) => SomeFleet.Service(SomeCluster.Action(PlacementFailure.EventName, seconds, reason: reason));

    private static ServiceCapacity Service(params IResourceState[] states) => ClusterCapacity.Of(SomeFleet.View(states)).Services.Single();
}
