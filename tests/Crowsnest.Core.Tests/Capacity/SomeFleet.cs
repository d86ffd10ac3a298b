using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Capacity;

/// <summary>Clusters with room and without, as tests need them.</summary>
internal static class SomeFleet
{
    public static InstanceState Instance(
        string id, long? cpu = 4_096, long? memory = 8_192, long? cpuLeft = null, long? memoryLeft = null, string status = "ACTIVE", bool? agent = true, string? provider = null,
        int[]? hostPorts = null, int[]? usedPorts = null, int gpus = 0, int gpusLeft = 0, string zone = "eu-west-1a", string ec2 = "i-0", string? type = null) =>
        new(Order(1), new ResourceName("instance", "123456789012", "eu-west-1", "prod", id), new ContainerInstanceDetail
        {
            Version = 1, Ec2InstanceId = ec2, Status = status, AgentConnected = agent, RegisteredCpu = cpu, RegisteredMemory = memory, RemainingCpu = cpuLeft ?? cpu, RemainingMemory = memoryLeft ?? memory,
            CapacityProviderName = provider,
        })
        {
            Machine = new InstanceMachine
            {
                ReservedPorts = hostPorts ?? [22], UsedPorts = [.. hostPorts ?? [22], .. usedPorts ?? []], RegisteredGpus = [.. Enumerable.Range(0, gpus).Select(i => $"gpu-{i}")],
                RemainingGpus = [.. Enumerable.Range(0, gpusLeft).Select(i => $"gpu-{i}")], AvailabilityZone = zone, InstanceType = type,
            },
        };

    public static TaskState Task(
        string id, string service = "api", string instance = "", int? cpu = 256, int? memory = 512, string status = "RUNNING", int seconds = 0, string launchType = "EC2", string? provider = null,
        TaskClaims? claims = null, bool hasInterface = false, string? zone = null) =>
        TaskState.Restore(
            Order(seconds), new ResourceName("task", "123456789012", "eu-west-1", "prod", id), service, service.Length > 0 ? service : "job", instance,
            new TaskDetail
            {
                Version = 1, CreatedAt = At(seconds), LastStatus = status, DesiredStatus = status == "STOPPED" ? "STOPPED" : "RUNNING", LaunchType = launchType, CapacityProviderName = provider,
                Cpu = Text(cpu), Memory = Text(memory), AvailabilityZone = zone,
            },
            hasInterface ? new TaskNetwork("ATTACHED", "eni-1", null, null) : null, claims, null);

    public static IResourceState Service(params EcsEvent[] events) => events.Aggregate((ServiceState?)null, (known, e) => ServiceState.Observe(known, e).Next)!;

    /// <summary>The one cluster that these are in.</summary>
    public static ClusterView View(params IReadOnlyCollection<IResourceState> states)
    {
        var model = new ClusterModel(new EventDiagnoser(), new ManualTime(Some.Noon.AddMinutes(1)));
        model.Apply(states);
        return Assert.Single(model.View.Clusters);
    }

    // As the states of a fleet share their words.
    private static string? Text(int? number) => number is { } amount ? string.Intern(amount.ToString(System.Globalization.CultureInfo.InvariantCulture)) : null;

    private static EventTime At(int seconds) => new(Some.Noon.AddSeconds(seconds).ToUnixTimeMilliseconds());

    private static EventOrder Order(int seconds) => new(1, At(seconds).UnixMilliseconds, new EventKey(At(seconds).UnixMilliseconds, 1));
}
