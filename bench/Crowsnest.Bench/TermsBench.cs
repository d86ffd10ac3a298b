using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;
using Crowsnest.Core.Search.Index;

namespace Crowsnest.Bench;

/// <summary>What an event can be found by, a commit's segments of it, and what they are merged to: each beside a bare token loop over the same bytes.</summary>
internal static class TermsBench
{
    private const int CommitEvents = 2_500;

    public static void Run(string file)
    {
        var decoder = new EventDecoder();
        var diagnoser = new EventDiagnoser();
        var events = File.ReadLines(file).Take(20_000).Select(line => decoder.Decode(System.Text.Encoding.UTF8.GetBytes(line), DateTimeOffset.UnixEpoch))
            .OfType<Decoded.Ok>().Select(ok => new DiagnosedEvent(ok.Event, diagnoser.Diagnose(ok.Event)))
            .OrderBy(diagnosed => diagnosed.Event.OccurredAt).ThenBy(diagnosed => diagnosed.Event.Key).ToArray();
        var builder = new SegmentBuilder();
        for (var round = 0; round < 6; round++)
        {
            var sink = new CountingSink();
            var tokens = Measure("Utf8JsonReader", events.Length, () =>
            {
                foreach (var diagnosed in events)
                {
                    var reader = new Utf8JsonReader(diagnosed.Event.Raw.Span);
                    while (reader.Read())
                    {
                        // Only the tokens.
                    }
                }
            });
            var terms = Measure("terms", events.Length, () =>
            {
                foreach (var diagnosed in events) EventTerms.Extract(diagnosed, sink);
            });
            List<SegmentReader> segments = [];
            var built = Measure("segments", events.Length, () =>
            {
                foreach (var commit in events.Chunk(CommitEvents)) segments.Add(Build(commit, builder));
            });
            var merged = Measure("merge", events.Length, () => SegmentMerger.Merge(segments, CancellationToken.None));
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"ratios {terms / tokens:0.00}, {built / tokens:0.00}, {merged / tokens:0.00}; {sink.Count / (double)events.Length:0.0} terms an event"));
        }
    }

    private static SegmentReader Build(DiagnosedEvent[] commit, SegmentBuilder builder)
    {
        for (var i = 0; i < commit.Length; i++)
        {
            builder.AddEvent(commit[i].Event.OccurredAt.ToUnixTimeMilliseconds(), commit[i].Event, new EventLocator(i / 64, i % 64));
            EventTerms.Extract(commit[i], builder);
        }

        var image = builder.Build(compress: false);
        var bytes = new byte[image.Length];
        image.CopyTo(0, bytes);
        var held = new HeldBytes(bytes);
        return new SegmentReader(SegmentDirectory.Read(held), held);
    }

    private static double Measure(string name, int events, Action all)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        all();
        var microseconds = clock.Elapsed.TotalMicroseconds / events;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-15} {microseconds,6:0.00} us/event {(GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)events,6:N0} B/event"));
        return microseconds;
    }

    private sealed class HeldBytes(byte[] bytes) : ISegmentBytes
    {
        public ReadOnlyMemory<byte> Read(long offset, int length) => bytes.AsMemory((int)offset, length);
    }

    private sealed class CountingSink : ITermSink
    {
        public long Count { get; private set; }

        public void Add(int field, ReadOnlySpan<byte> value) => Count++;
    }
}
