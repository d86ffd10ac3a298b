using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Diagnosis;

public class EventCausesTests
{
    private static readonly EventDiagnoser Diagnoser = new();

    [Theory]
    [InlineData(EventKind.ServiceAction, "INFO", "SERVICE_STEADY_STATE", null, EventOutcome.Routine, "")]
    [InlineData(EventKind.ServiceAction, "INFO", "SERVICE_TASK_PLACEMENT_FAILURE", "RESOURCE:CPU", EventOutcome.Failure, "Placement")]
    [InlineData(EventKind.ServiceAction, null, "SERVICE_TASK_START_IMPAIRED", null, EventOutcome.Failure, "TaskStartImpaired")]
    [InlineData(EventKind.ServiceAction, "ERROR", "SERVICE_STEADY_STATE", null, EventOutcome.Failure, "ServiceImpaired")]
    [InlineData(EventKind.ServiceAction, "WARNING", "SERVICE_NEW_NAME", null, EventOutcome.Failure, "ServiceImpaired")]
    [InlineData(EventKind.ServiceAction, null, "SERVICE_SOMETHING_FAILED", null, EventOutcome.Failure, "ServiceImpaired")]
    [InlineData(EventKind.ServiceAction, "INFO", "SERVICE_NEW_NAME", null, EventOutcome.Routine, "")]
    [InlineData(EventKind.Deployment, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", "ECS deployment ecs-svc/1 in progress.", EventOutcome.Routine, "")]
    [InlineData(EventKind.Deployment, "INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.", EventOutcome.Failure, "DeploymentRolledBack")]
    [InlineData(EventKind.Deployment, "ERROR", "SERVICE_DEPLOYMENT_FAILED", "ECS deployment circuit breaker: rolling back", EventOutcome.Failure, "DeploymentFailed")]
    [InlineData(EventKind.Hook, "INFO", "HOOK_AWAITING_ACTION", null, EventOutcome.Info, "")]
    [InlineData(EventKind.Hook, "INFO", "HOOK_TIMED_OUT", null, EventOutcome.Failure, "DeploymentFailed")]
    [InlineData(EventKind.DaemonAction, "WARNING", "DAEMON_TASK_START_IMPAIRED", "CannotPullContainerError", EventOutcome.Failure, "TaskStartImpaired")]
    [InlineData(EventKind.DaemonDeployment, "ERROR", "DAEMON_DEPLOYMENT_ROLLBACK_FAILED", null, EventOutcome.Failure, "DeploymentFailed")]
    public void Type_and_name_are_each_enough_for_a_failure(EventKind kind, string? type, string? name, string? reason, EventOutcome outcome, string diagnosed)
    {
        var diagnosis = Diagnoser.Diagnose(Some.Action(kind, type, name, reason));

        Assert.Equal((outcome, diagnosed), (diagnosis.Outcome, diagnosis.Kind));
        Assert.Matches(@"^[A-Z][^\[\]{}]*\.$", diagnosis.Summary);
    }

    [Theory]
    [InlineData("INACTIVE", false, EventOutcome.Failure, "HostTerminated")]
    [InlineData("INACTIVE", true, EventOutcome.Info, "")]
    [InlineData("ACTIVE", false, EventOutcome.Info, "")]
    [InlineData("DRAINING", false, EventOutcome.Info, "")]
    public void An_agent_that_is_away_is_normal_unless_the_instance_is_inactive(string status, bool connected, EventOutcome outcome, string kind)
    {
        var diagnosis = Diagnoser.Diagnose(Some.Event(EventKind.ContainerInstance, new ContainerInstanceDetail { Status = status, AgentConnected = connected }));

        Assert.Equal((outcome, kind), (diagnosis.Outcome, diagnosis.Kind));
        Assert.Equal(outcome == EventOutcome.Failure, diagnosis.Cause.GroupsByInstance);
    }

    [Theory]
    [InlineData("IMPAIRED", "AGENT_CONNECTIVITY", EventOutcome.Failure, "AgentDisconnected")]
    [InlineData("IMPAIRED", "ACCELERATED_COMPUTE", EventOutcome.Failure, "InfrastructureHealth")]
    [InlineData("OK", "AGENT_CONNECTIVITY", EventOutcome.Routine, "")]
    public void Impaired_health_is_a_failure_and_ok_the_all_clear(string overall, string check, EventOutcome outcome, string kind)
    {
        var diagnosis = Diagnoser.Diagnose(Some.Event(
            EventKind.ContainerInstanceHealth, new InstanceHealthDetail { OverallStatus = overall, HealthChecks = [new HealthCheck(check, overall, "XID_46")] }));

        Assert.Equal((outcome, kind), (diagnosis.Outcome, diagnosis.Kind));
    }

    // Goal: what is not a stop costs no memory, however many there are.
    [Fact]
    public void A_task_that_is_not_stopping_is_diagnosed_without_allocating()
    {
        var running = Some.Task("RUNNING");
        Diagnoser.Diagnose(running);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++) Diagnoser.Diagnose(running);

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
