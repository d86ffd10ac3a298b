namespace Crowsnest.Core.Events;

/// <summary>What a task has of its container instance besides CPU and memory, as its containers say it.</summary>
/// <param name="Ports">TCP ports of the host that its definition names, in order.</param>
/// <param name="UdpPorts">UDP ports of the host that its definition names.</param>
/// <param name="Gpus">How many GPUs its containers have.</param>
/// <remarks>An event shows both only once the task is placed and its containers are made: one that is PENDING has none yet.</remarks>
public sealed record TaskClaims(int[] Ports, int[] UdpPorts, int Gpus)
{
    /// <summary>
    /// From here on up Docker and the agent choose ports by themselves (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_PortMapping.html: 49153 to 65535,
    /// or what the host's kernel says, which on Linux begins here). Another task gets others, so they stand in nobody's way.
    /// </summary>
    public const int ChosenPortsFrom = 32_768;

    // Containers of one task have rarely more than one port; whoever writes events may write any number.
    private const int PortsMax = 100;

    /// <summary>What the event says of it, or <see langword="null"/> when that is nothing.</summary>
    internal static TaskClaims? Of(EcsEvent ecsEvent)
    {
        // Found by their names and not by a walk: most events have neither, and the walk over the rest would cost as much as reading the event did.
        var bytes = ecsEvent.Raw.Span;
        List<int>? tcp = null, udp = null;
        var gpus = 0;
        for (var at = 0; Next(bytes, "\"networkBindings\""u8, ref at);) ReadBindings(bytes, at, ref tcp, ref udp);
        for (var at = 0; Next(bytes, "\"gpuIds\""u8, ref at);) gpus += Count(bytes, at);
        return tcp is null && udp is null && gpus == 0 ? null : new TaskClaims(Sorted(tcp), Sorted(udp), gpus);
    }

    // Within a string the quotes of such a text have backslashes, so it is a name or a whole string; a name has a colon behind it.
    private static bool Next(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> name, ref int at)
    {
        while (bytes[at..].IndexOf(name) is >= 0 and var found)
        {
            at += found + name.Length;
            var json = new JsonScanner(bytes, at);
            if (json.Peek() != (byte)':') continue;
            json.Position++;
            if (json.Peek() != (byte)'[') continue;
            at = json.Position;
            return true;
        }

        return false;
    }

    /// <summary><c>[{"bindIP":"0.0.0.0","containerPort":80,"hostPort":8080,"protocol":"tcp"},…]</c></summary>
    private static void ReadBindings(ReadOnlySpan<byte> bytes, int start, ref List<int>? tcp, ref List<int>? udp)
    {
        var json = new JsonScanner(bytes, start);
        var firstElement = true;
        json.Enter();
        while (json.NextElement(ref firstElement))
        {
            if (json.Peek() != (byte)'{') return;
            JsonRange protocol = default;
            long? port = null;
            var first = true;
            json.Enter();
            while (json.NextName(ref first, out var member))
            {
                var ok = JsonText.Is(bytes, member, "hostPort"u8) ? EventFields.Number(ref json, out port)
                    : JsonText.Is(bytes, member, "protocol"u8) ? EventFields.Text(ref json, ref protocol)
                    : json.Skip();
                if (!ok) return;
            }

            if (port is not (> 0 and < ChosenPortsFrom)) continue;
            if (protocol.IsPresent && JsonText.Is(bytes, protocol, "udp"u8)) Add(ref udp, (int)port);
            else Add(ref tcp, (int)port);
        }
    }

    private static void Add(ref List<int>? ports, int port)
    {
        ports ??= [];
        if (ports.Count < PortsMax && !ports.Contains(port)) ports.Add(port);
    }

    private static int Count(ReadOnlySpan<byte> bytes, int start)
    {
        Span<JsonRange> items = stackalloc JsonRange[StringList.Max];
        return StringList.Read(bytes, start, items);
    }

    private static int[] Sorted(List<int>? ports)
    {
        if (ports is null) return [];
        ports.Sort();
        return [.. ports];
    }
}
