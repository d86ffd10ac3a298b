using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>A container instance's document.</summary>
internal static class InstanceDocument
{
    public static void Write(Utf8JsonWriter json, InstanceState state)
    {
        var (d, machine) = (state.Detail, state.Machine);
        json.WriteStartObject();
        json.Common(d);
        json.Text("containerInstanceArn"u8, d.ContainerInstanceArn);
        json.Text("ec2InstanceId"u8, d.Ec2InstanceId);
        json.Text("status"u8, d.Status);
        json.Text("statusReason"u8, d.StatusReason);
        if (d.AgentConnected is { } connected) json.WriteBoolean("agentConnected"u8, connected);
        json.Number("runningTasksCount"u8, d.RunningTasksCount);
        json.Number("pendingTasksCount"u8, d.PendingTasksCount);
        json.Number("registeredCpu"u8, d.RegisteredCpu);
        json.Number("registeredMemory"u8, d.RegisteredMemory);
        json.Number("remainingCpu"u8, d.RemainingCpu);
        json.Number("remainingMemory"u8, d.RemainingMemory);
        json.Numbers("reservedPorts"u8, machine.ReservedPorts);
        json.Numbers("usedPorts"u8, machine.UsedPorts);
        json.Numbers("usedUdpPorts"u8, machine.UsedUdpPorts);
        json.Texts("registeredGpus"u8, machine.RegisteredGpus);
        json.Texts("remainingGpus"u8, machine.RemainingGpus);
        json.Text("capacityProviderName"u8, d.CapacityProviderName);
        json.Time("registeredAt"u8, machine.RegisteredAt);
        json.Text("agentVersion"u8, machine.AgentVersion);
        json.Text("dockerVersion"u8, machine.DockerVersion);
        json.Text("availabilityZone"u8, machine.AvailabilityZone);
        json.Text("instanceType"u8, machine.InstanceType);
        json.Text("amiId"u8, machine.AmiId);
        json.Text("osType"u8, machine.OsType);
        json.Text("cpuArchitecture"u8, machine.CpuArchitecture);
        if (state.Agent is not null || state.Health is not null)
        {
            json.WriteStartObject("crowsnest"u8);
            if (state.Agent is { } agent) Write(json, agent);
            if (state.Health is { } health) Write(json, health);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    public static InstanceState Read(ResourceState row)
    {
        using var document = JsonDocument.Parse(row.Document);
        var d = document.RootElement;
        var detail = new ContainerInstanceDetail
        {
            Version = d.Number("version"), UpdatedAt = d.Time("updatedAt"), CreatedAt = d.Time("createdAt"), ClusterArn = d.Text("clusterArn"),
            ContainerInstanceArn = d.Text("containerInstanceArn"), Ec2InstanceId = d.Text("ec2InstanceId"), Status = d.Text("status"),
            StatusReason = d.Text("statusReason"), AgentConnected = d.TryGetProperty("agentConnected", out var connected) ? connected.GetBoolean() : null,
            RunningTasksCount = d.Number("runningTasksCount"), PendingTasksCount = d.Number("pendingTasksCount"),
            RegisteredCpu = d.Number("registeredCpu"), RegisteredMemory = d.Number("registeredMemory"),
            RemainingCpu = d.Number("remainingCpu"), RemainingMemory = d.Number("remainingMemory"),
            CapacityProviderName = d.Text("capacityProviderName"),
        };
        var machine = new InstanceMachine
        {
            ReservedPorts = d.Numbers("reservedPorts"),
            UsedPorts = d.Numbers("usedPorts"), UsedUdpPorts = d.Numbers("usedUdpPorts"), RegisteredGpus = d.Texts("registeredGpus"),
            RemainingGpus = d.Texts("remainingGpus"), RegisteredAt = d.Time("registeredAt"),
            AgentVersion = d.Text("agentVersion"), DockerVersion = d.Text("dockerVersion"), AvailabilityZone = d.Text("availabilityZone"),
            InstanceType = d.Text("instanceType"), AmiId = d.Text("amiId"), OsType = d.Text("osType"), CpuArchitecture = d.Text("cpuArchitecture"),
        };
        var state = new InstanceState(new EventOrder(row.Version, row.At, row.Event), ResourceName.Of(row), detail) { Machine = machine };
        if (!d.TryGetProperty("crowsnest", out var ours)) return state;
        return state with
        {
            Agent = ours.TryGetProperty("agent", out var agent) ? ReadAgent(agent) : null,
            Health = ours.TryGetProperty("health", out var health) ? ReadHealth(health) : null,
        };
    }

    // "agent":{"last":[[version,at,1],…],"other":[version,at,0]}: the newest of either answer is written only where it is no more among the last.
    private static void Write(Utf8JsonWriter json, AgentHistory agent)
    {
        json.WriteStartObject("agent"u8);
        json.WriteStartArray("last"u8);
        foreach (var entry in agent.Entries) Write(json, entry);
        json.WriteEndArray();
        var other = agent.Entries[0].IsConnected ? agent.Away : agent.Connected;
        if (other is { } before && !agent.Entries.Contains(before))
        {
            json.WritePropertyName("other"u8);
            Write(json, before);
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, AgentEntry entry)
    {
        json.WriteStartArray();
        json.WriteNumberValue(entry.Version);
        json.WriteNumberValue(entry.At);
        json.WriteNumberValue(entry.IsConnected ? 1 : 0);
        json.WriteEndArray();
    }

    private static AgentHistory ReadAgent(JsonElement agent)
    {
        var other = agent.TryGetProperty("other", out var o) ? ReadEntry(o) : (AgentEntry?)null;
        return AgentHistory.Restore(
            [.. agent.GetProperty("last").EnumerateArray().Select(ReadEntry)], other is { IsConnected: true } ? other : null, other is { IsConnected: false } ? other : null);
    }

    private static AgentEntry ReadEntry(JsonElement entry) => new(entry[0].GetInt64(), entry[1].GetInt64(), entry[2].GetInt32() == 1);

    private static void Write(Utf8JsonWriter json, InstanceHealth health)
    {
        json.WriteStartObject("health"u8);
        json.Key("key"u8, health.Key);
        json.Text("overallStatus"u8, health.OverallStatus);
        json.WriteStartArray("healthChecks"u8);
        foreach (var check in health.Checks)
        {
            json.WriteStartObject();
            json.Text("type"u8, check.Type);
            json.Text("status"u8, check.Status);
            json.Text("statusReason"u8, check.StatusReason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static InstanceHealth ReadHealth(JsonElement health) => new(
        health.Key("key"), health.Text("overallStatus"),
        [.. health.GetProperty("healthChecks").EnumerateArray().Select(c => new HealthCheck(c.Text("type"), c.Text("status"), c.Text("statusReason")))]);
}
