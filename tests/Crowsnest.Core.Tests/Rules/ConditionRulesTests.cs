using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Tests.Cluster;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Each condition against clusters that are made of events, and what it must not be taken in by.</summary>
public class ConditionRulesTests
{
    private const string Resync = "crowsnest.resync";
    private static readonly DateTimeOffset Now = Some.Noon.AddMinutes(20);

    [Fact]
    public void A_service_is_short_by_what_resync_says_that_it_wants()
    {
        EcsEvent[] events = [Wants(3), Running("a")];
        Assert.Equal(["api"], Held(ConditionKind.RunningBelowDesired, events));
        Assert.Empty(Held(ConditionKind.NoneRunning, events));
        Assert.Equal(["api"], Held(ConditionKind.NoneRunning, [Wants(3)]));
        Assert.Empty(Held(ConditionKind.RunningBelowDesired, [Wants(1), Running("a")]));
        Assert.Empty(Held(ConditionKind.NoneRunning, [Wants(0)]));

        // What an event of ECS's said once may be long outdated, and what tasks say is more while a deployment replaces them.
        Assert.Empty(Held(ConditionKind.RunningBelowDesired, [Wants(3, "aws.ecs"), Running("a")]));
        Assert.Empty(Held(ConditionKind.RunningBelowDesired, [Running("a"), Some.Task("PENDING", taskId: "b", seconds: 1_100)]));
    }

    [Fact]
    public void A_service_that_was_just_scaled_is_not_judged_and_one_whose_tasks_are_ill_is()
    {
        Assert.Empty(Held(ConditionKind.RunningBelowDesired, [Wants(3), Running("a"), Stopped("Scaling activity initiated by (deployment ecs-svc/1)")]));
        Assert.Equal(["api"], Held(ConditionKind.RunningBelowDesired, [Wants(3), Running("a"), Stopped("Task failed ELB health checks in (target-group arn:aws:x)")]));
    }

    [Fact]
    public void Of_a_service_its_newest_deployment_counts()
    {
        var first = SomeCluster.Deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", 0, "ecs-svc/1");
        var second = SomeCluster.Deployment("SERVICE_DEPLOYMENT_IN_PROGRESS", 600, "ecs-svc/2");
        var held = Assert.Single(Look(ConditionKind.DeploymentInProgress, null, [first, second]));
        Assert.Equal(("ecs-svc/2", Some.Noon.AddSeconds(600)), (held.Firing.Resource, held.Since!.Value));

        // Of the first nobody ever says that the second took its place.
        Assert.Empty(Look(ConditionKind.DeploymentInProgress, null, [first, second, SomeCluster.Deployment("SERVICE_DEPLOYMENT_COMPLETED", 900, "ecs-svc/2")]));
    }

    [Fact]
    public void A_hook_an_ill_instance_a_drained_one_and_a_task_that_waits_are_found_and_what_is_well_is_not()
    {
        Assert.Single(Look(ConditionKind.HookWaiting, null, [Hook("HOOK_AWAITING_ACTION", 0)]));
        Assert.Empty(Look(ConditionKind.HookWaiting, null, [Hook("HOOK_AWAITING_ACTION", 0), Hook("HOOK_SUCCEEDED", 60)]));

        EcsEvent[] ill = [SomeCluster.Instance(1, true, 0), SomeCluster.Health("IMPAIRED", 300)];
        var impaired = Assert.Single(Look(ConditionKind.Impaired, null, ill));
        Assert.Equal(("i0", CauseKinds.InfrastructureHealth, Some.Noon.AddSeconds(300)), (impaired.Firing.Labels["instance"], impaired.Firing.Labels["kind"], impaired.Since!.Value));
        Assert.Empty(Look(ConditionKind.Impaired, null, [.. ill, SomeCluster.Health("OK", 600)]));

        Assert.Null(Assert.Single(Look(ConditionKind.Draining, null, [SomeCluster.Instance(1, true, 0, "DRAINING")])).Since);
        Assert.Empty(Look(ConditionKind.Draining, null, [SomeCluster.Instance(1, true, 0)]));
        Assert.Empty(Look(ConditionKind.AgentDisconnected, null, [SomeCluster.Instance(1, false, 0, "INACTIVE")]));

        Assert.Equal(["api"], Held(ConditionKind.TaskPending, [Some.Task("PENDING", taskId: "p")]));
        Assert.Empty(Held(ConditionKind.TaskPending, [Running("a"), Some.Task(taskId: "s")]));
    }

    [Fact]
    public void A_hook_that_expires_soon_is_found_and_one_that_nobody_knows_the_end_of_is_not()
    {
        var held = Assert.Single(Look(ConditionKind.HookExpiring, null, [Hook("HOOK_AWAITING_ACTION", 60, expiresAt: 1_200 + 1_800)]));
        Assert.Equal((Some.Noon.AddSeconds(60), true), (held.Since!.Value, held.Firing.Summary.EndsWith($"until {Some.Noon.AddMinutes(50):yyyy-MM-dd HH:mm:ss} UTC.", StringComparison.Ordinal)));
        Assert.Empty(Look(ConditionKind.HookExpiring, null, [Hook("HOOK_AWAITING_ACTION", 60, expiresAt: 1_200 + 1_801)]));
        Assert.Empty(Look(ConditionKind.HookExpiring, null, [Hook("HOOK_AWAITING_ACTION", 60)]));
        Assert.Empty(Look(ConditionKind.HookExpiring, null, [Hook("HOOK_AWAITING_ACTION", 60, expiresAt: 1_200), Hook("HOOK_TIMED_OUT", 1_200)]));
    }

    [Fact]
    public void A_rule_looks_at_what_its_where_wants()
    {
        EcsEvent[] events = [Some.Task("PENDING", taskId: "p"), Some.Task("PENDING", taskId: "q", service: "pay-api"), Some.Task("PENDING", taskId: "r", service: "", family: "job")];
        Assert.Equal(["pay-api"], Look(ConditionKind.TaskPending, """{"crowsnest":{"service":[{"prefix":"pay-"}],"cluster":["prod"]}}""", events).Select(Service));
        Assert.Equal(["job"], Look(ConditionKind.TaskPending, """{"crowsnest":{"service":[{"exists":false}]}}""", events).Select(held => held.Firing.Labels["family"]));
        Assert.Empty(Look(ConditionKind.TaskPending, """{"crowsnest":{"cluster":["test"]}}""", events));
    }

    [Fact]
    public void A_rules_labels_and_severity_are_its_incidents()
    {
        var rule = new ConditionRule { Name = "mine", Condition = ConditionKind.TaskPending, Severity = Severity.Critical, Labels = [KeyValuePair.Create("team", "a")] };
        var firing = Assert.Single(new ConditionRules([rule]).Look(Fleet([Some.Task("PENDING", taskId: "p")]), Now, Now).Conditions).Firing;
        Assert.Equal("account=123456789012 alertname=mine cluster=prod outcome=failure region=eu-west-1 service=api severity=critical team=a", string.Join(' ', firing.Labels.Select(label => $"{label.Key}={label.Value}")));
        Assert.True(firing.IsCondition);
    }

    private static List<string> Held(ConditionKind condition, EcsEvent[] events) => [.. Look(condition, null, events).Select(Service)];

    private static string Service(HeldCondition held) => held.Firing.Labels["service"];

    private static IReadOnlyList<HeldCondition> Look(ConditionKind condition, string? where, EcsEvent[] events) =>
        new ConditionRules([new ConditionRule { Name = "rule", Condition = condition, Where = where is null ? null : Some.Pattern(where) }]).Look(Fleet(events), Now, Now).Conditions;

    // As a process has it that was started a while ago: each event folded into the state of its resource.
    internal static FleetView Fleet(EcsEvent[] events)
    {
        var time = new ManualTime(Some.Noon.AddMinutes(10));
        var model = new ClusterModel(new EventDiagnoser(), time);
        var states = new Dictionary<string, IResourceState>(StringComparer.Ordinal);
        foreach (var one in events) ResourceFold.Fold(states, one);
        model.Apply(states.Values);
        return model.View;
    }

    private static EcsEvent Wants(long tasks, string source = Resync) => SomeCluster.Action("SERVICE_DESIRED_COUNT_UPDATED", 0, desired: tasks, source: source);

    private static EcsEvent Running(string task) => Some.Task("RUNNING", taskId: task, seconds: 60);

    private static EcsEvent Stopped(string reason) => Some.Task(stopCode: "ServiceSchedulerInitiated", stoppedReason: reason, taskId: "gone", seconds: 590);

    private static EcsEvent Hook(string name, int seconds, int? expiresAt = null) =>
        Some.Event(EventKind.Hook, new ActionDetail { EventType = "INFO", EventName = name, ExpiresAt = expiresAt is { } at ? new EventTime(Some.Noon.AddSeconds(at).ToUnixTimeMilliseconds()) : default, ServiceArn = "arn:aws:ecs:eu-west-1:123456789012:service/prod/api" }, seconds, "api");
}
