namespace Crowsnest.Simulator;

/// <summary>What an event really is, as the simulation knows it.</summary>
public sealed record EventTruth
{
    /// <summary>The event's id.</summary>
    public required string Id { get; init; }

    /// <summary><c>task</c>, <c>instance</c>, <c>service</c>, <c>deployment</c> or <c>other</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>STOPPED with the reason "Essential container in task exited": what the AWS blog post of 2016 would have told.</summary>
    public bool IsSeed { get; init; }

    /// <summary>
    /// What a STOPPED task or an event about a service, deployment, instance or daemon really is (<c>oom</c>, <c>scale_in</c>, …), or <see langword="null"/>.
    /// </summary>
    public string? Class { get; init; }

    /// <summary>The class is a failure.</summary>
    public bool IsFailure => Class is not null && FailureClasses.Contains(Class);

    /// <summary>It was bent into something awkward.</summary>
    public bool IsOdd { get; init; }

    /// <summary>The ARN of what it is about.</summary>
    public string? Resource { get; init; }

    /// <summary><c>detail.version</c>, where it has one.</summary>
    public long? Version { get; init; }

    /// <summary>The task or instance as the event shows it; <see langword="null"/> for other kinds.</summary>
    public ResourceTruth? State { get; init; }

    /// <summary>The classes that are failures; the others that exist are <c>completed scale_in deploy_replace user_stop maintenance</c>.</summary>
    public static IReadOnlySet<string> FailureClasses { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "app_crash", "oom", "segfault", "image_pull", "resource_init", "start_error", "network", "elb_health", "container_health", "spot", "host_lost",
        "service_error", "deployment_failed", "rolled_back", "start_impaired", "daemon_impaired", "agent_disconnected",
    };
}

/// <summary>A resource as one event shows it.</summary>
public abstract record ResourceTruth(string Arn, long Version);

/// <summary>A task as one event shows it.</summary>
public sealed record TaskTruth(
    string Arn, long Version, string LastStatus, string DesiredStatus, string Cluster, string Group, string? StopCode, string? StoppedReason, string? Class) : ResourceTruth(Arn, Version);

/// <summary>A container instance as one event shows it.</summary>
public sealed record InstanceTruth(
    string Arn, long Version, string Status, bool AgentConnected, string Ec2InstanceId, int RemainingCpu, int RemainingMemory, int RunningTasks) : ResourceTruth(Arn, Version);
