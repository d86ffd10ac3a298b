namespace Crowsnest.Core.Events;

/// <summary>What a container instance is and which of its ports and GPUs are taken: the parts of its event that only its state keeps.</summary>
public sealed class InstanceMachine
{
    /// <summary>TCP ports that tasks cannot have, since the host and its agent do: the ones that <c>registeredResources</c> lists.</summary>
    public int[] ReservedPorts { get; init; } = [];

    /// <summary>TCP ports in use: in <c>remainingResources</c> the listed ports are the used ones, at most a hundred.</summary>
    public int[] UsedPorts { get; init; } = [];

    /// <summary>UDP ports in use.</summary>
    public int[] UsedUdpPorts { get; init; } = [];

    /// <summary>The ids of all GPUs.</summary>
    public string[] RegisteredGpus { get; init; } = [];

    /// <summary>The ids of the GPUs that no task has.</summary>
    public string[] RemainingGpus { get; init; } = [];

    /// <summary>When it was registered.</summary>
    public EventTime RegisteredAt { get; init; }

    /// <summary>The agent's version.</summary>
    public string? AgentVersion { get; init; }

    /// <summary>Docker's version, as the agent writes it.</summary>
    public string? DockerVersion { get; init; }

    /// <summary>Attribute <c>ecs.availability-zone</c>.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>Attribute <c>ecs.instance-type</c>.</summary>
    public string? InstanceType { get; init; }

    /// <summary>Attribute <c>ecs.ami-id</c>.</summary>
    public string? AmiId { get; init; }

    /// <summary>Attribute <c>ecs.os-type</c>.</summary>
    public string? OsType { get; init; }

    /// <summary>Attribute <c>ecs.cpu-architecture</c>.</summary>
    public string? CpuArchitecture { get; init; }
}
