using System.Buffers.Text;

namespace Crowsnest.Core.Events;

/// <summary>Where the attributes of a container instance stand that say what kind of machine it is.</summary>
internal struct InstanceAttributeFields
{
    public JsonRange AvailabilityZone, InstanceType, AmiId, OsType, CpuArchitecture;
}

/// <summary>What stands in <c>registeredResources</c> or <c>remainingResources</c>: where the lists are.</summary>
internal struct InstanceResourceFields
{
    public JsonRange Ports, UdpPorts, Gpus;
}

/// <summary>Reads what only an instance's state wants, from the event's bytes: in the pass over all events it would cost each instance event a sixth more time.</summary>
internal static class InstanceFields
{
    /// <summary>The machine; of what the event does not say nothing is there.</summary>
    public static InstanceMachine Machine(EcsEvent ecsEvent)
    {
        var bytes = ecsEvent.Raw.Span;
        var json = new JsonScanner(bytes, ecsEvent.StateStart);
        InstanceAttributeFields attributes = default;
        InstanceResourceFields registered = default, remaining = default;
        JsonRange registeredAt = default, agent = default, docker = default;

        // An event that was made and not read has no bytes.
        if (ecsEvent.StateStart > 0 && json.Peek() == (byte)'{' && json.Enter())
        {
            var first = true;
            while (json.NextName(ref first, out var name))
            {
                var ok = JsonText.Is(bytes, name, "attributes"u8) ? ReadAttributes(ref json, ref attributes)
                    : JsonText.Is(bytes, name, "registeredResources"u8) ? ReadResources(ref json, ref registered)
                    : JsonText.Is(bytes, name, "remainingResources"u8) ? ReadResources(ref json, ref remaining)
                    : JsonText.Is(bytes, name, "versionInfo"u8) ? ReadVersions(ref json, ref agent, ref docker)
                    : JsonText.Is(bytes, name, "registeredAt"u8) ? EventFields.Text(ref json, ref registeredAt)
                    : json.Skip();
                if (!ok) break;
            }
        }

        return new InstanceMachine
        {
            ReservedPorts = Numbers(bytes, registered.Ports), UsedPorts = Numbers(bytes, remaining.Ports), UsedUdpPorts = Numbers(bytes, remaining.UdpPorts),
            RegisteredGpus = Texts(bytes, registered.Gpus), RemainingGpus = Texts(bytes, remaining.Gpus),
            RegisteredAt = registeredAt.IsPresent && TimeText.TryParse(registeredAt.Of(bytes), out var time) ? time : default,
            AgentVersion = Text(bytes, agent), DockerVersion = Text(bytes, docker), AvailabilityZone = Text(bytes, attributes.AvailabilityZone),
            InstanceType = Text(bytes, attributes.InstanceType), AmiId = Text(bytes, attributes.AmiId), OsType = Text(bytes, attributes.OsType),
            CpuArchitecture = Text(bytes, attributes.CpuArchitecture),
        };
    }

    /// <summary><c>[{"name":"ecs.instance-type","value":"m6i.2xlarge"},…]</c>; most of them are capabilities of the agent, without a value.</summary>
    private static bool ReadAttributes(ref JsonScanner json, ref InstanceAttributeFields into)
    {
        into = default;
        if (json.Peek() != (byte)'[') return json.Skip();
        var firstElement = true;
        if (!json.Enter()) return false;
        while (json.NextElement(ref firstElement))
        {
            if (!EventFields.Pair(ref json, "name"u8, out var name, out var value)) return false;
            if (value.IsPresent && name.IsPresent) Take(json.Data, name, value, ref into);
        }

        return json.Status == ScanStatus.Ok;
    }

    /// <summary><c>[{"name":"CPU","integerValue":2048},{"name":"PORTS","stringSetValue":["22"]},…]</c></summary>
    private static bool ReadResources(ref JsonScanner json, ref InstanceResourceFields into)
    {
        into = default;
        if (json.Peek() != (byte)'[') return json.Skip();
        var firstElement = true;
        if (!json.Enter()) return false;
        while (json.NextElement(ref firstElement))
        {
            if (json.Peek() != (byte)'{')
            {
                if (!json.Skip()) return false;
                continue;
            }

            JsonRange name = default, set = default;
            var first = true;
            if (!json.Enter()) return false;
            while (json.NextName(ref first, out var member))
            {
                bool ok;
                if (JsonText.Is(json.Data, member, "name"u8))
                {
                    ok = EventFields.Text(ref json, ref name);
                }
                else if (JsonText.Is(json.Data, member, "stringSetValue"u8) && json.Peek() == (byte)'[')
                {
                    var start = json.Position;
                    ok = json.Skip();
                    set = new JsonRange(start, json.Position - start);
                }
                else
                {
                    ok = json.Skip();
                }

                if (!ok) return false;
            }

            if (json.Status != ScanStatus.Ok) return false;
            if (!name.IsPresent) continue;
            if (JsonText.Is(json.Data, name, "PORTS"u8)) into.Ports = set;
            else if (JsonText.Is(json.Data, name, "PORTS_UDP"u8)) into.UdpPorts = set;
            else if (JsonText.Is(json.Data, name, "GPU"u8)) into.Gpus = set;
        }

        return json.Status == ScanStatus.Ok;
    }

    /// <summary><c>{"agentVersion":"1.86.3","dockerVersion":"DockerVersion: 25.0.8"}</c></summary>
    private static bool ReadVersions(ref JsonScanner json, ref JsonRange agent, ref JsonRange docker)
    {
        agent = docker = default;
        if (json.Peek() != (byte)'{') return json.Skip();
        var first = true;
        if (!json.Enter()) return false;
        while (json.NextName(ref first, out var member))
        {
            var ok = JsonText.Is(json.Data, member, "agentVersion"u8) ? EventFields.Text(ref json, ref agent)
                : JsonText.Is(json.Data, member, "dockerVersion"u8) ? EventFields.Text(ref json, ref docker)
                : json.Skip();
            if (!ok) return false;
        }

        return json.Status == ScanStatus.Ok;
    }

    private static void Take(ReadOnlySpan<byte> data, JsonRange name, JsonRange value, ref InstanceAttributeFields into)
    {
        // Custom attributes may have any name; the ones that ECS gives begin so. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-placement-constraints.html
        if (JsonText.Is(data, name, "ecs.availability-zone"u8)) into.AvailabilityZone = value;
        else if (JsonText.Is(data, name, "ecs.instance-type"u8)) into.InstanceType = value;
        else if (JsonText.Is(data, name, "ecs.ami-id"u8)) into.AmiId = value;
        else if (JsonText.Is(data, name, "ecs.os-type"u8)) into.OsType = value;
        else if (JsonText.Is(data, name, "ecs.cpu-architecture"u8)) into.CpuArchitecture = value;
    }

    // Ports stand there as strings.
    private static int[] Numbers(ReadOnlySpan<byte> bytes, JsonRange list)
    {
        if (list.Length <= 2) return [];
        Span<JsonRange> items = stackalloc JsonRange[StringList.Max];
        Span<int> numbers = stackalloc int[StringList.Max];
        var count = 0;
        foreach (var item in items[..StringList.Read(bytes, list.Start, items)])
        {
            if (Utf8Parser.TryParse(item.Of(bytes), out int number, out var used) && used == item.Length) numbers[count++] = number;
        }

        return numbers[..count].ToArray();
    }

    private static string[] Texts(ReadOnlySpan<byte> bytes, JsonRange list)
    {
        if (list.Length <= 2) return [];
        Span<JsonRange> items = stackalloc JsonRange[StringList.Max];
        var texts = new string[StringList.Read(bytes, list.Start, items)];
        for (var i = 0; i < texts.Length; i++) texts[i] = JsonText.String(bytes, items[i]);
        return texts;
    }

    private static string? Text(ReadOnlySpan<byte> bytes, JsonRange range) => range.IsPresent ? JsonText.String(bytes, range) : null;
}
