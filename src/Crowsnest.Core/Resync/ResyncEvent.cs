using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Resync;

/// <summary>Writes what was learned from ECS as events, in the form of ECS's own: so that fold, search, history and a rebuild take them like any other.</summary>
/// <remarks>A function of what ECS said and when it was asked: the same difference written twice is one event, by its key.</remarks>
internal static class ResyncEvent
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> OfTask(Described said, string drift, EventTime at) => Write(
        "ECS Task State Change", said.Arn, said.Place, at, Id(said, drift, at), json => Describe(json, said, drift, at));

    public static ReadOnlyMemory<byte> OfInstance(Described said, string drift) => Write(
        "ECS Container Instance State Change", said.Arn, said.Place, Asked(said), Id(said, drift, Asked(said)), json => Describe(json, said, drift, Asked(said)));

    public static ReadOnlyMemory<byte> OfService(Described said, string drift) => Write("Crowsnest Service Described", said.Arn, said.Place, Asked(said), Id(said, drift, Asked(said)), json =>
    {
        Action(json, "INFO", "SERVICE_DESCRIBED", said.Arn, said.Place, drift);
        foreach (var count in (ReadOnlySpan<string>)["desiredCount", "runningCount", "pendingCount"])
        {
            if (said.Number(count) is { } number) json.WriteNumber(count, number);
        }

        foreach (var name in (ReadOnlySpan<string>)["status", "taskDefinition", "launchType", "schedulingStrategy"])
        {
            if (said.Text(name) is { } text) json.WriteString(name, text);
        }

        if (said.Json.TryGetProperty("capacityProviderStrategy", out var strategy) && strategy.ValueKind == JsonValueKind.Array && strategy.GetArrayLength() > 0)
        {
            json.WriteStartArray("capacityProviderArns");
            foreach (var provider in strategy.EnumerateArray())
            {
                if (provider.ValueKind == JsonValueKind.Object && provider.TryGetProperty("capacityProvider", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } text) json.WriteStringValue(said.Place.ArnBeside("capacity-provider", text));
            }

            json.WriteEndArray();
        }

        if (said.Json.TryGetProperty("tags", out var tags)) Copy(json, "tags", tags);
    });

    public static ReadOnlyMemory<byte> OfDeployment(Described said, string state, string drift) => Write(
        "ECS Deployment State Change", said.Arn, said.Place, said.ChangedAt, Id(said, drift, said.ChangedAt), json =>
        {
            Action(json, state == "FAILED" ? "ERROR" : "INFO", "SERVICE_DEPLOYMENT_" + state, said.Arn, said.Place, drift);
            json.WriteString("deploymentId", said.Text("id"));
            json.WriteString("updatedAt", Iso(said.ChangedAt));
            if (said.Text("rolloutStateReason") is { } reason) json.WriteString("reason", reason);
            if (said.Text("taskDefinition") is { } definition) json.WriteString("taskDefinition", definition);
        });

    /// <summary>What the tags of a cluster, a service or a task definition are.</summary>
    public static ReadOnlyMemory<byte> OfTags(Described said) => Write("Crowsnest Tags Described", said.Arn, said.Place, Asked(said), Id(said, Drift.Tags, Asked(said)), json =>
    {
        Mark(json, Drift.Tags);
        json.WriteString("updatedAt", Iso(Asked(said)));
        if (said.Name.Cluster.Length > 0) json.WriteString("clusterArn", said.Place.ClusterArn);
        TagsState.WriteTags(json, said.Tags);
    });

    /// <summary>The end of a task of which nobody told one: all that was known of it, and that it is over. A reason that was known stays.</summary>
    public static ReadOnlyMemory<byte> Gone(TaskState task, ResyncPlace place)
    {
        var (d, at, arn) = (task.Detail, Asked(place), task.Detail.TaskArn ?? place.ArnBeside("task", task.Name.Id));
        return Write("Crowsnest Task Not Seen Again", arn, place, at, GoneId(task, at), json =>
        {
            Head(json, place, Drift.TaskGone, task.Order.Version, at);
            Text(json, "taskArn", arn);
            Text(json, "taskDefinitionArn", d.TaskDefinitionArn);
            Text(json, "containerInstanceArn", d.ContainerInstanceArn);
            Text(json, "group", d.Group);
            Text(json, "startedBy", d.StartedBy);
            Text(json, "lastStatus", "STOPPED");
            Text(json, "desiredStatus", "STOPPED");
            Text(json, "stopCode", task.StopCode);
            Text(json, "stoppedReason", task.StoppedReason is { Length: > 0 } known ? known : Reconciler.NotSeen + Iso(new EventTime(task.Order.At)) + ": ECS no longer has this task, and no event told of its end.");
            Text(json, "launchType", d.LaunchType);
            Text(json, "capacityProviderName", d.CapacityProviderName);
            Text(json, "availabilityZone", d.AvailabilityZone);
            Text(json, "cpu", d.Cpu);
            Text(json, "memory", d.Memory);
            Moment(json, "createdAt", d.CreatedAt);
            Moment(json, "pullStartedAt", d.PullStartedAt);
            Moment(json, "pullStoppedAt", d.PullStoppedAt);
            Moment(json, "startedAt", d.StartedAt);
            Moment(json, "stoppingAt", d.StoppingAt);
            Moment(json, "executionStoppedAt", d.ExecutionStoppedAt);
            Moment(json, "stoppedAt", d.StoppedAt);
            json.WriteStartArray("containers");
            foreach (var container in d.Containers)
            {
                json.WriteStartObject();
                Text(json, "name", container.Name);
                Text(json, "lastStatus", container.LastStatus);
                Text(json, "reason", container.Reason);
                Text(json, "image", container.Image);
                if (container.ExitCode is { } code) json.WriteNumber("exitCode", code);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        });
    }

    /// <summary>The end of a container instance. What its agent is does not matter any more, and is not said.</summary>
    public static ReadOnlyMemory<byte> Gone(InstanceState instance, ResyncPlace place)
    {
        var (at, arn) = (Asked(place), instance.Detail.ContainerInstanceArn ?? place.ArnBeside("container-instance", instance.Name.Id));
        return Write("Crowsnest Container Instance Not Seen Again", arn, place, at, GoneId(instance, at), json =>
        {
            Head(json, place, Drift.InstanceGone, instance.Order.Version, at);
            Text(json, "containerInstanceArn", arn);
            Text(json, "ec2InstanceId", instance.Detail.Ec2InstanceId);
            Text(json, "capacityProviderName", instance.Detail.CapacityProviderName);
            Text(json, "status", "INACTIVE");
            Text(json, "statusReason", Reconciler.NotSeen + Iso(new EventTime(instance.Order.At)) + ": ECS no longer has this container instance, and no event told of its end.");
            Moment(json, "registeredAt", instance.Machine.RegisteredAt);
        });
    }

    /// <summary>The end of a service, of which ECS tells nobody.</summary>
    public static ReadOnlyMemory<byte> Gone(ServiceState service, ResyncPlace place)
    {
        var (at, arn) = (Asked(place), service.ServiceArn ?? place.ArnBeside("service", place.Cluster.Name + "/" + service.Service));
        return Write("Crowsnest Service Not Seen Again", arn, place, at, GoneId(service, at), json =>
        {
            Action(json, "INFO", ServiceState.NotSeenAgain, arn, place, Drift.ServiceGone);
            json.WriteNumber("desiredCount", 0);
        });
    }

    private static ReadOnlyMemory<byte> Write(string detailType, string resource, ResyncPlace place, EventTime at, string id, Action<Utf8JsonWriter> detail)
    {
        var buffer = new ArrayBufferWriter<byte>(2_048);
        using (var json = new Utf8JsonWriter(buffer, Plain))
        {
            json.WriteStartObject();
            json.WriteString("version", "0");
            json.WriteString("id", id);
            json.WriteString("detail-type", detailType);
            json.WriteString("source", OwnEvents.Source);
            json.WriteString("account", place.Cluster.Account);
            json.WriteString("time", Iso(at));
            json.WriteString("region", place.Cluster.Region);
            json.WriteStartArray("resources");
            json.WriteStringValue(resource);
            json.WriteEndArray();
            json.WriteStartObject("detail");
            detail(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    // All that ECS said, under its own names, with times as events have them.
    private static void Describe(Utf8JsonWriter json, Described said, string drift, EventTime at)
    {
        Head(json, said.Place, drift, said.Version, at);
        foreach (var member in said.Json.EnumerateObject())
        {
            if (member.Name is not ("version" or "updatedAt" or "clusterArn" or "crowsnest")) Copy(json, member.Name, member.Value);
        }
    }

    private static void Head(Utf8JsonWriter json, ResyncPlace place, string drift, long version, EventTime at)
    {
        Mark(json, drift);
        if (version >= 0) json.WriteNumber("version", version);
        json.WriteString("updatedAt", Iso(at));
        json.WriteString("clusterArn", place.ClusterArn);
    }

    private static void Action(Utf8JsonWriter json, string type, string name, string serviceArn, ResyncPlace place, string drift)
    {
        Mark(json, drift);
        json.WriteString("eventType", type);
        json.WriteString("eventName", name);
        json.WriteString("clusterArn", place.ClusterArn);
        json.WriteString("serviceArn", serviceArn);
    }

    // What decoding by this process confirms: see OwnEvents.
    private static void Mark(Utf8JsonWriter json, string drift)
    {
        json.WriteStartObject("crowsnest");
        json.WriteString("resync", "");
        json.WriteString("drift", drift);
        json.WriteEndObject();
    }

    private static void Copy(Utf8JsonWriter json, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return;
        json.WritePropertyName(name);
        Copy(json, value, name.EndsWith("At", StringComparison.Ordinal));
    }

    private static void Copy(Utf8JsonWriter json, JsonElement value, bool isTime)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject()) Copy(json, member.Name, member.Value);
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Copy(json, item, isTime: false);
                json.WriteEndArray();
                break;
            case JsonValueKind.Number when isTime && Described.TryTime(value, out var time):
                json.WriteStringValue(Iso(time));
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is { Length: > 0 }) json.WriteString(name, value);
    }

    private static void Moment(Utf8JsonWriter json, string name, EventTime value)
    {
        if (value.HasValue) json.WriteString(name, Iso(value));
    }

    private static EventTime Asked(Described said) => Asked(said.Place);

    private static EventTime Asked(ResyncPlace place) => new(place.AskedAt.ToUnixTimeMilliseconds());

    private static string Id(Described said, string drift, EventTime at) => Id(said.Name, drift, said.Version, at);

    private static string GoneId(IResourceState known, EventTime at) => Id(known.Name, "gone", known.Order.Version, at);

    private static string Id(ResourceName name, string what, long version, EventTime at) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}/{name.Key}@{(version >= 0 ? version : at.UnixMilliseconds)}");

    private static string Iso(EventTime at) => at.ToDateTimeOffset() is { } moment ? moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture) : "";
}
