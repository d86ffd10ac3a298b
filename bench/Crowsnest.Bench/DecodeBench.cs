using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Events;

namespace Crowsnest.Bench;

/// <summary>Decoding lines that are in memory already, beside a bare token loop over the same bytes.</summary>
internal static class DecodeBench
{
    public static void Run(string file)
    {
        var bytes = new byte[Math.Min(new FileInfo(file).Length, 200 << 20)];
        using (var stream = File.OpenRead(file)) stream.ReadExactly(bytes);
        var memory = bytes.AsMemory(0, bytes.AsSpan().LastIndexOf((byte)'\n') + 1);
        var decoder = new EventDecoder();
        for (var round = 0; round < 3; round++)
        {
            var tokens = Measure("Utf8JsonReader", memory, line =>
            {
                var reader = new Utf8JsonReader(line.Span);
                while (reader.Read())
                {
                    // Only the tokens.
                }
            });
            var decode = Measure("decode", memory, line => decoder.Decode(line, DateTimeOffset.UnixEpoch));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio {decode / tokens:0.00}"));
        }
    }

    private static double Measure(string name, ReadOnlyMemory<byte> memory, Action<ReadOnlyMemory<byte>> each)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        var count = 0;
        for (var rest = memory; !rest.IsEmpty; count++)
        {
            var newline = rest.Span.IndexOf((byte)'\n');
            each(rest[..newline]);
            rest = rest[(newline + 1)..];
        }

        var seconds = clock.Elapsed.TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-15} {count / seconds,10:N0} events/s {memory.Length / seconds / 1e6,7:N0} MB/s {(GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)count,6:N0} B/event"));
        return count / seconds;
    }
}
