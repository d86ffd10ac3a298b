using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Rules;

/// <summary>Makes what is told of a condition that holds, with the labels that every incident has.</summary>
internal static class ConditionFiring
{
    private static readonly ImmutableArray<string> ByService = ["account", "region", "cluster", "service", "family"];
    private static readonly ImmutableArray<string> ByProvider = ["account", "region", "cluster", "provider"];
    private static readonly ImmutableArray<string> ByInstance = ["account", "region", "cluster", "instance"];

    /// <summary>The firing; it is not stored, and its event is none.</summary>
    public static Firing Of(ConditionRule rule, ClusterName cluster, ConditionSubject subject, FleetView fleet, DateTimeOffset since) => new()
    {
        Id = $"{rule.Name}/{cluster}/{subject.Resource}",
        Rule = rule.Name,
        OccurredAt = since,
        Labels = Labels(rule, cluster, subject, fleet),
        GroupBy = !rule.GroupBy.IsDefault ? rule.GroupBy : subject.Instance.Length > 0 ? ByInstance : subject.Provider.Length > 0 ? ByProvider : ByService,
        Resource = subject.Resource,
        Summary = subject.Words,
        NextStep = NextStep(rule.Condition),
        Evidence = [.. subject.Evidence],
        Event = default,
        Severity = rule.Severity,
        IsCondition = true,
    };

    /// <summary>Writes the <c>crowsnest</c> object that the rule's <c>where</c> looks at, as it is beside an event (<see cref="CrowsnestObject"/>).</summary>
    public static void WriteObject(IBufferWriter<byte> output, ConditionRule rule, ClusterName cluster, ConditionSubject subject, FleetView fleet)
    {
        using var json = new Utf8JsonWriter(output);
        json.WriteStartObject();
        foreach (var (name, value) in Facts(rule, cluster, subject).Append(("resource", subject.Resource)))
        {
            if (value.Length > 0) json.WriteString(name, value);
        }

        if (TagsOf(cluster, subject, fleet).All is { Count: > 0 } tags)
        {
            json.WriteStartObject("tags"u8);
            foreach (var tag in tags.DistinctBy(tag => tag.Key, StringComparer.Ordinal)) json.WriteString(tag.Key, tag.Value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>What shows that it is over.</summary>
    public static string Over(ConditionRule? rule) => rule?.Condition switch
    {
        null => "Its rule is not there any more.",
        ConditionKind.RunningBelowDesired => "As many tasks run as the service wants.",
        ConditionKind.NoneRunning => "A task of the service runs, or it wants none.",
        ConditionKind.DeploymentInProgress => "The deployment has ended.",
        ConditionKind.HookWaiting or ConditionKind.HookExpiring => "The hook waits no longer.",
        ConditionKind.AgentDisconnected => "The agent is connected, or the instance is gone.",
        ConditionKind.Draining => "The instance is drained no longer, or is gone.",
        ConditionKind.Impaired => "ECS no longer calls the instance impaired, or it is gone.",
        ConditionKind.ScheduleMissed => "It was started.",
        ConditionKind.StreamSilent => "A heartbeat came.",
        ConditionKind.Reservation => "What is reserved is within its bound again.",
        ConditionKind.NoRoom => "There is room for its tasks again.",
        ConditionKind.InstanceIdle => "It has tasks, or takes none any more.",
        ConditionKind.ZonesUneven => "Its tasks are spread evenly again.",
        _ => "No task waits any longer.",
    };

    private static string NextStep(ConditionKind condition) => condition switch
    {
        ConditionKind.RunningBelowDesired or ConditionKind.NoneRunning => "Look at why its last tasks stopped, and whether new ones can be placed.",
        ConditionKind.DeploymentInProgress => "Look at the deployment's newest tasks: do they fail, or wait for something? Roll back if they will not come up.",
        ConditionKind.HookWaiting or ConditionKind.HookExpiring => "Continue or roll back the deployment before the hook expires.",
        ConditionKind.AgentDisconnected => "Look at the instance: is it up, does it reach the ECS endpoints, does the agent's log say why? Its tasks run on, and nothing new can be placed on it.",
        ConditionKind.Draining => "Look at the tasks that are still on it: one that cannot be placed elsewhere holds it up.",
        ConditionKind.Impaired => "Look at the instance's checks, and replace it if it does not come back.",
        ConditionKind.ScheduleMissed => "Look at the schedule: is it on, and what does its dead-letter queue or its FailedInvocations say? RunTask fails without an event when there is no room or a right is missing.",
        ConditionKind.StreamSilent => "Look at the EventBridge rule, its target and the queues on the way: are they there, on and empty? What happens there until then is not known here.",
        ConditionKind.Reservation => "Look at who has reserved it: crowsnest capacity CLUSTER --by service; crowsnest capacity plan CLUSTER says how few instances would do.",
        ConditionKind.NoRoom => "Look at what stops it and where: crowsnest capacity CLUSTER. Add instances, make the task smaller, or see whether what remains lies in pieces.",
        ConditionKind.InstanceIdle => "Look at whether it is wanted as a spare, and whether the capacity provider's managed scaling may take it away.",
        ConditionKind.ZonesUneven => "Look at whether the emptiest zone has room, and at the service's placement strategy; the loss of the busiest zone takes most of it.",
        _ => "Look at what the task waits for: its image, an instance with room, a network interface.",
    };

    private static string KindOf(ConditionKind condition) => condition switch
    {
        ConditionKind.AgentDisconnected => CauseKinds.AgentDisconnected,
        ConditionKind.Impaired => CauseKinds.InfrastructureHealth,
        _ => "",
    };

    private static EventTags TagsOf(ClusterName cluster, ConditionSubject subject, FleetView fleet) => EventTags.Of(
        subject.Service.Length > 0 ? fleet.TagsOf(cluster, subject.Service) : [], fleet.TagsOf(subject.DefinitionArn), fleet.TagsOf(cluster));

    private static IEnumerable<(string Name, string Value)> Facts(ConditionRule rule, ClusterName cluster, ConditionSubject subject) =>
    [
        ("severity", DiagnosisWords.Of(rule.Severity)), ("kind", KindOf(rule.Condition)), ("outcome", DiagnosisWords.Of(EventOutcome.Failure)), ("account", cluster.Account),
        ("region", cluster.Region), ("cluster", cluster.Name), ("service", subject.Service), ("family", subject.Family), ("instance", subject.Instance), ("provider", subject.Provider),
    ];

    private static ImmutableSortedDictionary<string, string> Labels(ConditionRule rule, ClusterName cluster, ConditionSubject subject, FleetView fleet)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in TagsOf(cluster, subject, fleet).Labels) labels[name] = value;
        foreach (var (name, value) in rule.Labels) labels[name] = value;
        foreach (var (name, value) in Facts(rule, cluster, subject))
        {
            if (value.Length > 0) labels[name] = value;
        }

        labels["alertname"] = rule.Name;
        return labels.ToImmutable();
    }
}
