using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Commands;

/// <summary>Answers a file of cases, each a pattern and an event: what a matcher is compared with another by.</summary>
internal static class PatternCases
{
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1_010 };

    /// <summary>A line for each case, in the order of the file.</summary>
    public static async Task<int> AnswerAsync(Invocation invocation, string file, CancellationToken cancellationToken)
    {
        var matches = new PatternMatches();
        await foreach (var (number, line) in PatternInput.LinesAsync(file, invocation.Host, cancellationToken)) RowWriter.Write(invocation, OutputFormat.Ndjson, [Answer(number, line, matches)], []);
        return ExitCode.Done;
    }

    private static JsonElement Answer(int number, string line, PatternMatches matches)
    {
        try
        {
            using var document = JsonDocument.Parse(line, Deep);
            var row = document.RootElement;
            if (row.ValueKind != JsonValueKind.Object) return Line(null, $"line {number} is no JSON object", null);
            var id = row.TryGetProperty("id", out var given) ? given : (JsonElement?)null;
            if (Text(row, "pattern") is not { } patternText) return Line(id, "the case has neither pattern nor patternText", null);
            if (EventPattern.Parse(patternText, out var mistakes) is not { } pattern) return Line(id, string.Join("; ", mistakes), null);
            if (Text(row, "event") is not { } eventText) return Line(id, "the case has neither event nor eventText", null);
            if (WhatIsWrong(eventText) is { Length: > 0 } wrong) return Line(id, wrong, null);
            PatternMatcher.Compile([pattern]).Match(eventText, matches);
            return Line(id, null, !matches.Rules.IsEmpty);
        }
        catch (JsonException)
        {
            return Line(null, $"line {number} is not JSON", null);
        }
    }

    // The value of name as it is written, or what the string nameText holds.
    private static byte[]? Text(JsonElement row, string name)
    {
        if (row.TryGetProperty(name + "Text", out var text) && text.ValueKind == JsonValueKind.String)
        {
            try
            {
                return Encoding.UTF8.GetBytes(text.GetString()!); // It is a string.
            }
            catch (InvalidOperationException)
            {
                // Half a surrogate pair outside of any escape: no text has that.
                return [];
            }
        }

        return row.TryGetProperty(name, out var value) ? JsonMarshal.GetRawUtf8Value(value).ToArray() : null;
    }

    /// <summary>Why bytes are no event, or nothing.</summary>
    public static string WhatIsWrong(byte[] eventText)
    {
        try
        {
            var reader = new Utf8JsonReader(eventText, new JsonReaderOptions { MaxDepth = 1_000 });
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return "the event is no JSON object";
            while (reader.Read())
            {
                // Only whether it can be read counts.
            }

            return "";
        }
        catch (JsonException failure)
        {
            return $"the event is not JSON: line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}";
        }
    }

    private static JsonElement Line(JsonElement? id, string? invalid, bool? matches) => RowWriter.Object(writer =>
    {
        writer.WritePropertyName("id");
        if (id is { } given) given.WriteTo(writer);
        else writer.WriteNullValue();
        if (invalid is not null) writer.WriteString("invalid", invalid);
        if (matches is { } verdict) writer.WriteBoolean("matches", verdict);
    });
}
