using System.Globalization;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Rules;

/// <summary>A resource of which a condition holds.</summary>
/// <param name="Resource">Its ARN or id.</param>
/// <param name="Since">Since when, where its state says so.</param>
/// <param name="Words">What is wrong, in a sentence.</param>
internal sealed record ConditionSubject(string Resource, EventTime Since, string Words)
{
    /// <summary>The service's name, or empty.</summary>
    public string Service { get; init; } = "";

    /// <summary>The family of a task without a service, or empty.</summary>
    public string Family { get; init; } = "";

    /// <summary>The container instance's id, of a condition of the instance itself; or empty.</summary>
    public string Instance { get; init; } = "";

    /// <summary>The capacity provider's name, of a condition of the provider itself; or empty.</summary>
    public string Provider { get; init; } = "";

    /// <summary>The task definition's ARN, for its tags.</summary>
    public string? DefinitionArn { get; init; }

    /// <summary>Facts beside the sentence.</summary>
    public IReadOnlyList<string> Evidence { get; init; } = [];
}

/// <summary>Finds what a condition holds of in a cluster; those of its capacity are <see cref="CapacitySubjects"/>'.</summary>
internal static class ConditionSubjects
{
    /// <summary>All of it.</summary>
    public static IEnumerable<ConditionSubject> Of(ConditionRule rule, ClusterView cluster, DateTimeOffset known) => rule.Condition switch
    {
        ConditionKind.RunningBelowDesired => Services(cluster, s => s.Running.Value < s.Desired.Value, Short),
        ConditionKind.NoneRunning => Services(cluster, s => s is { Running.Value: 0, Desired.Value: > 0 }, Short),
        ConditionKind.DeploymentInProgress => Deployments(cluster),
        ConditionKind.HookWaiting => Hooks(cluster, _ => true),
        ConditionKind.HookExpiring => Hooks(cluster, hook => hook.ExpiresAt.ToDateTimeOffset() is { } end && known >= end - rule.Within),
        ConditionKind.AgentDisconnected => Instances(cluster, i => i.Agent?.Now is { IsConnected: false } away ? away.Since : null, "The ECS agent of container instance {0} is not connected."),
        ConditionKind.Draining => Instances(cluster, i => i.Detail.Status == "DRAINING" ? default(EventTime) : null, "Container instance {0} is being drained."),
        ConditionKind.Impaired => Instances(cluster, i => i.Health is { OverallStatus: "IMPAIRED" } ill ? new EventTime(ill.Key.TimeMilliseconds) : null, "ECS calls container instance {0} impaired."),
        ConditionKind.TaskPending => Tasks(cluster),
        _ => [],
    };

    // Only the API says how many tasks a service wants, each time that it is asked. One whose scheduler has just stopped a task of its own accord may want fewer by now.
    private static IEnumerable<ConditionSubject> Services(ClusterView cluster, Func<ServiceView, bool> holds, Func<ServiceView, ConditionSubject> subject) =>
        cluster.Services.Where(s => s.Desired.From == CountSource.Resync && s.State?.IsStopped != true && holds(s)).ToList() is { Count: > 0 } held
            ? held.ExceptBy(Scaled(cluster), s => s.Name, StringComparer.Ordinal).Select(subject)
            : [];

    private static IEnumerable<string> Scaled(ClusterView cluster) =>
        cluster.TasksByKey.Values.Where(task => task.Stop?.StopCode == "ServiceSchedulerInitiated" && cluster.FailureOf(task) is null).Select(task => task.Service);

    private static ConditionSubject Short(ServiceView service) => new(
        service.State?.ServiceArn ?? service.Name, default,
        string.Create(CultureInfo.InvariantCulture, $"Of service {service.Name} {service.Running.Value} of {service.Desired.Value} tasks run."))
    {
        Service = service.Name,
        Evidence =
        [
            .. service.WhyPending is { } why ? new[] { why.Text } : [],
            .. service.LastFailure is { } failure ? new[] { $"its last failure: {failure.Diagnosis.Kind}, {failure.Diagnosis.Summary}" } : [],
        ],
    };

    // Of deployments that a newer one took the place of nobody says that they ended.
    private static IEnumerable<ConditionSubject> Deployments(ClusterView cluster) =>
        from service in cluster.Services
        where service.State?.IsStopped != true && service.Deployments.Count > 0 && service.Deployments[0].RolloutState == "IN_PROGRESS"
        let newest = service.Deployments[0]
        select new ConditionSubject(newest.Id, newest.CreatedAt, $"Deployment {newest.Id} of service {service.Name} is still in progress.")
        {
            Service = service.Name,
            DefinitionArn = newest.TaskDefinitionArn,
            Evidence = newest.RolloutStateReason is { Length: > 0 } reason ? [reason] : [],
        };

    private static IEnumerable<ConditionSubject> Hooks(ClusterView cluster, Func<ServiceEvent, bool> holds) =>
        from service in cluster.ServicesByKey.Values
        where service is { IsStopped: false, Hook.EventName: "HOOK_AWAITING_ACTION" } && holds(service.Hook)
        select new ConditionSubject(service.ServiceArn ?? service.Service, new EventTime(service.Hook!.Key.TimeMilliseconds), $"A hook of a deployment of service {service.Service} waits for somebody to go on{Until(service.Hook)}.")
        {
            Service = service.Service,
        };

    private static string Until(ServiceEvent hook) =>
        hook.ExpiresAt.ToDateTimeOffset() is { } end ? string.Create(CultureInfo.InvariantCulture, $", until {end.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC") : "";

    private static IEnumerable<ConditionSubject> Instances(ClusterView cluster, Func<InstanceState, EventTime?> since, string words) =>
        from instance in cluster.InstancesByKey.Values
        where !instance.IsStopped
        let at = since(instance)
        where at is not null
        let machine = instance.Detail.Ec2InstanceId
        select new ConditionSubject(instance.Detail.ContainerInstanceArn ?? instance.Name.Id, at.Value, string.Format(CultureInfo.InvariantCulture, words, machine ?? instance.Name.Id))
        {
            Instance = instance.Name.Id,
            Evidence = machine is null ? [] : [$"container instance {instance.Name.Id} on {machine}"],
        };

    private static IEnumerable<ConditionSubject> Tasks(ClusterView cluster) =>
        from task in cluster.TasksByKey.Values
        where TaskWait.IsStarting(task.Detail.LastStatus)
        let why = TaskWait.Of(task, cluster.FindInstance(task.Instance))
        select new ConditionSubject(task.Name.Id, task.Detail.CreatedAt, $"A task{(task.Service.Length > 0 ? $" of service {task.Service}" : "")} is still {task.Detail.LastStatus}.")
        {
            Service = task.Service,
            Family = task.Service.Length > 0 ? "" : task.Family,
            DefinitionArn = task.Detail.TaskDefinitionArn,
            Evidence = why is null ? [] : [why.Text],
        };
}
