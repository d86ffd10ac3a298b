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
    internal static readonly JsonWriterOptions Compact = new() { SkipValidation = true };

    /// <summary>The task's state as the store keeps it.</summary>
    public static ResourceState Write(TaskState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer, Compact)) Write(json, state);
        return Row(state, buffer.WrittenMemory);
    }

    /// <summary>The instance's state as the store keeps it.</summary>
    public static ResourceState Write(InstanceState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        var buffer = new ArrayBufferWriter<byte>(1_024);
        using (var json = new Utf8JsonWriter(buffer, Compact)) Write(json, state);
        return Row(state, buffer.WrittenMemory);
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

    internal static void Write(Utf8JsonWriter json, TaskState state)
    {
        json.WriteStartObject();
        WriteTask(json, state.Detail);
        json.WriteStartObject("crowsnest"u8);
        Text(json, "service"u8, state.Service);
        Text(json, "family"u8, state.Family);
        Text(json, "instance"u8, state.Instance);
        if (state.Stop is { } stop) StopDocument.Write(json, stop, ImpliedBy(state));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    internal static void Write(Utf8JsonWriter json, InstanceState state)
    {
        var d = state.Detail;
        json.WriteStartObject();
        Common(json, d);
        Text(json, "containerInstanceArn"u8, d.ContainerInstanceArn);
        Text(json, "ec2InstanceId"u8, d.Ec2InstanceId);
        Text(json, "status"u8, d.Status);
        Text(json, "statusReason"u8, d.StatusReason);
        if (d.AgentConnected is { } connected) json.WriteBoolean("agentConnected"u8, connected);
        Number(json, "runningTasksCount"u8, d.RunningTasksCount);
        Number(json, "pendingTasksCount"u8, d.PendingTasksCount);
        Number(json, "registeredCpu"u8, d.RegisteredCpu);
        Number(json, "registeredMemory"u8, d.RegisteredMemory);
        Number(json, "remainingCpu"u8, d.RemainingCpu);
        Number(json, "remainingMemory"u8, d.RemainingMemory);
        json.WriteEndObject();
    }

    internal static ResourceState Row(TaskState state, ReadOnlyMemory<byte> document) => Row(state.Name, state.Order, state.IsStopped, document);

    internal static ResourceState Row(InstanceState state, ReadOnlyMemory<byte> document) => Row(state.Name, state.Order, state.IsStopped, document);

    private static ResourceState Row(ResourceName n, EventOrder order, bool isStopped, ReadOnlyMemory<byte> document) =>
        new(n.Key, n.Type, n.Account, n.Region, n.Cluster, isStopped, order.Version, order.At, order.Key, document);

    private static ResourceName NameOf(ResourceState row) => new(row.Type, row.Account, row.Region, row.Cluster, row.Key[(row.Key.LastIndexOf('/') + 1)..]);

    // What the newest event says of the stop by itself; the document has it already.
    private static StopEvidence? ImpliedBy(TaskState state) =>
        StopEvidence.From(state.Detail, state.Order, state.Service, state.Family, state.Name.Id, state.Instance);

    private static void WriteTask(Utf8JsonWriter json, TaskDetail d)
    {
        Common(json, d);
        Text(json, "taskArn"u8, d.TaskArn);
        Text(json, "taskDefinitionArn"u8, d.TaskDefinitionArn);
        Text(json, "containerInstanceArn"u8, d.ContainerInstanceArn);
        Text(json, "group"u8, d.Group);
        Text(json, "startedBy"u8, d.StartedBy);
        Text(json, "lastStatus"u8, d.LastStatus);
        Text(json, "desiredStatus"u8, d.DesiredStatus);
        Text(json, "stopCode"u8, d.StopCode);
        Text(json, "stoppedReason"u8, d.StoppedReason);
        Text(json, "launchType"u8, d.LaunchType);
        Text(json, "capacityProviderName"u8, d.CapacityProviderName);
        Text(json, "availabilityZone"u8, d.AvailabilityZone);
        Text(json, "cpu"u8, d.Cpu);
        Text(json, "memory"u8, d.Memory);
        Time(json, "startedAt"u8, d.StartedAt);
        Time(json, "stoppingAt"u8, d.StoppingAt);
        Time(json, "stoppedAt"u8, d.StoppedAt);
        json.WriteStartArray("containers"u8);
        foreach (ref readonly var c in d.Containers.AsSpan())
        {
            json.WriteStartObject();
            Text(json, "name"u8, c.Name);
            Text(json, "lastStatus"u8, c.LastStatus);
            Number(json, "exitCode"u8, c.ExitCode);
            Text(json, "reason"u8, c.Reason);
            Text(json, "image"u8, c.Image);
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
        Number(json, "version"u8, d.Version);
        Time(json, "updatedAt"u8, d.UpdatedAt);
        Time(json, "createdAt"u8, d.CreatedAt);
        Text(json, "clusterArn"u8, d.ClusterArn);
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is { Length: > 0 }) json.WriteString(name, value);
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    private static void Time(Utf8JsonWriter json, ReadOnlySpan<byte> name, EventTime value)
    {
        if (value.HasValue) json.WriteNumber(name, value.UnixMilliseconds);
    }

    private static long? Number(JsonElement e, string name) => e.TryGetProperty(name, out var v) ? v.GetInt64() : null;

    private static EventTime Time(JsonElement e, string name) => Number(e, name) is { } ms ? new EventTime(ms) : default;
}
