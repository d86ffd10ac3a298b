using System.Buffers;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>States as documents and back: ECS's own field names, and under <c>crowsnest</c> what is ours.</summary>
/// <remarks>
/// What is not known is not written. A task's stop evidence is written as a table of the events that it rests on and, for each fact, its value and the
/// event's place in that table; a fact that the newest event itself says is left out, which leaves nothing to write for nearly every task.
/// </remarks>
public static class StateDocument
{
    private static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

    /// <summary>The task's state as the store keeps it.</summary>
    public static ResourceState Write(TaskState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            WriteTask(json, state.Detail);
            json.WriteStartObject("crowsnest"u8);
            Text(json, "service", state.Service);
            Text(json, "family", state.Family);
            Text(json, "instance", state.Instance);
            if (state.Stop is { } stop) StopDocument.Write(json, stop, ImpliedBy(state));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return Row(state.Name, state.Order, state.IsStopped, buffer.WrittenMemory);
    }

    /// <summary>The instance's state as the store keeps it.</summary>
    public static ResourceState Write(InstanceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var d = state.Detail;
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, Compact))
        {
            json.WriteStartObject();
            Common(json, d);
            Text(json, "containerInstanceArn", d.ContainerInstanceArn);
            Text(json, "ec2InstanceId", d.Ec2InstanceId);
            Text(json, "status", d.Status);
            Text(json, "statusReason", d.StatusReason);
            if (d.AgentConnected is { } connected) json.WriteBoolean("agentConnected"u8, connected);
            Number(json, "runningTasksCount", d.RunningTasksCount);
            Number(json, "pendingTasksCount", d.PendingTasksCount);
            Number(json, "registeredCpu", d.RegisteredCpu);
            Number(json, "registeredMemory", d.RegisteredMemory);
            Number(json, "remainingCpu", d.RemainingCpu);
            Number(json, "remainingMemory", d.RemainingMemory);
            json.WriteEndObject();
        }

        return Row(state.Name, state.Order, state.IsStopped, buffer.WrittenMemory);
    }

    /// <summary>Reads a task's state back.</summary>
    public static TaskState ReadTask(ResourceState row)
    {
        ArgumentNullException.ThrowIfNull(row);
        using var document = JsonDocument.Parse(row.Document);
        var d = document.RootElement;
        var ours = d.GetProperty("crowsnest");
        var name = NameOf(row);
        var state = TaskState.Restore(
            new EventOrder(row.Version, row.At, row.Event), name, Text(ours, "service") ?? "", Text(ours, "family") ?? "", Text(ours, "instance") ?? "", ReadDetail(d), null);
        return ours.TryGetProperty("stop", out var stop)
            ? TaskState.Restore(state.Order, name, state.Service, state.Family, state.Instance, state.Detail, StopDocument.Read(stop, ImpliedBy(state)))
            : state;
    }

    /// <summary>Reads an instance's state back.</summary>
    public static InstanceState ReadInstance(ResourceState row)
    {
        ArgumentNullException.ThrowIfNull(row);
        using var document = JsonDocument.Parse(row.Document);
        var d = document.RootElement;
        return new InstanceState(new EventOrder(row.Version, row.At, row.Event), NameOf(row), new ContainerInstanceDetail
        {
            Version = Number(d, "version"), UpdatedAt = Time(d, "updatedAt"), CreatedAt = Time(d, "createdAt"), ClusterArn = Text(d, "clusterArn"),
            ContainerInstanceArn = Text(d, "containerInstanceArn"), Ec2InstanceId = Text(d, "ec2InstanceId"), Status = Text(d, "status"),
            StatusReason = Text(d, "statusReason"), AgentConnected = d.TryGetProperty("agentConnected", out var agent) ? agent.GetBoolean() : null,
            RunningTasksCount = Number(d, "runningTasksCount"), PendingTasksCount = Number(d, "pendingTasksCount"),
            RegisteredCpu = Number(d, "registeredCpu"), RegisteredMemory = Number(d, "registeredMemory"),
            RemainingCpu = Number(d, "remainingCpu"), RemainingMemory = Number(d, "remainingMemory"),
        });
    }

    internal static string? Text(JsonElement e, string name) => e.TryGetProperty(name, out var v) ? v.GetString() : null;

    private static ResourceState Row(ResourceName n, EventOrder order, bool isStopped, ReadOnlyMemory<byte> document) =>
        new(n.Key, n.Type, n.Account, n.Region, n.Cluster, isStopped, order.Version, order.At, order.Key, document);

    private static ResourceName NameOf(ResourceState row) => new(row.Type, row.Account, row.Region, row.Cluster, row.Key[(row.Key.LastIndexOf('/') + 1)..]);

    // What the newest event says of the stop by itself; the document has it already.
    private static StopEvidence? ImpliedBy(TaskState state) =>
        StopEvidence.From(state.Detail, state.Order, state.Service, state.Family, state.Name.Id, state.Instance);

    private static void WriteTask(Utf8JsonWriter json, TaskDetail d)
    {
        Common(json, d);
        Text(json, "taskArn", d.TaskArn);
        Text(json, "taskDefinitionArn", d.TaskDefinitionArn);
        Text(json, "containerInstanceArn", d.ContainerInstanceArn);
        Text(json, "group", d.Group);
        Text(json, "startedBy", d.StartedBy);
        Text(json, "lastStatus", d.LastStatus);
        Text(json, "desiredStatus", d.DesiredStatus);
        Text(json, "stopCode", d.StopCode);
        Text(json, "stoppedReason", d.StoppedReason);
        Text(json, "launchType", d.LaunchType);
        Text(json, "capacityProviderName", d.CapacityProviderName);
        Text(json, "availabilityZone", d.AvailabilityZone);
        Text(json, "cpu", d.Cpu);
        Text(json, "memory", d.Memory);
        Time(json, "startedAt", d.StartedAt);
        Time(json, "stoppingAt", d.StoppingAt);
        Time(json, "stoppedAt", d.StoppedAt);
        json.WriteStartArray("containers"u8);
        foreach (ref readonly var c in d.Containers.AsSpan())
        {
            json.WriteStartObject();
            Text(json, "name", c.Name);
            Text(json, "lastStatus", c.LastStatus);
            Number(json, "exitCode", c.ExitCode);
            Text(json, "reason", c.Reason);
            Text(json, "image", c.Image);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static TaskDetail ReadDetail(JsonElement d) => new()
    {
        Version = Number(d, "version"), UpdatedAt = Time(d, "updatedAt"), CreatedAt = Time(d, "createdAt"), ClusterArn = Text(d, "clusterArn"),
        TaskArn = Text(d, "taskArn"), TaskDefinitionArn = Text(d, "taskDefinitionArn"), ContainerInstanceArn = Text(d, "containerInstanceArn"),
        Group = Text(d, "group"), StartedBy = Text(d, "startedBy"), LastStatus = Text(d, "lastStatus"), DesiredStatus = Text(d, "desiredStatus"),
        StopCode = Text(d, "stopCode"), StoppedReason = Text(d, "stoppedReason"), LaunchType = Text(d, "launchType"),
        CapacityProviderName = Text(d, "capacityProviderName"), AvailabilityZone = Text(d, "availabilityZone"), Cpu = Text(d, "cpu"), Memory = Text(d, "memory"),
        StartedAt = Time(d, "startedAt"), StoppingAt = Time(d, "stoppingAt"), StoppedAt = Time(d, "stoppedAt"),
        Containers = [.. d.GetProperty("containers").EnumerateArray().Select(c => new TaskContainer(
            Text(c, "name"), Text(c, "lastStatus"), (int?)Number(c, "exitCode"), Text(c, "reason"), Text(c, "image")))],
    };

    private static void Common(Utf8JsonWriter json, EventDetail d)
    {
        Number(json, "version", d.Version);
        Time(json, "updatedAt", d.UpdatedAt);
        Time(json, "createdAt", d.CreatedAt);
        Text(json, "clusterArn", d.ClusterArn);
    }

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is { Length: > 0 }) json.WriteString(name, value);
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    private static void Time(Utf8JsonWriter json, string name, EventTime value)
    {
        if (value.HasValue) json.WriteNumber(name, value.UnixMilliseconds);
    }

    private static long? Number(JsonElement e, string name) => e.TryGetProperty(name, out var v) ? v.GetInt64() : null;

    private static EventTime Time(JsonElement e, string name) => Number(e, name) is { } ms ? new EventTime(ms) : default;
}
