using System.Text;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Cluster;

public class ResourceFoldTests(ITestOutputHelper output)
{
    // Goal: the states of all resources are a function of the set of events.
    // Method: fold drawn events of every kind as drawn, and shuffled with repeats, straight and with each state through the store's form and back.
    [Fact]
    public void Every_resources_state_does_not_depend_on_order_or_repeats_and_survives_the_store()
    {
        var random = Seeds.Random(output, out var seed);
        for (var round = 0; round < 100; round++)
        {
            var events = SomeCluster.Draw(random, random.Next(1, 80));
            var expected = Fold(events, throughStore: false);
            var sent = SomeCluster.Shuffled(random, events);

            Assert.Equal((seed, round, expected), (seed, round, Fold(sent, throughStore: false)));
            Assert.Equal((seed, round, expected), (seed, round, Fold(sent, throughStore: true)));
        }
    }

    [Fact]
    public void An_agent_is_away_since_the_first_event_of_its_last_run_that_said_so()
    {
        var state = Instances(
            SomeCluster.Instance(7, false, 70), SomeCluster.Instance(3, true, 30), SomeCluster.Instance(5, false, 50), SomeCluster.Instance(6, false, 60), SomeCluster.Instance(4, true, 40));

        Assert.Equal(new AgentConnection(false, Second(50), IsAtLeast: false), state.Agent!.Now);
    }

    [Fact]
    public void An_agent_that_was_never_seen_otherwise_is_so_at_least_since_the_first_event()
    {
        var state = Instances(SomeCluster.Instance(9, true, 90), SomeCluster.Instance(8, true, 80));

        Assert.Equal(new AgentConnection(true, Second(80), IsAtLeast: true), state.Agent!.Now);
    }

    [Fact]
    public void A_run_longer_than_is_kept_began_after_the_last_event_that_said_otherwise()
    {
        var state = Instances([SomeCluster.Instance(1, false, 10), .. Enumerable.Range(2, 20).Select(i => SomeCluster.Instance(i, true, 10 * i))]);

        Assert.Equal(new AgentConnection(true, Second(10), IsAtLeast: false), state.Agent!.Now);
    }

    [Fact]
    public void A_rollback_is_known_from_an_info_events_reason_alone()
    {
        var states = new Dictionary<string, IResourceState>();
        ResourceFold.Fold(states, SomeCluster.Deployment("SERVICE_DEPLOYMENT_FAILED", 10, "ecs-svc/2", reason: "ECS deployment circuit breaker: tasks failed to start."));
        ResourceFold.Fold(states, SomeCluster.Deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", 20, "ecs-svc/1", reason: "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1."));

        var (service, back, failed) = (
            (ServiceState)states["service/123456789012/eu-west-1/prod/api"], (DeploymentState)states["deployment/123456789012/eu-west-1/1"],
            (DeploymentState)states["deployment/123456789012/eu-west-1/2"]);
        Assert.Equal(("ecs-svc/1", "IN_PROGRESS", false), (service.Rollback!.DeploymentId, back.RolloutState, back.IsStopped));
        Assert.NotNull(back.Rollback);
        Assert.Equal(("FAILED", true), (failed.RolloutState, failed.IsStopped));
    }

    [Fact]
    public void A_services_newest_word_on_each_matter_counts_however_late_the_others_come()
    {
        var states = new Dictionary<string, IResourceState>();
        ResourceFold.Fold(states, SomeCluster.Action("SERVICE_STEADY_STATE", 30));
        ResourceFold.Fold(states, SomeCluster.Action("SERVICE_DESIRED_COUNT_UPDATED", 20, desired: 5, providers: ["arn:aws:ecs:r:1:capacity-provider/spot", "arn:aws:ecs:r:1:capacity-provider/base"]));
        ResourceFold.Fold(states, SomeCluster.Action("SERVICE_DESIRED_COUNT_UPDATED", 10, desired: 3));
        ResourceFold.Fold(states, SomeCluster.Action("SERVICE_TASK_PLACEMENT_FAILURE", 5, reason: "RESOURCE:MEMORY"));

        var service = (ServiceState)Assert.Single(states).Value;
        Assert.Equal(("SERVICE_STEADY_STATE", 5L, CountSource.ServiceEvent), (service.Last.EventName, service.Desired!.Count, service.Desired.From));
        Assert.Equal(("RESOURCE:MEMORY", Some.Noon.AddSeconds(30).ToUnixTimeMilliseconds()), (service.Trouble!.Reason, service.Steady!.At.UnixMilliseconds));
        Assert.Equal(["base", "spot"], service.Providers!.List);
    }

    [Fact]
    public void A_tasks_network_interface_and_times_are_kept_through_the_store()
    {
        var read = Read("""
            {"detail-type":"ECS Task State Change","source":"aws.ecs","time":"2026-03-02T08:00:00Z","detail":{"taskArn":"arn:aws:ecs:r:1:task/c/t","version":2,"lastStatus":"PENDING",
             "attachments":[null,{"type":"sdi","details":[]},{"status":"ATTACHED","details":[{"name":"subnetId","value":"subnet-1"},7,{"value":"eni-1","name":"networkInterfaceId"},
             {"name":"privateIPv4Address","value":"10.0.0.7"}],"type":"eni"}],"connectivity":"CONNECTED","connectivityAt":"2026-03-02T08:00:00Z","pullStartedAt":"2026-03-02T08:00:00Z"}}
            """);

        var task = StateDocument.ReadTask(StateDocument.Write(TaskState.Observe(null, read).Next));

        Assert.Equal(new TaskNetwork("ATTACHED", "eni-1", "subnet-1", "10.0.0.7"), task.Network);
        Assert.Equal(("CONNECTED", true, false), (task.Detail.Connectivity, task.Detail.PullStartedAt.HasValue, task.Detail.PullStoppedAt.HasValue));
    }

    [Fact]
    public void An_instances_ports_gpus_and_machine_are_kept_through_the_store()
    {
        var read = Read("""
            {"detail-type":"ECS Container Instance State Change","source":"aws.ecs","time":"2026-03-02T08:00:00Z","detail":{"containerInstanceArn":"arn:aws:ecs:r:1:container-instance/c/i","version":2,
             "attributes":[{"name":"ecs.capability.task-eni"},{"name":"ecs.instance-type","value":"g5.xlarge"},{"value":"eu-west-1b","name":"ecs.availability-zone"},3],
             "registeredResources":[{"name":"CPU","integerValue":4096},{"name":"PORTS","stringSetValue":["22","51678"]},{"name":"GPU","stringSetValue":["gpu-a","gpu-b"]}],
             "remainingResources":[{"name":"CPU","integerValue":1024},{"stringSetValue":["22","51678","8080"],"name":"PORTS"},{"name":"PORTS_UDP","stringSetValue":["53"]},{"name":"GPU","stringSetValue":["gpu-b"]}],
             "versionInfo":{"agentVersion":"1.99.0"},"capacityProviderName":"gpu","registeredAt":"2026-03-02T08:00:00Z"}}
            """);

        var instance = StateDocument.ReadInstance(StateDocument.Write(InstanceState.Observe(null, read).Next));

        var machine = instance.Machine;
        Assert.Equal(("g5.xlarge", "eu-west-1b", "1.99.0", "gpu"), (machine.InstanceType, machine.AvailabilityZone, machine.AgentVersion, instance.Detail.CapacityProviderName));
        Assert.Equal([22, 51678], machine.ReservedPorts);
        Assert.Equal([22, 51678, 8080], machine.UsedPorts);
        Assert.Equal([53], machine.UsedUdpPorts);
        Assert.Equal(["gpu-a", "gpu-b"], machine.RegisteredGpus);
        Assert.Equal(["gpu-b"], machine.RemainingGpus);
        Assert.Equal((4096L, 1024L), (instance.Detail.RegisteredCpu, instance.Detail.RemainingCpu));
    }

    // A store's documents outlive the version that wrote them.
    [Theory]
    [InlineData("task", """{"version":3,"taskArn":"arn:aws:ecs:r:1:task/c/t","lastStatus":"RUNNING","containers":[{"name":"web"}],"crowsnest":{"service":"api"}}""")]
    [InlineData("instance", """{"version":3,"containerInstanceArn":"arn:aws:ecs:r:1:container-instance/c/i","status":"ACTIVE","agentConnected":true}""")]
    public void A_document_of_an_earlier_version_is_read(string type, string document)
    {
        var row = new ResourceState(type + "/1/r/x", type, "1", "r", "c", false, 3, 7, new EventKey(7, 1), Encoding.UTF8.GetBytes(document));

        Assert.Equal(document, Encoding.UTF8.GetString(StateDocument.Write(StateDocument.Read(row)!).Document.Span));
    }

    [Fact]
    public void A_row_of_a_type_that_is_not_known_is_no_state() =>
        Assert.Null(StateDocument.Read(new ResourceState("daemon/1/r/x", "daemon", "1", "r", "c", false, 3, 7, new EventKey(7, 1), "{}"u8.ToArray())));

    internal static string Render(IResourceState state)
    {
        var row = StateDocument.Write(state);
        return $"{row with { Document = default }} {Encoding.UTF8.GetString(row.Document.Span)}";
    }

    private static string Fold(IEnumerable<EcsEvent> events, bool throughStore)
    {
        var states = new Dictionary<string, IResourceState>();
        foreach (var e in events)
        {
            ResourceFold.Fold(states, e);
            foreach (var key in throughStore ? states.Keys.ToArray() : []) states[key] = StateDocument.Read(StateDocument.Write(states[key]))!;
        }

        return string.Join('\n', states.Values.Select(Render).Order(StringComparer.Ordinal));
    }

    private static InstanceState Instances(params IEnumerable<EcsEvent> events) => events.Aggregate((InstanceState?)null, (known, e) => InstanceState.Observe(known, e).Next)!;

    private static EventTime Second(int seconds) => new(Some.Noon.AddSeconds(seconds).ToUnixTimeMilliseconds());

    private static EcsEvent Read(string json) =>
        Assert.IsType<Decoded.Ok>(new EventDecoder().Decode(Encoding.UTF8.GetBytes(json), Some.Noon)).Event;
}
