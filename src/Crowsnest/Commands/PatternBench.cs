using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Commands;

/// <summary>Measures how fast a set of patterns is matched against a file of events, on one thread.</summary>
internal static class PatternBench
{
    private const int MistakesMax = 50;
    private const int Repetitions = 3;

    // Enough for the runtime to have compiled what is hot, and for a pass to be longer than what disturbs it.
    private static readonly TimeSpan RoundMin = TimeSpan.FromSeconds(1);

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "pattern bench",
        Summary = "measures how fast a set of event patterns is matched",
        Arguments = "--rules FILE --events FILE [--print-matches N]",
        Options =
        [
            new("--rules", "FILE", "a JSON object {name: pattern}"),
            new("--events", "FILE", "an event a line, compressed by gzip or not"),
            new("--print-matches", "N", "first writes the sorted names of the rules that match, an array a line for each of the first N events"),
        ],
        Examples = ["crowsnest pattern bench --rules rules.json --events events.ndjson.gz", "crowsnest pattern bench --rules rules.json --events events.ndjson --print-matches 100 -o ndjson"],
        Notes =
        [
            "All patterns are compiled into one matcher, the time of which counts reading their text; all events are read into memory first. After a second of warming up, the "
            + "median of three rounds of a second or more, each of whole passes over the events.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Option("--rules") is not { } rulesFile || invocation.Option("--events") is not { } eventsFile) throw new UsageException("something is missing: crowsnest pattern bench --rules FILE --events FILE");
        var print = invocation.Number("--print-matches", 0, 0, int.MaxValue);
        if (await ReadRulesAsync(invocation, rulesFile, cancellationToken) is not { } rules) return ExitCode.Usage;
        var events = await ReadEventsAsync(invocation, eventsFile, cancellationToken);

        var clock = Stopwatch.StartNew();
        var matcher = PatternMatcher.Compile([.. rules.Select(r => EventPattern.Parse(r.Text, out _)!)]); // All were read without a mistake.
        var compile = clock.Elapsed;
        var matches = new PatternMatches();
        foreach (var one in events.Take(print))
        {
            matcher.Match(one, matches);
            RowWriter.Write(invocation, OutputFormat.Ndjson, [Names(matches, rules)], []);
        }

        var total = 0L;
        _ = Round(matcher, events, matches, ref total);
        var rates = Enumerable.Range(0, Repetitions).Select(_ => Round(matcher, events, matches, ref total)).Order().ToArray();
        var row = RowWriter.Object(writer =>
        {
            writer.WriteNumber("rules", rules.Count);
            writer.WriteNumber("compileMilliseconds", Math.Round(compile.TotalMilliseconds, 1));
            writer.WriteNumber("events", events.Count);
            writer.WriteNumber("eventsPerSecond", Math.Round(rates[Repetitions / 2]));
            writer.WriteNumber("matches", total);
        });
        RowWriter.WriteOne(invocation, invocation.Format(OutputFormat.Ndjson), row);
        return ExitCode.Done;
    }

    // Whole passes, and the matches of one of them.
    private static double Round(PatternMatcher matcher, List<byte[]> events, PatternMatches matches, ref long total)
    {
        var (clock, done) = (Stopwatch.StartNew(), 0L);
        do
        {
            total = 0;
            foreach (var one in events)
            {
                matcher.Match(one, matches);
                total += matches.Rules.Length;
            }

            done += events.Count;
        }
        while (clock.Elapsed < RoundMin && events.Count > 0);
        return done / clock.Elapsed.TotalSeconds;
    }

    private static JsonElement Names(PatternMatches matches, List<(string Name, byte[] Text)> rules)
    {
        var names = new List<string>();
        foreach (var rule in matches.Rules) names.Add(rules[rule].Name);
        names.Sort(StringComparer.Ordinal);
        return RowWriter.Value(writer =>
        {
            writer.WriteStartArray();
            foreach (var name in names) writer.WriteStringValue(name);
            writer.WriteEndArray();
        });
    }

    // The rules, or nothing when patterns have mistakes, which are said then with their places in the file.
    private static async Task<List<(string Name, byte[] Text)>?> ReadRulesAsync(Invocation invocation, string file, CancellationToken cancellationToken)
    {
        await using var stream = PatternInput.Open(file, invocation.Host);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken);
        var (rules, mistakes) = Split(bytes.GetBuffer().AsSpan(0, (int)bytes.Length));
        foreach (var mistake in mistakes.Take(MistakesMax)) await PatternInput.SayAsync(invocation.Host, file, mistake);
        if (mistakes.Count > MistakesMax) await invocation.Host.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"crowsnest: and {mistakes.Count - MistakesMax} more mistakes").AsMemory(), cancellationToken);
        return mistakes.Count == 0 ? rules : null;
    }

    private static (List<(string Name, byte[] Text)> Rules, List<PatternMistake> Mistakes) Split(ReadOnlySpan<byte> json)
    {
        var (rules, mistakes) = (new List<(string, byte[])>(), new List<PatternMistake>());
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 1_010 });
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return ([], [new PatternMistake(1, 1, "rules are a JSON object {\"name\": pattern}")]);
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!; // It is a name.
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                var text = json[start..(int)reader.BytesConsumed];
                rules.Add((name, text.ToArray()));
                _ = EventPattern.Parse(text, out var wrong);
                if (wrong.Count == 0) continue;
                var before = json[..start];
                var (line, column) = (before.Count((byte)'\n'), Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]));
                mistakes.AddRange(wrong.Select(m => new PatternMistake(line + m.Line, m.Line == 1 ? column + m.Column : m.Column, $"{name}: {m.Message}")));
            }
        }
        catch (JsonException failure)
        {
            mistakes.Add(new PatternMistake((int)(failure.LineNumber ?? 0) + 1, (int)(failure.BytePositionInLine ?? 0) + 1, "not JSON"));
        }

        return (rules, mistakes);
    }

    private static async Task<List<byte[]>> ReadEventsAsync(Invocation invocation, string file, CancellationToken cancellationToken)
    {
        var events = new List<byte[]>();
        await foreach (var (number, line) in PatternInput.LinesAsync(file, invocation.Host, cancellationToken))
        {
            var one = Encoding.UTF8.GetBytes(line);
            if (PatternCases.WhatIsWrong(one) is { Length: > 0 } wrong) throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{file}: line {number}: {wrong}"));
            events.Add(one);
        }

        return events;
    }
}
