using System.Text.Json;

namespace Crowsnest.Simulator;

/// <summary>Says what happens to container instances: their state, their health, and EC2's warning.</summary>
internal sealed class InstanceEvents(EventWriter writer, Timeline timeline)
{
    /// <summary>Says "ECS Container Instance State Change", as its next version.</summary>
    public void Say(Instance instance, string? cls = null)
    {
        instance.Version++;
        writer.Begin("ECS Container Instance State Change", instance.Cluster, instance.Arn);
        var json = writer.Json;
        json.WriteBoolean("agentConnected"u8, instance.AgentConnected);
        if (writer.Oddity == Oddity.NullAttributes) json.WriteNull("attributes"u8);
        else json.WriteRawValueNamed("attributes"u8, instance.Attributes);
        json.WriteString("capacityProviderName"u8, instance.Cluster.CapacityProvider);
        json.WriteString("clusterArn"u8, instance.Cluster.Arn);
        json.WriteString("containerInstanceArn"u8, instance.Arn);
        json.WriteString("ec2InstanceId"u8, instance.Ec2Id);
        json.WriteRawValueNamed("registeredResources"u8, instance.Registered);
        json.WritePropertyName("remainingResources"u8);
        WriteResources(json, instance.FreeCpu, instance.FreeMemory, instance.UsedPorts);
        json.WriteString("status"u8, instance.Status);
        json.WriteNumber("version"u8, instance.Version);
        json.WriteStartObject("versionInfo"u8);
        json.WriteString("agentHash"u8, instance.AgentHash);
        json.WriteString("agentVersion"u8, instance.AgentVersion);
        json.WriteString("dockerVersion"u8, "DockerVersion: 25.0.8"u8);
        json.WriteEndObject();
        writer.Time.WriteMillis(json, "registeredAt"u8, instance.RegisteredAt);
        writer.Time.WriteMillis(json, "updatedAt"u8, timeline.Now);
        writer.End(
            "instance", instance.Arn, cls,
            new InstanceTruth(instance.Arn, instance.Version, instance.Status, instance.AgentConnected, instance.Ec2Id, instance.FreeCpu, instance.FreeMemory, instance.Tasks.Count));
    }

    /// <summary>Says "ECS Container Instance Health Change": the agent is away for too long, or there again.</summary>
    public void SayHealth(Instance instance, bool isImpaired, long since)
    {
        writer.Begin("ECS Container Instance Health Change", instance.Cluster, instance.Arn);
        var json = writer.Json;
        var status = isImpaired ? "IMPAIRED"u8 : "OK"u8;
        json.WriteString("clusterArn"u8, instance.Cluster.Arn);
        json.WriteString("containerInstanceArn"u8, instance.Arn);
        json.WriteString("capacityProviderName"u8, instance.Cluster.CapacityProvider);
        json.WriteString("ec2InstanceId"u8, instance.Ec2Id);
        json.WriteString("overallStatus"u8, status);
        json.WriteStartArray("healthChecks"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "AGENT_CONNECTIVITY"u8);
        json.WriteString("status"u8, status);
        writer.Time.WriteSeconds(json, "lastStatusChange"u8, timeline.Now);
        writer.Time.WriteSeconds(json, "lastUpdated"u8, timeline.Now - 4000);
        if (isImpaired) json.WriteString("statusReason"u8, $"Agent disconnected since {DateTime.UnixEpoch.AddMilliseconds(writer.Time.Of(since)):yyyy-MM-dd'T'HH:mm:ss'Z'}");
        else json.WriteNull("statusReason"u8);
        json.WriteEndObject();
        json.WriteEndArray();
        writer.End("other", instance.Arn, isImpaired ? "agent_disconnected" : null);
    }

    /// <summary>Says "EC2 Spot Instance Interruption Warning": two minutes before.</summary>
    public void SaySpotWarning(Instance instance)
    {
        var arn = $"arn:aws:ec2:{instance.Zone}:instance/{instance.Ec2Id}";
        writer.Begin("EC2 Spot Instance Interruption Warning", "aws.ec2", instance.Cluster.Account, instance.Cluster.Region, [arn]);
        writer.Json.WriteString("instance-id"u8, instance.Ec2Id);
        writer.Json.WriteString("instance-action"u8, "terminate"u8);
        writer.End("other", arn);
    }

    /// <summary>Resources as ECS lists them; of ports the used ones.</summary>
    public static void WriteResources(Utf8JsonWriter json, int cpu, int memory, IEnumerable<int> ports)
    {
        json.WriteStartArray();
        WriteNumber(json, "CPU"u8, cpu);
        WriteNumber(json, "MEMORY"u8, memory);
        json.WriteStartObject();
        json.WriteString("name"u8, "PORTS"u8);
        json.WriteString("type"u8, "STRINGSET"u8);
        json.WriteStartArray("stringSetValue"u8);
        // SSH, Docker and the agent's own.
        foreach (var port in (ReadOnlySpan<int>)[22, 2376, 2375, 51678, 51679]) WriteText(json, port);
        foreach (var port in ports) WriteText(json, port);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject();
        json.WriteString("name"u8, "PORTS_UDP"u8);
        json.WriteString("type"u8, "STRINGSET"u8);
        json.WriteStartArray("stringSetValue"u8);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteNumber(Utf8JsonWriter json, ReadOnlySpan<byte> name, int value)
    {
        json.WriteStartObject();
        json.WriteString("name"u8, name);
        json.WriteString("type"u8, "INTEGER"u8);
        json.WriteNumber("integerValue"u8, value);
        json.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter json, int port)
    {
        Span<byte> text = stackalloc byte[8];
        port.TryFormat(text, out var length, provider: System.Globalization.CultureInfo.InvariantCulture);
        json.WriteStringValue(text[..length]);
    }
}
