using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Rules;

public class ShippedRulesTests
{
    private static readonly EventDiagnosis OutOfMemory = new(new Cause("OutOfMemory", "Killed.", "Raise memory."), EventOutcome.Failure, Severity.Error);
    private static readonly EventDiagnosis HostLost = new(new Cause("HostTerminated", "Gone.", "", GroupsByInstance: true), EventOutcome.Failure, Severity.Error);
    private static readonly EventDiagnosis Spot = new(new Cause("SpotInterruption", "Reclaimed.", ""), EventOutcome.Failure, Severity.Warning);
    private static readonly EventDiagnosis Completed = new(new Cause("Completed", "Done.", ""), EventOutcome.Routine, Severity.Info);

    [Fact]
    public void The_default_rule_fires_on_failures_of_severity_error_and_above_only()
    {
        Assert.Single(Fire(ShippedRules.TaskFailed, Some.Task(), OutOfMemory));
        Assert.Empty(Fire(ShippedRules.TaskFailed, Some.Task(), Spot));
        Assert.Empty(Fire(ShippedRules.TaskFailed, Some.Task(), Completed));
    }

    [Fact]
    public void All_events_of_one_stop_give_one_firing()
    {
        var first = Fire(ShippedRules.TaskFailed, Some.Task(lastStatus: "DEPROVISIONING", version: 5), OutOfMemory).Single();
        var last = Fire(ShippedRules.TaskFailed, Some.Task(version: 6, seconds: 20), OutOfMemory).Single();

        Assert.Equal(first.Id, last.Id);
    }

    [Fact]
    public void Two_tasks_give_two_firings_of_one_group()
    {
        var one = Fire(ShippedRules.TaskFailed, Some.Task(taskId: "a1"), OutOfMemory).Single();
        var other = Fire(ShippedRules.TaskFailed, Some.Task(taskId: "b2"), OutOfMemory).Single();

        Assert.NotEqual(one.Id, other.Id);
        Assert.Equal(GroupOf(one), GroupOf(other));
    }

    [Fact]
    public void What_a_lost_host_did_is_grouped_by_the_instance_and_names_no_service()
    {
        var web = Fire(ShippedRules.TaskFailed, OnInstance("web"), HostLost).Single();
        var api = Fire(ShippedRules.TaskFailed, OnInstance("api"), HostLost).Single();

        Assert.Equal(GroupOf(web), GroupOf(api));
        Assert.DoesNotContain("service", web.Labels.Keys);
        Assert.Equal("i-1", web.Labels["instance"]);
    }

    [Fact]
    public void The_blogs_rule_fires_on_its_reason_whatever_the_exit_code()
    {
        const string reason = "Essential container in task exited";

        Assert.Single(Fire(ShippedRules.StoppedEssential, Some.Task(stoppedReason: reason), Completed));
        Assert.Empty(Fire(ShippedRules.StoppedEssential, Some.Task(stoppedReason: reason, lastStatus: "DEPROVISIONING"), OutOfMemory));
        Assert.Empty(Fire(ShippedRules.StoppedEssential, Some.Task(stoppedReason: "Task failed to start"), OutOfMemory));
    }

    [Fact]
    public void What_Spot_takes_back_is_one_incident_of_its_cluster_and_a_crash_loop_is_counted()
    {
        var spot = Fire(ShippedRules.SpotInterruption, Some.Task(), Spot).Single();
        Assert.Equal(("warning", "account region cluster"), (spot.Labels["severity"], string.Join(' ', spot.GroupBy)));
        Assert.Empty(Fire(ShippedRules.SpotInterruption, Some.Task(), OutOfMemory));

        var crash = Fire(ShippedRules.CrashLoop, Some.Task(), OutOfMemory).Single();
        Assert.Equal((new CountWindow(3, TimeSpan.FromMinutes(10)), "critical"), (crash.Counted, crash.Labels["severity"]));
        Assert.Empty(Fire(ShippedRules.CrashLoop, Some.Task(), Spot));
    }

    [Theory]
    [InlineData(ShippedRules.DeploymentStarted, "SERVICE_DEPLOYMENT_IN_PROGRESS", null)]
    [InlineData(ShippedRules.DeploymentCompleted, "SERVICE_DEPLOYMENT_COMPLETED", null)]
    [InlineData(ShippedRules.DeploymentRolledBack, "SERVICE_DEPLOYMENT_IN_PROGRESS", "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1.")]
    public void A_deployments_steps_are_notices_each_by_its_own_rule(string rule, string eventName, string? reason)
    {
        var step = Some.Action(EventKind.Deployment, "INFO", eventName, reason);
        var diagnosis = new EventDiagnoser().Diagnose(step);
        foreach (var other in ShippedRules.Sets["deployments"])
        {
            var notices = Fire(other, step, diagnosis).Where(firing => !firing.IsRecovery).ToList();
            Assert.Equal(other == rule ? [(rule, true)] : [], notices.Select(firing => (firing.Rule, firing.IsNotice)));
        }
    }

    [Fact]
    public void A_rule_that_does_not_exist_is_refused() => Assert.Throws<ArgumentException>(() => new ShippedRules(["crash"]));

    private static IEnumerable<string> GroupOf(Firing firing) => firing.GroupBy.Select(label => firing.Labels.GetValueOrDefault(label, ""));

    private static List<Firing> Fire(string rule, EcsEvent ecsEvent, EventDiagnosis diagnosis)
    {
        var firings = new List<Firing>();
        new ShippedRules([rule]).Evaluate(ecsEvent, diagnosis, firings);
        return firings;
    }

    private static EcsEvent OnInstance(string service)
    {
        var task = Some.Task(service: service, taskId: service);
        return new EcsEvent
        {
            Key = task.Key, Raw = task.Raw, Kind = task.Kind, DetailType = task.DetailType, OccurredAt = task.OccurredAt, ReceivedAt = task.ReceivedAt,
            Detail = task.Detail, Account = task.Account, Region = task.Region, Cluster = task.Cluster, Service = service, TaskId = service, Instance = "i-1",
        };
    }
}
