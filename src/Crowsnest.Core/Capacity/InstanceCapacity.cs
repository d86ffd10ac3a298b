using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Capacity;

/// <summary>Whether ECS places new tasks on a container instance.</summary>
public enum TakesTasks
{
    /// <summary>It does.</summary>
    Yes,

    /// <summary>It is not ACTIVE: DRAINING, or being registered or deregistered.</summary>
    NotActive,

    /// <summary>Its agent is not connected.</summary>
    AgentDisconnected,

    /// <summary>No event said what it has, so nobody can tell.</summary>
    NotKnown,
}

/// <summary>One container instance: what it has, what of it is reserved, and whose tasks are on it.</summary>
/// <remarks>The numbers are those of its newest event, which ECS sends with each task that comes and goes; amounts that it did not say are <see langword="null"/> and not 0.</remarks>
public sealed record InstanceCapacity
{
    // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html: "a container instance can have up to 100 reserved ports at a time", the host's own among them.
    private const int PortsMax = 100;

    /// <summary>What its events say.</summary>
    public required InstanceState State { get; init; }

    /// <summary>Its capacity provider, or empty. Where its own events do not say it, its tasks do.</summary>
    public required string Provider { get; init; }

    /// <summary>Its availability zone, or empty.</summary>
    public string Zone => State.Machine.AvailabilityZone ?? "";

    /// <summary>CPU units.</summary>
    public Amount? Cpu { get; init; }

    /// <summary>MiB of memory.</summary>
    public Amount? Memory { get; init; }

    /// <summary>GPUs; none registered where it has none.</summary>
    public Amount? Gpus { get; init; }

    /// <summary>TCP ports that definitions may name, of the hundred that ECS allows; those that Docker chooses by itself do not count.</summary>
    public Amount? Ports { get; init; }

    /// <summary>Network interfaces that tasks on it have. How many it may have depends on its type, and no event says it.</summary>
    public int Interfaces { get; init; }

    /// <summary>Tasks on it that are not STOPPED, counted.</summary>
    public int Tasks { get; init; }

    /// <summary>Of these, how many are of managed daemons (group <c>daemon:</c>), which come and go with the instance.</summary>
    public int Daemons { get; init; }

    /// <summary>Of all of them, how many are whose, the most first.</summary>
    public IReadOnlyList<ServiceTasks> TasksByService { get; init; } = [];

    /// <summary>Whether new tasks are placed on it.</summary>
    public TakesTasks Takes { get; init; }

    /// <summary>It is of ECS Anywhere: a machine of one's own, for tasks of launch type EXTERNAL alone.</summary>
    public bool IsExternal => State.Detail.Ec2InstanceId?.StartsWith("mi-", StringComparison.Ordinal) == true;

    /// <summary>A port of it is taken, by its host or by a task.</summary>
    internal bool HasTaken(int port, bool isUdp) => Array.IndexOf(isUdp ? State.Machine.UsedUdpPorts : State.Machine.UsedPorts, port) >= 0;

    internal static InstanceCapacity Of(InstanceState state, string provider, int tasks, int daemons, int interfaces, IReadOnlyList<ServiceTasks> byService)
    {
        var (d, machine) = (state.Detail, state.Machine);
        var (cpu, memory) = (Amount.Of(d.RegisteredCpu, d.RemainingCpu), Amount.Of(d.RegisteredMemory, d.RemainingMemory));
        var isKnown = cpu is not null || memory is not null;
        var ports = PortsMax - machine.ReservedPorts.Length;
        return new InstanceCapacity
        {
            State = state, Provider = provider, Cpu = cpu, Memory = memory, Tasks = tasks, Daemons = daemons, Interfaces = interfaces, TasksByService = byService,
            Gpus = isKnown ? new Amount(machine.RegisteredGpus.Length, machine.RemainingGpus.Length) : null,
            Ports = isKnown ? new Amount(ports, Math.Max(0, ports - machine.UsedPorts.Except(machine.ReservedPorts).Count())) : null,
            Takes = TakesOf(d),
        };
    }

    /// <summary>Whether new tasks are placed on an instance of which this is said.</summary>
    internal static TakesTasks TakesOf(ContainerInstanceDetail d) =>
        Amount.Of(d.RegisteredCpu, d.RemainingCpu) is null && Amount.Of(d.RegisteredMemory, d.RemainingMemory) is null ? TakesTasks.NotKnown
        : d.Status != "ACTIVE" ? TakesTasks.NotActive
        : d.AgentConnected == false ? TakesTasks.AgentDisconnected
        : TakesTasks.Yes;
}
