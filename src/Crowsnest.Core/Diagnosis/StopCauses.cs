using static Crowsnest.Core.Diagnosis.CauseKinds;

namespace Crowsnest.Core.Diagnosis;

/// <summary>The table of causes of a task's stop. The first row that holds is the cause.</summary>
/// <remarks>
/// Stop code and the reason's beginning come first, because they say who stopped the task; containers' reasons and exit codes only where the task ended by
/// itself. Ranks: 0 nothing yet, 10 a guess, 20 the stop code alone, 30 exit codes, 50 the reason's beginning, 60 an error with a name.
/// </remarks>
internal static class StopCauses
{
    /// <summary>The whole table, in order.</summary>
    public static IReadOnlyList<StopCause> All { get; } = [.. StoppedByOthers(), .. StartCauses.Rows, .. ExitCauses.Rows];

    private static StopCause[] StoppedByOthers() =>
    [
        // A user's words are the user's: nothing is read into them.
        new() { Kind = UserStopped, Outcome = EventOutcome.Routine, Severity = Severity.Info, Rank = 50, StopCodes = ["UserInitiated"],
            Words = "Someone stopped the task[: {reason}].", Example = ["UserInitiated", "restart for config change", "143|"] },
        new() { Kind = UserStopped, Outcome = EventOutcome.Routine, Severity = Severity.Info, Rank = 50,
            ReasonPrefixes = ["Task stopped by user", "Container instance deregistration forced by user"],
            Words = "Someone stopped the task[: {reason}].", Example = ["", "Task stopped by user", "0|"] },
        new() { Kind = UserStopped, Outcome = EventOutcome.Routine, Severity = Severity.Info, Rank = 50, ReasonPrefixes = ["Service"], ReasonContains = [" deleted"],
            Words = "The task's service was deleted.", Example = ["ServiceSchedulerInitiated", "Service web deleted.", "0|"] },
        new() { Kind = SpotInterruption, Severity = Severity.Warning, Rank = 50, ReasonPrefixes = ["Your Spot Task was interrupted"],
            Words = "AWS took the Spot capacity back[ after the task had run {ran}].",
            NextStep = "Nothing if the service recovers; otherwise keep a base of the service on on-demand capacity.",
            Example = ["SpotInterruption", "Your Spot Task was interrupted.", "137|"] },
        new() { Kind = SpotInterruption, Severity = Severity.Warning, Rank = 20, StopCodes = ["SpotInterruption"],
            Words = "AWS took the Spot capacity back[ after the task had run {ran}].",
            NextStep = "Nothing if the service recovers; otherwise keep a base of the service on on-demand capacity.", Example = ["SpotInterruption", ""] },
        new() { Kind = HostTerminated, Rank = 50, GroupsByInstance = true, ReasonPrefixes = ["Host EC2"],
            Words = "The host[ {host}] under the task went away.",
            NextStep = "Look in EC2 and Auto Scaling for why the instance ended; drain instances before they are terminated.",
            Example = ["TerminationNotice", "Host EC2 (instance i-0123456789abcdef0) terminated.", "137|"] },
        new() { Kind = InfrastructureHealth, Rank = 50, GroupsByInstance = true, StopCodes = ["InfrastructureHealth"],
            Words = "ECS stopped the task because the infrastructure under it is not healthy[: {reason}].",
            NextStep = "Check the container instance's health events; replace the instance if they repeat.",
            Example = ["InfrastructureHealth", "Infrastructure unhealthy", "137|"] },
        new() { Kind = LoadBalancerHealthCheck, Rank = 50, ReasonPrefixes = ["Task failed ELB health checks"],
            Words = "The load balancer's health check failed[ after the task had run {ran}], so ECS replaced the task.",
            NextStep = "Ask the target group for the reason (timeout, code, refused); check the health path, port, security groups and the service's health check grace period.",
            Example = ["ServiceSchedulerInitiated", "Task failed ELB health checks in (target-group arn:aws:elasticloadbalancing:x)", "2|"] },
        new() { Kind = ContainerHealthCheck, Rank = 50, ReasonPrefixes = ["Task failed container health checks"],
            Words = "A container's own health check failed[ after the task had run {ran}], so ECS replaced the task.",
            NextStep = "Run the health check's command in the container; check its interval, retries and start period.",
            Example = ["ServiceSchedulerInitiated", "Task failed container health checks", "0|"] },
        new() { Kind = DeploymentReplaced, Outcome = EventOutcome.Routine, Severity = Severity.Info, Rank = 50, ReasonPrefixes = ["Scaling activity initiated by"],
            When = IsAnotherDeployment, Words = "Another deployment[ ({deployment})] replaced the task.",
            Example = ["ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/2)", "143|"] },
        new() { Kind = ScaleIn, Outcome = EventOutcome.Routine, Severity = Severity.Info, Rank = 50, ReasonPrefixes = ["Scaling activity initiated by"],
            Words = "The service scheduler stopped the task: scale-in or replaced[ ({deployment})].",
            Example = ["ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)", "137|"] },
        new() { Kind = Maintenance, Outcome = EventOutcome.Routine, Severity = Severity.Info, Rank = 50, ReasonPrefixes = ["ECS is performing maintenance"],
            Words = "ECS moved the task away for maintenance of the infrastructure.",
            Example = ["ServiceSchedulerInitiated", "ECS is performing maintenance on the underlying infrastructure hosting the task", "143|"] },
        new() { Kind = HostTerminated, Rank = 20, GroupsByInstance = true, StopCodes = ["TerminationNotice"],
            Words = "AWS gave notice that the host under the task ends.", NextStep = "Look in EC2 and Auto Scaling for why the instance ended.",
            Example = ["TerminationNotice", ""] },
    ];

    private static bool IsAnotherDeployment(in StopFacts stop)
    {
        var named = StopWords.DeploymentIn(stop.Reason);
        return !named.IsEmpty && stop.StartedBy.Length > 0 && !named.SequenceEqual(stop.StartedBy);
    }
}
