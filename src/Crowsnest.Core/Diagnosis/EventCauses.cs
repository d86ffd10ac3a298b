using System.Collections.Frozen;
using static Crowsnest.Core.Diagnosis.CauseKinds;
using static Crowsnest.Core.Diagnosis.EventOutcome;

namespace Crowsnest.Core.Diagnosis;

/// <summary>The table for events that are not a task's stop: ECS's event names, and a row for each other thing that an event can mean.</summary>
internal static class EventCauses
{
    private const string AtService = "[Service {service}: |]";

    /// <summary>By <c>eventName</c>, whichever detail-type brings it.</summary>
    public static FrozenDictionary<string, EventCause> ByName { get; } = new EventCause[]
    {
        new("SERVICE_STEADY_STATE", "", Routine, Severity.Info, "The service has reached a steady state."),
        new("TASKSET_STEADY_STATE", "", Routine, Severity.Info, "The task set has reached a steady state."),
        new("CAPACITY_PROVIDER_STEADY_STATE", "", Routine, Severity.Info, "The service's capacity provider has reached a steady state."),
        new("SERVICE_DESIRED_COUNT_UPDATED", "", Routine, Severity.Info, "The scheduler changed the service's desired count."),
        new("TASKS_STOPPED", "", Routine, Severity.Info, "The service stopped tasks."),
        new("SERVICE_DEPLOYMENT_IN_PROGRESS", "", Routine, Severity.Info, "A deployment is in progress."),
        new("SERVICE_DEPLOYMENT_COMPLETED", "", Routine, Severity.Info, "A deployment is complete."),
        new("SERVICE_DEPLOYMENT_FAILED", DeploymentFailed, Failure, Severity.Error, AtService + "the deployment[ {deployment}] failed[: {reason}].",
            "Look at why the deployment's tasks failed; without a rollback the service keeps the old tasks that are left."),
        new("SERVICE_TASK_START_IMPAIRED", TaskStartImpaired, Failure, Severity.Error, AtService + "its tasks fail to start, again and again[: {reason}].",
            "Look at why the service's tasks stop; ECS waits longer between tries each time."),
        new("SERVICE_TASK_PLACEMENT_FAILURE", Placement, Failure, Severity.Error, AtService + "no place had room for a task[: {reason}].",
            "Add capacity of the kind that the reason names, or make the task smaller or its constraints wider."),
        new("SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED", Placement, Failure, Severity.Error, AtService + "a daemon task stands where its constraints forbid it.",
            "Compare the service's placement constraints with the instances' attributes."),
        new("SERVICE_TASK_CONFIGURATION_FAILURE", ServiceImpaired, Failure, Severity.Error, AtService + "its tasks cannot be configured[: {reason}].",
            "Correct the service or task definition as the reason says."),
        new("SERVICE_HEALTH_UNKNOWN", ServiceImpaired, Failure, Severity.Error, AtService + "ECS does not know its health[: {reason}].", "Look at the service in ECS."),
        new("SERVICE_DISCOVERY_INSTANCE_UNHEALTHY", ServiceImpaired, Failure, Severity.Warning, AtService + "a task is unhealthy in service discovery.",
            "Check the service's health check in Cloud Map."),
        new("VPC_LATTICE_TARGET_UNHEALTHY", ServiceImpaired, Failure, Severity.Warning, AtService + "a VPC Lattice target is unhealthy.", "Check the target group's health check."),
        new("ECS_OPERATION_THROTTLED", ServiceImpaired, Failure, Severity.Warning, AtService + "ECS is throttled by another API[: {reason}].",
            "Fewer changes at a time, or a higher limit; ECS tries again."),
        new("SERVICE_DISCOVERY_OPERATION_THROTTLED", ServiceImpaired, Failure, Severity.Warning, AtService + "service discovery is throttled.", "ECS tries again."),
        new("HOOK_IN_PROGRESS", "", Info, Severity.Info, "A deployment hook is in progress."),
        new("HOOK_AWAITING_ACTION", "", Info, Severity.Warning, AtService + "a deployment hook waits for someone to go on[ at {stage}][ until {until}].",
            "Continue or roll back the deployment before the hook expires."),
        new("HOOK_SUCCEEDED", "", Info, Severity.Info, "A deployment hook succeeded."),
        new("HOOK_FAILED", DeploymentFailed, Failure, Severity.Error, AtService + "a deployment hook failed[ at {stage}][: {reason}].", "Look at the hook's own log."),
        new("HOOK_TIMED_OUT", DeploymentFailed, Failure, Severity.Error, AtService + "a deployment hook timed out[ at {stage}].", "Look at the hook, then deploy again."),
        new("DAEMON_TASK_START_IMPAIRED", TaskStartImpaired, Failure, Severity.Error, "A daemon's task cannot be started[ on {instance}][: {reason}].",
            "Look at the reason: image, resources or the instance."),
        new("DAEMON_DEPLOYMENT_PENDING", "", Routine, Severity.Info, "A daemon's deployment is pending."),
        new("DAEMON_DEPLOYMENT_IN_PROGRESS", "", Routine, Severity.Info, "A daemon's deployment is in progress."),
        new("DAEMON_DEPLOYMENT_SUCCESSFUL", "", Routine, Severity.Info, "A daemon's deployment is complete."),
        new("DAEMON_DEPLOYMENT_STOPPED", "", Routine, Severity.Info, "A daemon's deployment was stopped."),
        new("DAEMON_DEPLOYMENT_STOP_REQUESTED", "", Routine, Severity.Info, "A daemon's deployment is asked to stop."),
        new("DAEMON_DEPLOYMENT_ROLLBACK_IN_PROGRESS", DeploymentRolledBack, Failure, Severity.Error, "A daemon's deployment is being rolled back[: {reason}].",
            "Look at why the new revision's tasks failed."),
        new("DAEMON_DEPLOYMENT_ROLLBACK_SUCCESSFUL", "", Routine, Severity.Info, "A daemon's deployment was rolled back."),
        new("DAEMON_DEPLOYMENT_ROLLBACK_FAILED", DeploymentFailed, Failure, Severity.Error, "A daemon's deployment could not be rolled back[: {reason}].",
            "Look at the daemon in ECS: neither revision is whole."),
    }.ToFrozenDictionary(c => c.Name, StringComparer.Ordinal);

    public static readonly EventCause RolledBack = new("rolling back", DeploymentRolledBack, Failure, Severity.Error,
        AtService + "a deployment is being rolled back[: {reason}].", "Look at why the new deployment's tasks failed; the old one stays in place.");

    public static readonly EventCause DeploymentTrouble = new("", DeploymentFailed, Failure, Severity.Error, AtService + "[{eventName}|a deployment is in trouble][: {reason}].",
        "Look at the deployment in ECS, and at why its tasks stop.");
    public static readonly EventCause DaemonTrouble = new("", TaskStartImpaired, Failure, Severity.Error, "[{eventName}|A daemon is in trouble][: {reason}].",
        "Look at the daemon in ECS, and at the instance.");
    public static readonly EventCause ServiceError = new("", ServiceImpaired, Failure, Severity.Error, AtService + "[{eventName}|an error][: {reason}].",
        "Look at the service's events in ECS.");
    public static readonly EventCause ServiceWarning = new("", ServiceImpaired, Failure, Severity.Warning, AtService + "[{eventName}|a warning][: {reason}].",
        "Look at the service's events in ECS if it repeats.");
    public static readonly EventCause NormalStep = new("", "", Routine, Severity.Info, "A normal step.");

    public static readonly EventCause HostGone = new("INACTIVE", HostTerminated, Failure, Severity.Error,
        "[The container instance {ec2}|A container instance] is gone: INACTIVE, and its agent is away.",
        "Look in EC2 and Auto Scaling for why the instance ended; drain instances before they are terminated.", GroupsByInstance: true);

    public static readonly EventCause RegistrationFailed = new("REGISTRATION_FAILED", InfrastructureHealth, Failure, Severity.Error,
        "[The container instance {ec2}|A container instance] could not be registered[: {statusReason}].", "Read the status reason and the agent's log.", GroupsByInstance: true);

    public static readonly EventCause InstanceSnapshot = new("", "", Info, Severity.Info, "A container instance as it is.");

    public static readonly EventCause AgentAway = new("AGENT_CONNECTIVITY", AgentDisconnected, Failure, Severity.Error,
        "The ECS agent[ of {ec2}] has been away for too long[: {checks}].", "Check the agent on the instance, and its route to ECS.", GroupsByInstance: true);

    public static readonly EventCause InstanceImpaired = new("IMPAIRED", InfrastructureHealth, Failure, Severity.Error,
        "[The container instance {ec2}|A container instance] is not healthy[: {checks}].", "Drain the instance and replace it.", GroupsByInstance: true);

    public static readonly EventCause InstanceHealthy = new("OK", "", Routine, Severity.Info, "The container instance is healthy.");
    public static readonly EventCause InstanceHealthUnsure = new("", "", Info, Severity.Info, "The container instance's health is not known yet.");

    public static readonly EventCause SpotWarning = new("", SpotInterruption, Info, Severity.Warning,
        "AWS will take back the Spot instance[ {ec2}] in two minutes.", "Let the instance drain; its tasks move.", GroupsByInstance: true);

    public static readonly EventCause HealthIssue = new("issue", InfrastructureHealth, Failure, Severity.Warning,
        "AWS reports an issue[: {eventName}].", "Read it on the AWS Health dashboard.");

    public static readonly EventCause HealthNotice = new("", Maintenance, Info, Severity.Warning,
        "AWS announces work[: {eventName}].", "Read on the AWS Health dashboard what will be replaced, and when.");

    public static readonly EventCause LaunchFailed = new("Unsuccessful", InfrastructureHealth, Failure, Severity.Warning,
        "[{detailType}|Auto Scaling did not succeed][: {message}].", "Read the scaling activity: capacity, limits, image or role.");

    public static readonly EventCause Rebalance = new("", SpotInterruption, Info, Severity.Info, "EC2 recommends to rebalance a Spot instance.", GroupsByInstance: true);
    public static readonly EventCause Notice = new("", "", Info, Severity.Info, "An event that needs no explaining.");
    public static readonly EventCause Untrusted = new("", "", Info, Severity.Info, "An event of a source that is not trusted; it is kept, and not diagnosed.");
    public static readonly EventCause Heartbeat = new("", "", Info, Severity.Info, "A heartbeat: the events of this account and region find their way.");
    public static readonly EventCause NotStopping = new("", "", Info, Severity.Info, "The task is not stopping.");
    public static readonly EventCause Running = new("RUNNING", "", Info, Severity.Info, "The task is running.");
    public static readonly EventCause Starting = new("", "", Info, Severity.Info, "The task is starting.");
}
