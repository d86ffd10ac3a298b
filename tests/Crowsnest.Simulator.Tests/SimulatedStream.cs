using System.Buffers;
using System.Text.Json;

namespace Crowsnest.Simulator.Tests;

/// <summary>A stream that was simulated for a test: its lines, kept.</summary>
internal static class SimulatedStream
{
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public static List<DeliveredLine> Take(int count, ulong seed, DeliveryOptions? delivery = null, double odd = 0)
    {
        using var fleet = new FleetSimulator(new SimulatorOptions { Seed = seed, OddPercent = odd, Start = Start });
        var stream = new StreamDelivery(fleet, delivery ?? new DeliveryOptions(), seed);
        var lines = new List<DeliveredLine>(count);
        for (var i = 0; i < count; i++)
        {
            var line = stream.Next();
            lines.Add(line with { Json = line.Json.ToArray() });
        }

        return lines;
    }

    /// <summary>All that is said within so many hours.</summary>
    public static List<DeliveredLine> Hours(double hours, ulong seed)
    {
        using var fleet = new FleetSimulator(new SimulatorOptions { Seed = seed, Start = Start });
        var lines = new List<DeliveredLine>();
        while (fleet.NextAt < Start.AddHours(hours))
        {
            var e = fleet.Next();
            lines.Add(new DeliveredLine(e.Json.ToArray(), e.At, e.Truth, null, 0));
        }

        return lines;
    }

    public static JsonElement Parse(DeliveredLine line) => JsonElement.Parse(line.Json.Span);

    public static byte[] Bytes(IEnumerable<DeliveredLine> lines)
    {
        var all = new ArrayBufferWriter<byte>();
        foreach (var line in lines)
        {
            all.Write(line.Json.Span);
            all.Write("\n"u8);
        }

        return all.WrittenSpan.ToArray();
    }
}
