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

        if (state.Stop is { } stop) StopDocument.Write(json, stop, ImpliedBy(state));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static TaskState Read(ResourceState row, TextPool? pool)
    {
        using var document = JsonDocument.Parse(row.Document);
        var d = document.RootElement;
        var ours = d.GetProperty("crowsnest");
        var (order, name) = (new EventOrder(row.Version, row.At, row.Event), PooledName(row, pool));
        var (service, family, instance, detail) = (Word(ours, "service", pool) ?? "", Word(ours, "family", pool) ?? "", Word(ours, "instance", pool) ?? "", ReadDetail(d, pool));
        var network = ours.TryGetProperty("network", out var eni)
            ? new TaskNetwork(eni[0].GetString(), eni[1].GetString(), eni[2].GetString(), eni[3].GetString())
            : null;
        var state = TaskState.Restore(order, name, service, family, instance, detail, network, null);
        return ours.TryGetProperty("stop", out var stop)
            ? TaskState.Restore(order, name, service, family, instance, detail, network, StopDocument.Read(stop, ImpliedBy(state)))
            : state;
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

    private static TaskDetail ReadDetail(JsonElement d, TextPool? pool) => new()
    {
        Version = d.Number("version"), UpdatedAt = d.Time("updatedAt"), CreatedAt = d.Time("createdAt"), ClusterArn = Word(d, "clusterArn", pool),
        TaskArn = d.Text("taskArn"), TaskDefinitionArn = Word(d, "taskDefinitionArn", pool), ContainerInstanceArn = Word(d, "containerInstanceArn", pool),
        Group = Word(d, "group", pool), StartedBy = Word(d, "startedBy", pool), LastStatus = Word(d, "lastStatus", pool), DesiredStatus = Word(d, "desiredStatus", pool),
        Connectivity = Word(d, "connectivity", pool), ConnectivityAt = d.Time("connectivityAt"),
        StopCode = Word(d, "stopCode", pool), StoppedReason = d.Text("stoppedReason"), LaunchType = Word(d, "launchType", pool),
        CapacityProviderName = Word(d, "capacityProviderName", pool), AvailabilityZone = Word(d, "availabilityZone", pool), Cpu = Word(d, "cpu", pool), Memory = Word(d, "memory", pool),
        PullStartedAt = d.Time("pullStartedAt"), PullStoppedAt = d.Time("pullStoppedAt"), StartedAt = d.Time("startedAt"), StoppingAt = d.Time("stoppingAt"),
        ExecutionStoppedAt = d.Time("executionStoppedAt"), StoppedAt = d.Time("stoppedAt"),
        Containers = [.. d.GetProperty("containers").EnumerateArray().Select(c => new TaskContainer(
            Word(c, "name", pool), Word(c, "lastStatus", pool), (int?)c.Number("exitCode"), Word(c, "reason", pool), Word(c, "image", pool)))],
    };

    private static string? Word(JsonElement e, string name, TextPool? pool) => pool is null ? e.Text(name) : pool.Get(e.Text(name));

    private static ResourceName PooledName(ResourceState row, TextPool? pool)
    {
        var name = ResourceName.Of(row);
        return pool is null ? name : new ResourceName(name.Type, pool.Get(name.Account)!, pool.Get(name.Region)!, pool.Get(name.Cluster)!, name.Id); // None is null.
    }
}
