using System.Text.Json;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Server.Lists;

/// <summary>Container instances as the API lists them.</summary>
internal static class InstanceList
{
    /// <summary>The list.</summary>
    public static readonly ResourceList<InstanceView> List = new()
    {
        Key = static i => i.State.Name.Key,
        Filters = new Dictionary<string, Func<InstanceView, string?>>
        {
            ["name"] = static i => i.State.Name.Id, ["account"] = static i => i.State.Name.Account, ["region"] = static i => i.State.Name.Region,
            ["cluster"] = static i => i.State.Name.Cluster, ["status"] = static i => i.State.Detail.Status, ["ec2InstanceId"] = static i => i.State.Detail.Ec2InstanceId,
            ["capacityProvider"] = static i => i.State.Detail.CapacityProviderName, ["instanceType"] = static i => i.State.Machine.InstanceType,
            ["availabilityZone"] = static i => i.State.Machine.AvailabilityZone,
            ["agentConnected"] = static i => i.State.Detail.AgentConnected switch { true => "true", false => "false", null => "" },
        },
        Sorts = new Dictionary<string, Func<InstanceView, SortValue>>
        {
            ["cluster"] = static i => SortValue.Of(i.State.Name.Cluster), ["status"] = static i => SortValue.Of(i.State.Detail.Status),
            ["remainingCpu"] = static i => SortValue.Of(i.State.Detail.RemainingCpu), ["remainingMemory"] = static i => SortValue.Of(i.State.Detail.RemainingMemory),
            ["runningTasksCount"] = static i => SortValue.Of(i.State.Detail.RunningTasksCount ?? i.Running), ["updatedAt"] = static i => SortValue.Of(i.State.Order.At),
        },
        Write = Write,
    };

    private static void Write(Utf8JsonWriter json, InstanceView view)
    {
        var (state, d, machine) = (view.State, view.State.Detail, view.State.Machine);
        json.WriteString("instance", state.Name.Id);
        ListJson.Where(json, new ClusterName(state.Name.Account, state.Name.Region, state.Name.Cluster));
        ListJson.Text(json, "containerInstanceArn", d.ContainerInstanceArn);
        ListJson.Text(json, "clusterArn", d.ClusterArn);
        ListJson.Text(json, "ec2InstanceId", d.Ec2InstanceId);
        ListJson.Text(json, "status", d.Status);
        ListJson.Text(json, "statusReason", d.StatusReason);
        if (d.AgentConnected is { } connected) json.WriteBoolean("agentConnected", connected);
        if (state.Agent is { } agent)
        {
            ListJson.Time(json, "agentSince", agent.Now.Since);
            json.WriteBoolean("agentSinceAtLeast", agent.Now.IsAtLeast);
        }

        if (state.Health is { } health) ListJson.Text(json, "healthStatus", health.OverallStatus);
        ListJson.Number(json, "version", d.Version);
        json.WriteNumber("runningTasksCount", d.RunningTasksCount ?? view.Running);
        json.WriteNumber("pendingTasksCount", d.PendingTasksCount ?? view.Pending);
        Amounts(json, "registered", d.RegisteredCpu, d.RegisteredMemory);
        Amounts(json, "remaining", d.RemainingCpu, d.RemainingMemory);
        Amounts(json, "used", view.UsedCpu, view.UsedMemory);
        json.WriteStartArray("usedPorts");
        foreach (var port in machine.UsedPorts) json.WriteNumberValue(port);
        json.WriteEndArray();
        json.WriteNumber("registeredGpus", machine.RegisteredGpus.Length);
        json.WriteNumber("usedGpus", view.UsedGpus.Count);
        ListJson.Text(json, "capacityProviderName", d.CapacityProviderName);
        ListJson.Text(json, "instanceType", machine.InstanceType);
        ListJson.Text(json, "availabilityZone", machine.AvailabilityZone);
        ListJson.Text(json, "amiId", machine.AmiId);
        ListJson.Text(json, "osType", machine.OsType);
        ListJson.Text(json, "cpuArchitecture", machine.CpuArchitecture);
        ListJson.Text(json, "agentVersion", machine.AgentVersion);
        ListJson.Text(json, "dockerVersion", machine.DockerVersion);
        ListJson.Time(json, "registeredAt", machine.RegisteredAt);
        ListJson.Time(json, "updatedAt", d.UpdatedAt);
    }

    private static void Amounts(Utf8JsonWriter json, string name, long? cpu, long? memory)
    {
        ListJson.Number(json, name + "Cpu", cpu);
        ListJson.Number(json, name + "Memory", memory);
    }
}
