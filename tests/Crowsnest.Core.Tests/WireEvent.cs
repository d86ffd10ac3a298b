using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests;

/// <summary>A plain reading of an event's JSON, apart from the product's decoder: an oracle, and what diagnosis is tested with by itself.</summary>
internal static class WireEvent
{
    public static EcsEvent Read(string json)
    {
        var e = JsonDocument.Parse(json).RootElement;
        if (e.TryGetProperty("Records", out var records)) return Read(records[0].GetProperty("Sns").GetProperty("Message").GetString()!);

        var d = e.GetProperty("detail");
        var resource = e.TryGetProperty("resources", out var resources) && resources.GetArrayLength() > 0 ? resources[0].GetString()! : "";
        var type = Text(e, "detail-type")!;
        var kind = KindOf(type);
        var group = Text(d, "group") ?? "";
        var time = Millis(e, "time");
        var arn = Text(d, kind == EventKind.ContainerInstance ? "containerInstanceArn" : "taskArn") ?? resource;
        var parts = arn.Split(':');
        return new EcsEvent
        {
            Key = new EventKey(time.UnixMilliseconds, new UInt128(0, (ulong)json.GetHashCode(StringComparison.Ordinal))),
            Raw = Encoding.UTF8.GetBytes(json),
            Kind = kind,
            DetailType = type,
            Source = Text(e, "source") ?? "",
            Id = Text(e, "id") ?? "",
            OccurredAt = time.ToDateTimeOffset() ?? Some.Noon,
            ReceivedAt = Some.Noon,
            Resource = resource,
            Account = parts.Length > 4 ? parts[4] : "",
            Region = parts.Length > 4 ? parts[3] : "",
            Cluster = Last(Text(d, "clusterArn")),
            Service = group.StartsWith("service:", StringComparison.Ordinal) ? group[8..] : kind == EventKind.Task ? "" : Last(resource),
            TaskId = kind == EventKind.Task ? Last(arn) : "",
            Instance = Last(Text(d, "containerInstanceArn")),
            Detail = Detail(kind, d),
        };
    }

    private static EventKind KindOf(string type) => type switch
    {
        "ECS Task State Change" => EventKind.Task,
        "ECS Container Instance State Change" => EventKind.ContainerInstance,
        "ECS Service Action" => EventKind.ServiceAction,
        "ECS Deployment State Change" => EventKind.Deployment,
        "ECS Hook State Change" => EventKind.Hook,
        "ECS Container Instance Health Change" => EventKind.ContainerInstanceHealth,
        "ECS Daemon Service Action" => EventKind.DaemonAction,
        "EC2 Spot Instance Interruption Warning" => EventKind.SpotInterruption,
        _ => EventKind.Unknown,
    };

    private static EventDetail Detail(EventKind kind, JsonElement d)
    {
        long? version = d.TryGetProperty("version", out var v) && v.ValueKind == JsonValueKind.Number ? v.GetInt64() : null;
        return kind switch
        {
            EventKind.Task => new TaskDetail
            {
                Version = version, UpdatedAt = Millis(d, "updatedAt"), TaskArn = Text(d, "taskArn"), ClusterArn = Text(d, "clusterArn"), Group = Text(d, "group"),
                StartedBy = Text(d, "startedBy"), LastStatus = Text(d, "lastStatus"), DesiredStatus = Text(d, "desiredStatus"), StopCode = Text(d, "stopCode"),
                StoppedReason = Text(d, "stoppedReason"), LaunchType = Text(d, "launchType"), Memory = Text(d, "memory"), StartedAt = Millis(d, "startedAt"),
                StoppingAt = Millis(d, "stoppingAt"), StoppedAt = Millis(d, "stoppedAt"),
                Containers = !d.TryGetProperty("containers", out var containers) ? [] : [.. containers.EnumerateArray().Select(c => new TaskContainer(
                    Text(c, "name"), Text(c, "lastStatus"), c.TryGetProperty("exitCode", out var code) ? code.GetInt32() : null, Text(c, "reason"), Text(c, "image")))],
            },
            EventKind.ContainerInstance => new ContainerInstanceDetail
            {
                Version = version, UpdatedAt = Millis(d, "updatedAt"), ContainerInstanceArn = Text(d, "containerInstanceArn"), Ec2InstanceId = Text(d, "ec2InstanceId"),
                Status = Text(d, "status"), AgentConnected = d.TryGetProperty("agentConnected", out var agent) ? agent.GetBoolean() : null,
            },
            EventKind.ContainerInstanceHealth => new InstanceHealthDetail
            {
                OverallStatus = Text(d, "overallStatus"), Ec2InstanceId = Text(d, "ec2InstanceId"),
                HealthChecks = [.. d.GetProperty("healthChecks").EnumerateArray().Select(h => new HealthCheck(Text(h, "type"), Text(h, "status"), Text(h, "statusReason")))],
            },
            EventKind.SpotInterruption => new RelatedDetail { Status = Text(d, "instance-action"), Ec2InstanceId = Text(d, "instance-id") },
            EventKind.Unknown => UnknownDetail.Instance,
            _ => new ActionDetail { EventType = Text(d, "eventType"), EventName = Text(d, "eventName"), Reason = Text(d, "reason"), DeploymentId = Text(d, "deploymentId") },
        };
    }

    private static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var v) && v.ValueKind == JsonValueKind.String ? v.GetString() : null;

    private static EventTime Millis(JsonElement e, string name) =>
        DateTimeOffset.TryParse(Text(e, name), System.Globalization.CultureInfo.InvariantCulture, out var at) ? new EventTime(at.ToUnixTimeMilliseconds()) : default;

    private static string Last(string? arn) => arn is null ? "" : arn[(arn.LastIndexOf('/') + 1)..];
}
