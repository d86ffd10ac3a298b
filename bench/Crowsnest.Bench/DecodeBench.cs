using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Bench;

/// <summary>
/// <c>ingest</c>'s own code path up to diagnosis, on one thread and bytes that are in memory already, beside a bare token loop and a parsed document over the
/// same bytes in the same run. Best of the rounds, in processor time: the machine may be shared.
/// </summary>
internal static class DecodeBench
{
    private const int Rounds = 7;

    public static async Task RunAsync(string file, string? only = null)
    {
        var bytes = new byte[Math.Min(new FileInfo(file).Length, 200 << 20)];
        await using (var stream = File.OpenRead(file)) await stream.ReadExactlyAsync(bytes);
        var memory = bytes.AsMemory(0, bytes.AsSpan().LastIndexOf((byte)'\n') + 1);
        var decoder = new EventDecoder();
        var diagnoser = new EventDiagnoser();
        var reader = new EventStreamReader(TimeProvider.System, new EventStreamOptions());
        var paths = new Path[]
        {
            new("Utf8JsonReader", () => Lines(memory, Tokens)),
            new("JsonDocument", () => Lines(memory, Document)),
            new("decode", () => Lines(memory, line => decoder.Decode(line, DateTimeOffset.UnixEpoch))),
            new("decode, diagnose", () => Lines(memory, line => Diagnose(diagnoser, decoder.Decode(line, DateTimeOffset.UnixEpoch)))),
            new("ingest's path", () => Read(reader, diagnoser, bytes, memory.Length)),
        };
        if (only is not null) paths = [.. paths.Where(path => path.Name == only)];

        // Round by round, so that a neighbour's load falls on all of them.
        for (var round = 0; round < Rounds; round++)
        {
            foreach (var path in paths) path.Measure();
        }

        foreach (var path in paths)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{path.Name,-16} {path.EventsPerSecond,10:N0} events/s {path.EventsPerSecond * memory.Length / path.Count / 1e6,7:N0} MB/s {path.BytesAllocated,6:N0} B/event  {path.EventsPerSecond / paths[0].EventsPerSecond:0.00} of Utf8JsonReader"));
        }
    }

    private static void Tokens(ReadOnlyMemory<byte> line)
    {
        var json = new Utf8JsonReader(line.Span);
        while (json.Read())
        {
            // Only the tokens.
        }
    }

    private static void Document(ReadOnlyMemory<byte> line)
    {
        using var document = JsonDocument.Parse(line);
    }

    private static void Diagnose(EventDiagnoser diagnoser, Decoded decoded)
    {
        if (decoded is Decoded.Ok ok) diagnoser.Diagnose(ok.Event);
    }

    private static int Lines(ReadOnlyMemory<byte> memory, Action<ReadOnlyMemory<byte>> each)
    {
        var count = 0;
        for (var rest = memory; !rest.IsEmpty; count++)
        {
            var newline = rest.Span.IndexOf((byte)'\n');
            each(rest[..newline]);
            rest = rest[(newline + 1)..];
        }

        return count;
    }

    private static int Read(EventStreamReader reader, EventDiagnoser diagnoser, byte[] bytes, int length)
    {
        using var stream = new MemoryStream(bytes, 0, length);
        var count = 0;
        var batches = reader.ReadAsync(stream, "file", CancellationToken.None).GetAsyncEnumerator();

        // The stream never waits, so neither does this.
        while (batches.MoveNextAsync().AsTask().GetAwaiter().GetResult())
        {
            using var batch = batches.Current;
            foreach (var item in batch.Items) Diagnose(diagnoser, item);
            count += batch.Items.Count;
        }

        return count;
    }

    private sealed class Path(string name, Func<int> run)
    {
        public string Name => name;

        public int Count { get; private set; }

        public double EventsPerSecond { get; private set; }

        public double BytesAllocated { get; private set; } = double.MaxValue;

        public void Measure()
        {
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var wall = Stopwatch.StartNew();
            var processor = Process.GetCurrentProcess().TotalProcessorTime;
            Count = run();

            // The smaller of both: while others have the processor only the clock goes on, and the compiler beside us counts as processor time.
            var seconds = Math.Min(wall.Elapsed.TotalSeconds, (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds);
            BytesAllocated = Math.Min(BytesAllocated, (GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)Count);
            EventsPerSecond = Math.Max(EventsPerSecond, Count / seconds);
        }
    }
}
