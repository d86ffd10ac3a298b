using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Bench;

/// <summary>What an event can be found by, beside a bare token loop over the same bytes.</summary>
internal static class TermsBench
{
    public static void Run(string file)
    {
        var decoder = new EventDecoder();
        var diagnoser = new EventDiagnoser();
        var events = File.ReadLines(file).Take(20_000).Select(line => decoder.Decode(System.Text.Encoding.UTF8.GetBytes(line), DateTimeOffset.UnixEpoch))
            .OfType<Decoded.Ok>().Select(ok => new DiagnosedEvent(ok.Event, diagnoser.Diagnose(ok.Event))).ToArray();
        for (var round = 0; round < 6; round++)
        {
            var sink = new CountingSink();
            var tokens = Measure("Utf8JsonReader", events, diagnosed =>
            {
                var reader = new Utf8JsonReader(diagnosed.Event.Raw.Span);
                while (reader.Read())
                {
                    // Only the tokens.
                }
            });
            var terms = Measure("terms", events, diagnosed => EventTerms.Extract(diagnosed, sink));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"ratio {terms / tokens:0.00}, {sink.Count / (double)events.Length:0.0} terms an event"));
        }
    }

    private static double Measure(string name, DiagnosedEvent[] events, Action<DiagnosedEvent> each)
    {
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var clock = Stopwatch.StartNew();
        foreach (var diagnosed in events) each(diagnosed);
        var microseconds = clock.Elapsed.TotalMicroseconds / events.Length;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-15} {microseconds,6:0.00} us/event {(GC.GetAllocatedBytesForCurrentThread() - allocated) / (double)events.Length,6:N0} B/event"));
        return microseconds;
    }

    private sealed class CountingSink : ITermSink
    {
        public long Count { get; private set; }

        public void Add(int field, ReadOnlySpan<byte> value) => Count++;
    }
}
