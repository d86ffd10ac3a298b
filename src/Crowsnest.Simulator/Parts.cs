namespace Crowsnest.Simulator;

/// <summary>What a cluster runs on.</summary>
internal enum Ground
{
    Ec2,
    Ec2Spot,
    Fargate,
}

/// <summary>An account's cluster in a region.</summary>
internal sealed class Cluster
{
    public required string Account { get; init; }

    public required string Region { get; init; }

    public required string Name { get; init; }

    public required string Arn { get; init; }

    public required Ground Ground { get; init; }

    public required string[] Subnets { get; init; }

    public required string CapacityProvider { get; init; }

    public List<Instance> Instances { get; } = [];

    public string ArnOf(string what) => $"arn:aws:ecs:{Region}:{Account}:{what}";
}

/// <summary>A container instance.</summary>
internal sealed class Instance
{
    public required Cluster Cluster { get; init; }

    public required string Id { get; init; }

    public required string Arn { get; init; }

    public required string Ec2Id { get; init; }

    public required string Zone { get; init; }

    public required int Cpu { get; init; }

    public required int Memory { get; init; }

    public required byte[] Attributes { get; init; }

    public required byte[] Registered { get; init; }

    public required string AgentVersion { get; init; }

    public required string AgentHash { get; init; }

    public required long RegisteredAt { get; init; }

    public required long Version { get; set; }

    public required int NextPort { get; set; }

    public string Status { get; set; } = "ACTIVE";

    public bool AgentConnected { get; set; } = true;

    public int FreeCpu { get; set; }

    public int FreeMemory { get; set; }

    public SortedSet<int> UsedPorts { get; } = [];

    public List<FleetTask> Tasks { get; } = [];

    public bool TakesTasks => Status == "ACTIVE" && AgentConnected;
}

/// <summary>A container of a task definition.</summary>
internal sealed record ContainerSpec(string Name, string? Image, string Digest, string Cpu, string? Memory, bool IsInit = false)
{
    /// <summary>GuardDuty's, which AWS adds to Fargate tasks.</summary>
    public bool IsInjected => Image is null;
}

/// <summary>What runs tasks: a service, or a task definition that schedules and people run.</summary>
internal sealed class Workload
{
    public required Cluster Cluster { get; init; }

    public required string Name { get; init; }

    /// <summary>Its service's ARN; <see langword="null"/> for a job.</summary>
    public string? ServiceArn { get; init; }

    public required string Group { get; init; }

    public required string CapacityProvider { get; init; }

    public required bool HasNetworkInterface { get; init; }

    public string? TargetGroup { get; init; }

    public required int Cpu { get; init; }

    public required int Memory { get; init; }

    public required int Port { get; init; }

    public required bool ExecuteCommand { get; init; }

    public ContainerSpec[] Containers { get; set; } = [];

    public int Revision { get; set; }

    public string TaskDefinition { get; set; } = "";

    public string Deployment { get; set; } = "";

    public int Desired { get; set; }

    public List<FleetTask> Live { get; } = [];

    /// <summary>What its new tasks suffer from, until then.</summary>
    public Trouble Trouble { get; set; }

    public long TroubleUntil { get; set; }

    /// <summary>Starts and quick deaths that failed in a row.</summary>
    public int FailuresInARow { get; set; }

    /// <summary>The deployment that is on its way, or <see langword="null"/>.</summary>
    public Rollout? Rollout { get; set; }

    public bool IsFilling { get; set; }

    public bool IsSettling { get; set; }

    public long PlacementToldAt { get; set; }

    public bool IsOnInstances => Cluster.Ground != Ground.Fargate;

    public bool IsFargateSpot => CapacityProvider == "FARGATE_SPOT";
}

/// <summary>What can be wrong with a task.</summary>
internal enum Trouble
{
    None,
    Crash,
    Segfault,
    OutOfMemory,
    ImagePull,
    ResourceInit,
    ContainerStart,
    Network,
    LoadBalancerHealth,
    ContainerHealth,
}

/// <summary>A container of a task.</summary>
internal sealed class TaskPart
{
    public required ContainerSpec Spec { get; init; }

    public required string Arn { get; init; }

    public string Status { get; set; } = "PENDING";

    public string? RuntimeId { get; set; }

    public int? ExitCode { get; set; }

    public string? Reason { get; set; }
}

/// <summary>A task. Times are milliseconds since 1970 UTC, 0 for what has not happened.</summary>
internal sealed class FleetTask
{
    public required Workload Workload { get; init; }

    public required string Id { get; init; }

    public required string Arn { get; init; }

    public required TaskPart[] Parts { get; init; }

    public required string TaskDefinition { get; init; }

    public string? StartedBy { get; init; }

    public required long CreatedAt { get; init; }

    public required string Zone { get; init; }

    public required string Subnet { get; init; }

    public required Trouble Trouble { get; init; }

    /// <summary>How long a job works, in seconds; 0 for a service's task.</summary>
    public double WorkSeconds { get; init; }

    /// <summary>Values of its environment that came with the call that ran it.</summary>
    public IReadOnlyList<(string Name, string Value)> Environment { get; init; } = [];

    public Instance? Instance { get; set; }

    public int HostPort { get; set; }

    public string AttachmentId { get; init; } = "";

    public string LoadBalancerAttachmentId { get; init; } = "";

    public string InterfaceId { get; init; } = "";

    public string Mac { get; init; } = "";

    public string Address { get; init; } = "";

    public string InterfaceStatus { get; set; } = "PRECREATED";

    public string LoadBalancerStatus { get; set; } = "PRECREATED";

    public bool HidesAttachments { get; set; }

    public string LastStatus { get; set; } = "PROVISIONING";

    public string DesiredStatus { get; set; } = "RUNNING";

    public long Version { get; set; }

    public long ConnectedAt { get; set; }

    public long PullStartedAt { get; set; }

    public long PullStoppedAt { get; set; }

    public long StartedAt { get; set; }

    public long ExecutionStoppedAt { get; set; }

    public long StoppingAt { get; set; }

    public long StoppedAt { get; set; }

    public string? StopCode { get; set; }

    public string? StoppedReason { get; set; }

    /// <summary>What its stop really is; set when it begins to stop.</summary>
    public string? Class { get; set; }

    public bool IsStopping => Class is not null;

    public bool IsStopped => LastStatus == "STOPPED";

    /// <summary>The container whose end is the task's.</summary>
    public TaskPart Main => Parts[0];
}

/// <summary>A deployment on its way.</summary>
internal sealed class Rollout
{
    public required string Deployment { get; init; }

    public required string Before { get; init; }

    public required string TaskDefinitionBefore { get; init; }

    public required ContainerSpec[] ContainersBefore { get; init; }

    /// <summary>What its tasks suffer from.</summary>
    public required Trouble Trouble { get; init; }

    /// <summary>So many of its tasks may fail before the circuit breaker opens.</summary>
    public required int FailuresMax { get; init; }

    public int Failures { get; set; }
}
