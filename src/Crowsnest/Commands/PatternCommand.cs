using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Commands;

/// <summary>EventBridge's event patterns from the command line: is one valid, what does it match.</summary>
internal static class PatternCommand
{
    private static readonly JsonTypeInfo<JsonElement> Element = JsonMetadataServices.CreateValueInfo<JsonElement>(
        new JsonSerializerOptions { MaxDepth = 1_000, TypeInfoResolver = JsonTypeInfoResolver.Combine() }, JsonMetadataServices.JsonElementConverter);

    /// <summary>The command that checks one.</summary>
    public static readonly CommandSpec Check = new()
    {
        Name = "pattern check",
        Summary = "checks an event pattern and reports all of its mistakes",
        Arguments = "PATTERN|FILE|-",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Examples = ["""crowsnest pattern check '{"source": ["aws.ecs"], "detail": {"lastStatus": ["STOPPED"]}}'""", "crowsnest pattern check pattern.json"],
        Notes =
        [
            "The language is Amazon EventBridge's: exact values, prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, cidr, exists and $or.",
            "Mistakes go to stderr, one a line, as FILE:LINE:COLUMN: MESSAGE; the exit code is then 2.",
        ],
        Run = CheckAsync,
    };

    /// <summary>The command that matches events.</summary>
    public static readonly CommandSpec Match = new()
    {
        Name = "pattern match",
        Summary = "shows the events that an event pattern matches",
        Arguments = "PATTERN|FILE [EVENTS] | --cases FILE",
        ArgumentsMax = 2,
        Options = [new("--cases", "FILE", "answers a file of cases, each with a pattern and an event of its own")],
        Examples =
        [
            """crowsnest pattern match '{"detail": {"lastStatus": ["STOPPED"]}}' events.ndjson""",
            "crowsnest simulate --events 1000 | crowsnest pattern match pattern.json",
            "crowsnest pattern match --cases cases.ndjson.gz > answers.ndjson",
        ],
        Notes =
        [
            "EVENTS (standard input without it; a file may be compressed by gzip) holds JSON objects one after another, or arrays of them. Those that match are written, one a line; exit code 1: none did.",
            "A case is a line {\"id\", \"pattern\", \"event\"}, answered in the same order by {\"id\", \"matches\": true|false}, or {\"id\", \"invalid\": \"why\"}. patternText and eventText "
            + "are strings that hold the pattern and the event, where writing them anew would lose something.",
        ],
        ExitCodes = [(ExitCode.No, "no event matched")],
        Run = MatchAsync,
    };

    private static async Task<int> CheckAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var argument = invocation.Arguments[0];
        if (await PatternInput.ReadPatternAsync(invocation, argument, cancellationToken) is null) return ExitCode.Usage;
        await invocation.Host.Error.WriteLineAsync("crowsnest: the pattern is valid".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static async Task<int> MatchAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Option("--cases") is { } cases)
        {
            if (invocation.Arguments.Count > 0) throw new UsageException("--cases names a file in which each case has its own pattern and event; no other argument goes with it");
            return await PatternCases.AnswerAsync(invocation, cases, cancellationToken);
        }

        if (invocation.Arguments.Count == 0) throw new UsageException("something is missing: crowsnest pattern match PATTERN|FILE [EVENTS], or --cases FILE");
        var file = invocation.Arguments.Count > 1 ? invocation.Arguments[1] : "-";
        if (invocation.Arguments[0] == "-" && file == "-") throw new UsageException("the pattern and the events cannot both come from standard input");
        if (await PatternInput.ReadPatternAsync(invocation, invocation.Arguments[0], cancellationToken) is not { } pattern) return ExitCode.Usage;

        var (matcher, matches, all, matched) = (PatternMatcher.Compile([pattern]), new PatternMatches(), 0L, 0L);
        await using var stream = PatternInput.Open(file, invocation.Host);
        try
        {
            await foreach (var element in JsonSerializer.DeserializeAsyncEnumerable(stream, Element, topLevelValues: true, cancellationToken))
            {
                var events = element.ValueKind == JsonValueKind.Array ? element.EnumerateArray().ToArray() : [element];
                foreach (var one in events)
                {
                    if (one.ValueKind != JsonValueKind.Object) throw new UsageException($"{file}: value {all + 1} is no event but a {one.ValueKind} of JSON");
                    all++;
                    matcher.Match(JsonMarshal.GetRawUtf8Value(one), matches);
                    if (matches.Rules.IsEmpty) continue;
                    matched++;
                    await invocation.Host.Out.WriteLineAsync(OneLine(one, invocation.Host).AsMemory(), cancellationToken);
                }
            }
        }
        catch (JsonException failure)
        {
            throw new UsageException($"{file}: after {all} events: not JSON (line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1})", failure);
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            throw new UnreachableStoreException($"cannot read {file}: {failure.Message}", failure);
        }

        await invocation.Host.Error.WriteLineAsync($"crowsnest: {matched} of {all} events match".AsMemory(), cancellationToken);
        return matched > 0 ? ExitCode.Done : ExitCode.No;
    }

    // As it came: between the tokens of JSON a line break is a space as any other, and within a string there is none.
    private static string OneLine(JsonElement one, CommandHost host)
    {
        var line = one.GetRawText().Replace('\n', ' ').Replace('\r', ' ');
        return host.OutIsTerminal ? SafeText.Of(line) : line;
    }
}
