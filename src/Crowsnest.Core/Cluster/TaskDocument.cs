using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>A task's document.</summary>
/// <remarks>
/// Its stop evidence is written as a table of the events that it rests on and, for each fact, its value and the event's place in that table; a fact that the
/// newest event itself says is left out, which leaves nothing to write for nearly every task.
/// </remarks>
internal static class TaskDocument
{
    public static void Write(Utf8JsonWriter json, TaskState state)
    {
        json.WriteStartObject();
        WriteDetail(json, state.Detail);
        json.WriteStartObject("crowsnest"u8);
        json.Text("service"u8, state.Service);
        json.Text("family"u8, state.Family);
        json.Text("instance"u8, state.Instance);
        if (state.Network is { } network)
        {
            // Without names, which every task would repeat: [status, networkInterfaceId, subnetId, privateIPv4Address].
            json.WriteStartArray("network"u8);
            json.WriteStringValue(network.Status);
            json.WriteStringValue(network.NetworkInterfaceId);
            json.WriteStringValue(network.SubnetId);
            json.WriteStringValue(network.PrivateIPv4Address);
            json.WriteEndArray();
        }

        if (state.Claims is { } claims)
        {
            json.WriteStartObject("claims"u8);
            json.Numbers("ports"u8, claims.Ports);
            json.Numbers("udpPorts"u8, claims.UdpPorts);
            if (claims.Gpus > 0) json.WriteNumber("gpus"u8, claims.Gpus);
            json.WriteEndObject();
        }

        if (state.Stop is { } stop) StopDocument.Write(json, stop, ImpliedBy(state));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static TaskState Read(ResourceState row, TextPool? pool)
    {
        // A fleet's worth is read for one look at the past: member by member as they come, and no document is built.
        var json = new Utf8JsonReader(row.Document.Span);
        pool ??= new TextPool();
        long? version = null;
        EventTime updatedAt = default, createdAt = default, connectivityAt = default, pullStartedAt = default, pullStoppedAt = default, startedAt = default, stoppingAt = default,
            executionStoppedAt = default, stoppedAt = default;
        string? clusterArn = null, taskArn = null, taskDefinitionArn = null, containerInstanceArn = null, group = null, startedBy = null, lastStatus = null, desiredStatus = null,
            connectivity = null, stopCode = null, stoppedReason = null, launchType = null, capacityProviderName = null, availabilityZone = null, cpu = null, memory = null;
        TaskContainer[] containers = [];
        var ours = default(Ours);
        json.Read();
        while (json.NextMember(pool, out var member))
        {
            switch (member)
            {
                case "version": version = json.GetInt64(); break;
                case "updatedAt": updatedAt = json.Time(); break;
                case "createdAt": createdAt = json.Time(); break;
                case "clusterArn": clusterArn = pool.Get(ref json); break;
                case "taskArn": taskArn = json.GetString(); break;
                case "taskDefinitionArn": taskDefinitionArn = pool.Get(ref json); break;
                case "containerInstanceArn": containerInstanceArn = pool.Get(ref json); break;
                case "group": group = pool.Get(ref json); break;
                case "startedBy": startedBy = pool.Get(ref json); break;
                case "lastStatus": lastStatus = pool.Get(ref json); break;
                case "desiredStatus": desiredStatus = pool.Get(ref json); break;
                case "connectivity": connectivity = pool.Get(ref json); break;
                case "stopCode": stopCode = pool.Get(ref json); break;
                case "stoppedReason": stoppedReason = json.GetString(); break;
                case "launchType": launchType = pool.Get(ref json); break;
                case "capacityProviderName": capacityProviderName = pool.Get(ref json); break;
                case "availabilityZone": availabilityZone = pool.Get(ref json); break;
                case "cpu": cpu = pool.Get(ref json); break;
                case "memory": memory = pool.Get(ref json); break;
                case "connectivityAt": connectivityAt = json.Time(); break;
                case "pullStartedAt": pullStartedAt = json.Time(); break;
                case "pullStoppedAt": pullStoppedAt = json.Time(); break;
                case "startedAt": startedAt = json.Time(); break;
                case "stoppingAt": stoppingAt = json.Time(); break;
                case "executionStoppedAt": executionStoppedAt = json.Time(); break;
                case "stoppedAt": stoppedAt = json.Time(); break;
                case "containers": containers = ReadContainers(ref json, pool); break;
                case "crowsnest": ours = ReadOurs(ref json, pool); break;
                default: json.Skip(); break;
            }
        }

        var detail = new TaskDetail
        {
            Version = version, UpdatedAt = updatedAt, CreatedAt = createdAt, ClusterArn = clusterArn, TaskArn = taskArn, TaskDefinitionArn = taskDefinitionArn,
            ContainerInstanceArn = containerInstanceArn, Group = group, StartedBy = startedBy, LastStatus = lastStatus, DesiredStatus = desiredStatus, Connectivity = connectivity,
            ConnectivityAt = connectivityAt, StopCode = stopCode, StoppedReason = stoppedReason, LaunchType = launchType, CapacityProviderName = capacityProviderName,
            AvailabilityZone = availabilityZone, Cpu = cpu, Memory = memory, PullStartedAt = pullStartedAt, PullStoppedAt = pullStoppedAt, StartedAt = startedAt,
            StoppingAt = stoppingAt, ExecutionStoppedAt = executionStoppedAt, StoppedAt = stoppedAt, Containers = [.. containers],
        };
        var order = new EventOrder(row.Version, row.At, row.Event);
        var state = TaskState.Restore(order, PooledName(row, pool), ours.Service ?? "", ours.Family ?? "", ours.Instance ?? "", detail, ours.Network, ours.Claims, null);
        return ours.Stop is { } stop
            ? TaskState.Restore(order, state.Name, state.Service, state.Family, state.Instance, detail, ours.Network, ours.Claims, StopDocument.Read(stop, ImpliedBy(state)))
            : state;
    }

    private static Ours ReadOurs(ref Utf8JsonReader json, TextPool pool)
    {
        var ours = default(Ours);
        while (json.NextMember(pool, out var member))
        {
            switch (member)
            {
                case "service": ours.Service = pool.Get(ref json); break;
                case "family": ours.Family = pool.Get(ref json); break;
                case "instance": ours.Instance = pool.Get(ref json); break;
                case "network":
                    var eni = JsonElement.ParseValue(ref json);
                    ours.Network = new TaskNetwork(eni[0].GetString(), eni[1].GetString(), eni[2].GetString(), eni[3].GetString());
                    break;
                case "claims":
                    var claims = JsonElement.ParseValue(ref json);
                    ours.Claims = new TaskClaims(claims.Numbers("ports"), claims.Numbers("udpPorts"), (int)(claims.Number("gpus") ?? 0));
                    break;
                case "stop": ours.Stop = JsonElement.ParseValue(ref json); break;
                default: json.Skip(); break;
            }
        }

        return ours;
    }

    private static TaskContainer[] ReadContainers(ref Utf8JsonReader json, TextPool pool)
    {
        var containers = new List<TaskContainer>();
        while (json.Read() && json.TokenType == JsonTokenType.StartObject)
        {
            (string? called, string? status, int? exitCode, string? reason, string? image) = (null, null, null, null, null);
            while (json.NextMember(pool, out var member))
            {
                switch (member)
                {
                    case "name": called = pool.Get(ref json); break;
                    case "lastStatus": status = pool.Get(ref json); break;
                    case "exitCode": exitCode = json.GetInt32(); break;
                    case "reason": reason = pool.Get(ref json); break;
                    case "image": image = pool.Get(ref json); break;
                    default: json.Skip(); break;
                }
            }

            containers.Add(new TaskContainer(called, status, exitCode, reason, image));
        }

        return [.. containers];
    }

    private struct Ours
    {
        public string? Service, Family, Instance;
        public TaskNetwork? Network;
        public TaskClaims? Claims;
        public JsonElement? Stop;
    }

    // What the newest event says of the stop by itself; the document has it already.
    private static StopEvidence? ImpliedBy(TaskState state) =>
        StopEvidence.From(state.Detail, state.Order, state.Service, state.Family, state.Name.Id, state.Instance);

    private static void WriteDetail(Utf8JsonWriter json, TaskDetail d)
    {
        json.Common(d);
        json.Text("taskArn"u8, d.TaskArn);
        json.Text("taskDefinitionArn"u8, d.TaskDefinitionArn);
        json.Text("containerInstanceArn"u8, d.ContainerInstanceArn);
        json.Text("group"u8, d.Group);
        json.Text("startedBy"u8, d.StartedBy);
        json.Text("lastStatus"u8, d.LastStatus);
        json.Text("desiredStatus"u8, d.DesiredStatus);
        json.Text("connectivity"u8, d.Connectivity);
        json.Text("stopCode"u8, d.StopCode);
        json.Text("stoppedReason"u8, d.StoppedReason);
        json.Text("launchType"u8, d.LaunchType);
        json.Text("capacityProviderName"u8, d.CapacityProviderName);
        json.Text("availabilityZone"u8, d.AvailabilityZone);
        json.Text("cpu"u8, d.Cpu);
        json.Text("memory"u8, d.Memory);
        json.Time("connectivityAt"u8, d.ConnectivityAt);
        json.Time("pullStartedAt"u8, d.PullStartedAt);
        json.Time("pullStoppedAt"u8, d.PullStoppedAt);
        json.Time("startedAt"u8, d.StartedAt);
        json.Time("stoppingAt"u8, d.StoppingAt);
        json.Time("executionStoppedAt"u8, d.ExecutionStoppedAt);
        json.Time("stoppedAt"u8, d.StoppedAt);
        json.WriteStartArray("containers"u8);
        foreach (ref readonly var c in d.Containers.AsSpan())
        {
            json.WriteStartObject();
            json.Text("name"u8, c.Name);
            json.Text("lastStatus"u8, c.LastStatus);
            json.Number("exitCode"u8, c.ExitCode);
            json.Text("reason"u8, c.Reason);
            json.Text("image"u8, c.Image);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static ResourceName PooledName(ResourceState row, TextPool pool)
    {
        var name = ResourceName.Of(row);
        return new ResourceName(name.Type, pool.Get(name.Account)!, pool.Get(name.Region)!, pool.Get(name.Cluster)!, name.Id); // None is null.
    }
}
