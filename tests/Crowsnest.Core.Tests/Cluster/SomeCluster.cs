using Crowsnest.Core.Events;
using Crowsnest.Core.Tests.Diagnosis;

namespace Crowsnest.Core.Tests.Cluster;

/// <summary>Events of a small cluster as they never come in life: of every kind that changes state, with repeated versions and equal times.</summary>
public static class SomeCluster
{
    private static readonly string[] ActionNames =
        ["SERVICE_STEADY_STATE", "SERVICE_TASK_PLACEMENT_FAILURE", "SERVICE_DESIRED_COUNT_UPDATED", "SERVICE_TASK_START_IMPAIRED"];

    private static readonly string[] DeploymentNames = ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED", "SERVICE_DEPLOYMENT_FAILED"];

    /// <summary>So many events; without those of resync, all from a source that everyone trusts.</summary>
    public static EcsEvent[] Draw(Random random, int count, bool withResync = true) => [.. Enumerable.Range(0, count).Select(i => One(random, i, withResync))];

    /// <summary>As drawn, with some of them twice, in another order.</summary>
    public static EcsEvent[] Shuffled(Random random, IReadOnlyList<EcsEvent> events)
    {
        EcsEvent[] sent = [.. events, .. events.Where(_ => random.Next(3) == 0)];
        random.Shuffle(sent);
        return sent;
    }

    public static EcsEvent Instance(long? version, bool? connected, int seconds, string status = "ACTIVE", string instance = "i0", int key = 0, long? cpu = null, long? cpuLeft = null) => Made(
        EventKind.ContainerInstance,
        new ContainerInstanceDetail
        {
            Version = version, ContainerInstanceArn = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/" + instance, Status = status, AgentConnected = connected,
            RegisteredCpu = cpu, RemainingCpu = cpuLeft,
        },
        seconds, key, instance: instance);

    public static EcsEvent Health(string overall, int seconds, string instance = "i0", int key = 0) => Made(
        EventKind.ContainerInstanceHealth,
        new InstanceHealthDetail
        {
            ContainerInstanceArn = "arn:aws:ecs:eu-west-1:123456789012:container-instance/prod/" + instance, OverallStatus = overall,
            HealthChecks = [new HealthCheck("AGENT_CONNECTIVITY", overall, null)],
        },
        seconds, key, instance: instance);

    public static EcsEvent Action(
        string eventName, int seconds, string service = "api", string? reason = null, long? desired = null, string[]? providers = null, string source = "aws.ecs", string cluster = "prod",
        string? eventType = null, int key = 0) => Made(
            EventKind.ServiceAction,
            new ActionDetail
            {
                EventType = eventType ?? (eventName.EndsWith("FAILURE", StringComparison.Ordinal) ? "ERROR" : eventName.EndsWith("IMPAIRED", StringComparison.Ordinal) ? "WARN" : "INFO"),
                EventName = eventName, Reason = reason, DesiredCount = desired, CapacityProviderArns = providers ?? [],
                ServiceArn = $"arn:aws:ecs:eu-west-1:123456789012:service/{cluster}/{service}",
            },
            seconds, key, service, "", source, cluster);

    public static EcsEvent Deployment(string eventName, int seconds, string deployment, string service = "api", string? reason = null, string cluster = "prod", int key = 0) => Made(
        EventKind.Deployment,
        new ActionDetail
        {
            EventType = eventName.EndsWith("FAILED", StringComparison.Ordinal) ? "ERROR" : "INFO", EventName = eventName, Reason = reason, DeploymentId = deployment,
            ServiceArn = $"arn:aws:ecs:eu-west-1:123456789012:service/{cluster}/{service}",
        },
        seconds, key, service, deployment, "aws.ecs", cluster);

    // Two events of equal time differ in their keys, as those of the decoder do.
    private static EcsEvent Made(
        EventKind kind, EventDetail detail, int seconds, int key, string service = "", string deployment = "", string source = "aws.ecs", string cluster = "prod", string instance = "")
    {
        var at = Some.Noon.AddSeconds(seconds);
        return new EcsEvent
        {
            Key = new EventKey(at.ToUnixTimeMilliseconds(), (UInt128)(uint)key), Raw = "{}"u8.ToArray(), Kind = kind, DetailType = "ECS Event", Source = source, OccurredAt = at,
            ReceivedAt = at, Account = "123456789012", Region = "eu-west-1", Cluster = cluster, Service = service, Deployment = deployment, Instance = instance, Detail = detail,
        };
    }

    private static EcsEvent One(Random random, int i, bool withResync) => random.Next(10) switch
    {
        < 4 => StopEvidenceTests.Draw(random, i, "task" + random.Next(6)),
        4 => Some.Task("RUNNING", version: random.Next(6), seconds: i, taskId: "task" + random.Next(6)),
        5 or 6 => Instance(
            random.Next(5) == 0 ? null : random.Next(40), random.Next(4) == 0 ? null : random.Next(2) == 0, i / 2, random.Next(5) == 0 ? "INACTIVE" : "ACTIVE", "i" + random.Next(2), i),
        7 => Health(random.Next(2) == 0 ? "OK" : "IMPAIRED", i / 4, "i" + random.Next(3), i),
        8 => Action(
            ActionNames[random.Next(ActionNames.Length)], i / 4, random.Next(2) == 0 ? "api" : "web", random.Next(2) == 0 ? null : "RESOURCE:CPU", random.Next(3) == 0 ? random.Next(9) : null,
            random.Next(3) == 0 ? ["arn:aws:ecs:eu-west-1:1:capacity-provider/cp" + random.Next(2)] : null, withResync && random.Next(4) == 0 ? "crowsnest.resync" : "aws.ecs", key: i),
        _ => Deployment(
            DeploymentNames[random.Next(DeploymentNames.Length)], i / 4, "ecs-svc/" + random.Next(1, 4), random.Next(2) == 0 ? "api" : "web",
            random.Next(3) == 0 ? "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1." : null, key: i),
    };
}
