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
            json.WriteStartObject("network"u8);
            json.Text("status"u8, network.Status);
            json.Text("networkInterfaceId"u8, network.NetworkInterfaceId);
            json.Text("subnetId"u8, network.SubnetId);
            json.Text("privateIPv4Address"u8, network.PrivateIPv4Address);
            json.WriteEndObject();
        }

        if (state.Stop is { } stop) StopDocument.Write(json, stop, ImpliedBy(state));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static TaskState Read(ResourceState row)
    {
        using var document = JsonDocument.Parse(row.Document);
        var d = document.RootElement;
        var ours = d.GetProperty("crowsnest");
        var (order, name) = (new EventOrder(row.Version, row.At, row.Event), ResourceName.Of(row));
        var (service, family, instance, detail) = (ours.Text("service") ?? "", ours.Text("family") ?? "", ours.Text("instance") ?? "", ReadDetail(d));
        var network = ours.TryGetProperty("network", out var eni)
            ? new TaskNetwork(eni.Text("status"), eni.Text("networkInterfaceId"), eni.Text("subnetId"), eni.Text("privateIPv4Address"))
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
        json.Text("healthStatus"u8, d.HealthStatus);
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

    private static TaskDetail ReadDetail(JsonElement d) => new()
    {
        Version = d.Number("version"), UpdatedAt = d.Time("updatedAt"), CreatedAt = d.Time("createdAt"), ClusterArn = d.Text("clusterArn"),
        TaskArn = d.Text("taskArn"), TaskDefinitionArn = d.Text("taskDefinitionArn"), ContainerInstanceArn = d.Text("containerInstanceArn"),
        Group = d.Text("group"), StartedBy = d.Text("startedBy"), LastStatus = d.Text("lastStatus"), DesiredStatus = d.Text("desiredStatus"),
        HealthStatus = d.Text("healthStatus"), Connectivity = d.Text("connectivity"), ConnectivityAt = d.Time("connectivityAt"),
        StopCode = d.Text("stopCode"), StoppedReason = d.Text("stoppedReason"), LaunchType = d.Text("launchType"),
        CapacityProviderName = d.Text("capacityProviderName"), AvailabilityZone = d.Text("availabilityZone"), Cpu = d.Text("cpu"), Memory = d.Text("memory"),
        PullStartedAt = d.Time("pullStartedAt"), PullStoppedAt = d.Time("pullStoppedAt"), StartedAt = d.Time("startedAt"), StoppingAt = d.Time("stoppingAt"),
        ExecutionStoppedAt = d.Time("executionStoppedAt"), StoppedAt = d.Time("stoppedAt"),
        Containers = [.. d.GetProperty("containers").EnumerateArray().Select(c => new TaskContainer(
            c.Text("name"), c.Text("lastStatus"), (int?)c.Number("exitCode"), c.Text("reason"), c.Text("image")))],
    };
}
