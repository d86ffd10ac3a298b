namespace Crowsnest.Core.Events;

/// <summary>What an event says, by kind. Members are ECS's own names; a string that the event lacks (or sets to null) is <see langword="null"/>.</summary>
public abstract class EventDetail
{
    // ECS counts versions from 1 up, so the smallest number is free to say "none" in half the space of a nullable.
    private const long NoVersion = long.MinValue;
    private readonly long _version = NoVersion;

    /// <summary>The detail's <c>version</c>, by which ECS orders the states of one resource; <see langword="null"/> when it has none.</summary>
    public long? Version
    {
        get => _version == NoVersion ? null : _version;
        init => _version = value ?? NoVersion;
    }

    /// <summary>The detail's <c>updatedAt</c>.</summary>
    public EventTime UpdatedAt { get; init; }

    /// <summary>The detail's <c>createdAt</c>.</summary>
    public EventTime CreatedAt { get; init; }

    /// <summary>The detail's <c>clusterArn</c>.</summary>
    public string? ClusterArn { get; init; }
}

/// <summary>A detail that we have no reader for; the event's bytes hold it.</summary>
public sealed class UnknownDetail : EventDetail
{
    /// <summary>The one instance: there is nothing to tell apart.</summary>
    public static readonly UnknownDetail Instance = new();
}

/// <summary>ECS Task State Change: one task as it is at one version.</summary>
public sealed class TaskDetail : EventDetail
{
    /// <summary>The task's ARN, short or long form; from <c>resources</c> when the detail lacks it.</summary>
    public string? TaskArn { get; init; }

    /// <summary>The task definition's ARN; the revision may be missing.</summary>
    public string? TaskDefinitionArn { get; init; }

    /// <summary>The container instance's ARN; none on Fargate.</summary>
    public string? ContainerInstanceArn { get; init; }

    /// <summary><c>service:NAME</c>, <c>family:NAME</c> or free text.</summary>
    public string? Group { get; init; }

    /// <summary>Who started it: <c>ecs-svc/N</c>, <c>events-rule/NAME</c> or free text.</summary>
    public string? StartedBy { get; init; }

    /// <summary>The task's last status.</summary>
    public string? LastStatus { get; init; }

    /// <summary>The status it is wanted in.</summary>
    public string? DesiredStatus { get; init; }

    /// <summary>The stop code; absent before 2018 and sometimes since.</summary>
    public string? StopCode { get; init; }

    /// <summary>The stopped reason; present before the task is STOPPED.</summary>
    public string? StoppedReason { get; init; }

    /// <summary>EC2, FARGATE, EXTERNAL or MANAGED_INSTANCES.</summary>
    public string? LaunchType { get; init; }

    /// <summary>The capacity provider's name.</summary>
    public string? CapacityProviderName { get; init; }

    /// <summary>The availability zone.</summary>
    public string? AvailabilityZone { get; init; }

    /// <summary>The task's CPU units, as ECS writes them.</summary>
    public string? Cpu { get; init; }

    /// <summary>The task's memory in MiB, as ECS writes it.</summary>
    public string? Memory { get; init; }

    /// <summary>CONNECTED or DISCONNECTED: whether ECS reaches the task.</summary>
    public string? Connectivity { get; init; }

    /// <summary>Since when.</summary>
    public EventTime ConnectivityAt { get; init; }

    /// <summary>When the pull of its images began.</summary>
    public EventTime PullStartedAt { get; init; }

    /// <summary>When the pull of its images ended.</summary>
    public EventTime PullStoppedAt { get; init; }

    /// <summary>When it reached RUNNING.</summary>
    public EventTime StartedAt { get; init; }

    /// <summary>When the stop began.</summary>
    public EventTime StoppingAt { get; init; }

    /// <summary>When its containers had ended.</summary>
    public EventTime ExecutionStoppedAt { get; init; }

    /// <summary>When it was STOPPED.</summary>
    public EventTime StoppedAt { get; init; }

    /// <summary>The containers, in the event's order.</summary>
    public TaskContainer[] Containers { get; init; } = [];
}

/// <summary>A container of a task.</summary>
/// <param name="Name">Its name in the task definition.</param>
/// <param name="LastStatus">Its last status.</param>
/// <param name="ExitCode">Its exit code; missing means "never ran" or "not known", and is not 0.</param>
/// <param name="Reason">Why it stopped, in Docker's or the agent's words.</param>
/// <param name="Image">Its image; injected sidecars have none.</param>
public readonly record struct TaskContainer(string? Name, string? LastStatus, int? ExitCode, string? Reason, string? Image);

/// <summary>ECS Container Instance State Change: one container instance as it is at one version.</summary>
public sealed class ContainerInstanceDetail : EventDetail
{
    /// <summary>Its ARN; from <c>resources</c> when the detail lacks it.</summary>
    public string? ContainerInstanceArn { get; init; }

    /// <summary>The EC2 instance (<c>i-…</c>, or <c>mi-…</c> for an external one).</summary>
    public string? Ec2InstanceId { get; init; }

    /// <summary>ACTIVE, DRAINING, INACTIVE, REGISTERING, DEREGISTERING or REGISTRATION_FAILED.</summary>
    public string? Status { get; init; }

    /// <summary>Why it has that status.</summary>
    public string? StatusReason { get; init; }

    /// <summary>Whether its agent is connected; brief disconnects are normal.</summary>
    public bool? AgentConnected { get; init; }

    /// <summary>Tasks running on it, if said.</summary>
    public long? RunningTasksCount { get; init; }

    /// <summary>Tasks pending on it, if said.</summary>
    public long? PendingTasksCount { get; init; }

    /// <summary>CPU units registered.</summary>
    public long? RegisteredCpu { get; init; }

    /// <summary>MiB of memory registered.</summary>
    public long? RegisteredMemory { get; init; }

    /// <summary>CPU units not reserved.</summary>
    public long? RemainingCpu { get; init; }

    /// <summary>MiB of memory not reserved.</summary>
    public long? RemainingMemory { get; init; }

    /// <summary>The capacity provider's name.</summary>
    public string? CapacityProviderName { get; init; }
}

/// <summary>
/// An event whose meaning is its <c>eventType</c> and <c>eventName</c>: ECS Service Action, Deployment State Change, Hook State Change,
/// Daemon Service Action and Daemon Deployment State Change.
/// </summary>
public sealed class ActionDetail : EventDetail
{
    /// <summary>INFO, WARN, WARNING or ERROR.</summary>
    public string? EventType { get; init; }

    /// <summary>What happened, e.g. SERVICE_TASK_PLACEMENT_FAILURE.</summary>
    public string? EventName { get; init; }

    /// <summary>Why, in ECS's words.</summary>
    public string? Reason { get; init; }

    /// <summary>The service's ARN; from <c>resources</c> when the detail lacks it.</summary>
    public string? ServiceArn { get; init; }

    /// <summary>The deployment's id (<c>ecs-svc/N</c>).</summary>
    public string? DeploymentId { get; init; }

    /// <summary>How many tasks the service wants, if said: the schema registry has it, and most events do not.</summary>
    public long? DesiredCount { get; init; }

    /// <summary>The capacity providers that it is about.</summary>
    public string[] CapacityProviderArns { get; init; } = [];

    /// <summary>The task's ARN (daemon actions).</summary>
    public string? TaskArn { get; init; }

    /// <summary>The container instance's ARN (daemon actions).</summary>
    public string? ContainerInstanceArn { get; init; }

    /// <summary>The daemon's ARN.</summary>
    public string? DaemonArn { get; init; }

    /// <summary>TASK_FAILED_TO_RUN or TASK_CREATION_FAILED (daemon actions).</summary>
    public string? FailureType { get; init; }

    /// <summary>The hook's lifecycle stage.</summary>
    public string? LifecycleStage { get; init; }

    /// <summary>Until when a hook waits.</summary>
    public EventTime ExpiresAt { get; init; }
}

/// <summary>ECS Container Instance Health Change.</summary>
public sealed class InstanceHealthDetail : EventDetail
{
    /// <summary>The container instance's ARN; from <c>resources</c> when the detail lacks it.</summary>
    public string? ContainerInstanceArn { get; init; }

    /// <summary>The EC2 instance.</summary>
    public string? Ec2InstanceId { get; init; }

    /// <summary>OK or IMPAIRED.</summary>
    public string? OverallStatus { get; init; }

    /// <summary>The single checks.</summary>
    public HealthCheck[] HealthChecks { get; init; } = [];
}

/// <summary>One check of an instance's health.</summary>
/// <param name="Type">CONTAINER_RUNTIME, ACCELERATED_COMPUTE, DAEMON or AGENT_CONNECTIVITY.</param>
/// <param name="Status">OK or IMPAIRED.</param>
/// <param name="StatusReason">Why, if said.</param>
public readonly record struct HealthCheck(string? Type, string? Status, string? StatusReason);

/// <summary>
/// The relatives of other services: CloudTrail's API calls, AWS Health, EC2 and Auto Scaling. Only what diagnosis and labels need is read;
/// all else is found by search in the event's bytes.
/// </summary>
public sealed class RelatedDetail : EventDetail
{
    /// <summary>CloudTrail: <c>eventName</c>; Health: <c>eventTypeCode</c>; Auto Scaling: <c>detail-type</c> says it.</summary>
    public string? Name { get; init; }

    /// <summary>CloudTrail: <c>eventSource</c>; Health: <c>service</c>; Auto Scaling: <c>AutoScalingGroupName</c>.</summary>
    public string? Origin { get; init; }

    /// <summary>CloudTrail: <c>errorCode</c>; EC2: <c>state</c> or <c>instance-action</c>; Health: <c>eventTypeCategory</c>; Auto Scaling: <c>StatusCode</c>.</summary>
    public string? Status { get; init; }

    /// <summary>CloudTrail: <c>errorMessage</c>; Auto Scaling: <c>StatusMessage</c>.</summary>
    public string? Message { get; init; }

    /// <summary>The EC2 instance.</summary>
    public string? Ec2InstanceId { get; init; }
}
