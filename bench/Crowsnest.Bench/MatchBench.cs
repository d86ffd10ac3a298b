using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Bench;

/// <summary>Sets of event patterns over the events of <c>gen_bench.py</c>, each beside a bare token loop over the same bytes; what does not match as it should is not timed.</summary>
internal static class MatchBench
{
    private const int Rounds = 5;

    private static readonly TimeSpan RoundMin = TimeSpan.FromSeconds(1);

    /// <param name="folder">What <c>gen_bench.py</c> wrote.</param>
    /// <param name="reference">Where it stands itself, with the names and sums that are right.</param>
    public static int Run(string folder, string reference)
    {
        var totals = File.ReadLines(Path.Combine(reference, "expected-totals.ndjson")).Select(Parse).ToDictionary(t => t.GetProperty("rules").GetString()!, t => t.GetProperty("totalMatches").GetInt64());
        var isRight = true;
        foreach (var (events, files) in new[] { ("events.ndjson.gz", Directory.GetFiles(folder, "rules-*.json")), ("citylots-synth.ndjson.gz", Directory.GetFiles(Path.Combine(reference, "citylots-rules"), "*.json")) })
        {
            var bytes = Lines(Path.Combine(folder, events)).Select(Encoding.UTF8.GetBytes).ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{events}: {bytes.Count} events of {bytes.Average(b => b.Length):0} B"));
            foreach (var file in files.Order(StringComparer.Ordinal)) isRight &= RunOne(file, bytes, reference, totals);
        }

        return isRight ? 0 : 1;
    }

    private static bool RunOne(string file, List<byte[]> events, string reference, Dictionary<string, long> totals)
    {
        var rules = Parse(File.ReadAllText(file)).EnumerateObject().Select(r => (r.Name, Text: r.Value.GetRawText())).ToArray();
        var clock = Stopwatch.StartNew();
        var matcher = Compile();
        var compile = clock.Elapsed;

        // Of a second one, when nothing else comes or goes.
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var another = Compile();
        var memory = GC.GetTotalMemory(forceFullCollection: true) - before;
        GC.KeepAlive(another);
        var (matches, name, total) = (new PatternMatches(), Path.GetFileName(file), 0L);
        var expected = Path.Combine(reference, Path.ChangeExtension(name, ".ndjson.gz").Replace("rules-", "expected-", StringComparison.Ordinal));
        if (File.Exists(expected) && Lines(expected).Index().FirstOrDefault(e => Names(e.Index) != e.Item.Replace(" ", "", StringComparison.Ordinal)) is { Item: { } right } wrong)
        {
            Console.WriteLine($"{name}: event {wrong.Index} matches {Names(wrong.Index)} and should match {right}");
            return false;
        }

        foreach (var one in events)
        {
            matcher.Match(one, matches);
            total += matches.Rules.Length;
        }

        if (totals.TryGetValue(name, out var sum) && sum != total)
        {
            Console.WriteLine($"{name}: {total} matches, and {sum} are right");
            return false;
        }

        var (rates, ceilings) = (new List<double>(), new List<double>());
        for (var round = 0; round <= Rounds; round++)
        {
            // In turn, so that both see the same machine; the first round warms up.
            var ceiling = Rate(events, TokenLoop);
            var rate = Rate(events, one => matcher.Match(one, matches));
            if (round == 0) continue;
            ceilings.Add(ceiling);
            rates.Add(rate);
        }

        rates.Sort();
        ceilings.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-32} {rates[Rounds / 2] / 1e3,7:0}k events/s ({rates[0] / 1e3:0}k-{rates[^1] / 1e3:0}k), {rates[Rounds / 2] / ceilings[Rounds / 2]:0.00} of the token loop ({ceilings[Rounds / 2] / 1e3:0}k); "
            + $"compiled in {compile.TotalMilliseconds:0} ms to {memory / 1e6:0.0} MB; {total} matches"));
        return true;

        PatternMatcher Compile() => PatternMatcher.Compile([.. rules.Select(r => EventPattern.Parse(r.Text, out _)!)]); // The reference's own rules.

        string Names(int number)
        {
            matcher.Match(events[number], matches);
            return "[" + string.Join(',', matches.Rules.ToArray().Select(r => $"\"{rules[r].Name}\"").Order(StringComparer.Ordinal)) + "]";
        }
    }

    private static double Rate(List<byte[]> events, Action<byte[]> each)
    {
        var (clock, done) = (Stopwatch.StartNew(), 0L);
        do
        {
            foreach (var one in events) each(one);
            done += events.Count;
        }
        while (clock.Elapsed < RoundMin);
        return done / clock.Elapsed.TotalSeconds;
    }

    private static void TokenLoop(byte[] json)
    {
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            // Only the tokens.
        }
    }

    private static JsonElement Parse(string json) => JsonElement.Parse(json);

    private static IEnumerable<string> Lines(string file)
    {
        using var gzip = new GZipStream(File.OpenRead(file), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        while (reader.ReadLine() is { } line) yield return line;
    }
}
