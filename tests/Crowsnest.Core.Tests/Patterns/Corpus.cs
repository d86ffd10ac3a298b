using System.IO.Compression;
using System.Text.Json;

namespace Crowsnest.Core.Tests.Patterns;

/// <summary>The rows of the pattern corpora, which stand beside the repository.</summary>
internal static class Corpus
{
    public sealed record Row(string Id, string Pattern, string Event, bool Matches, IReadOnlyList<string> Quirks);

    public static List<Row> Open()
    {
        var rows = new List<Row>();
        using var gzip = new GZipStream(File.OpenRead(Shared.Find("patterns/open.ndjson.gz")), CompressionMode.Decompress);
        using var lines = new StreamReader(gzip);
        while (lines.ReadLine() is { } line)
        {
            using var document = JsonDocument.Parse(line);
            var row = document.RootElement;
            rows.Add(new Row(row.GetProperty("id").GetString()!, Text(row, "pattern"), Text(row, "event"), row.GetProperty("matches").GetBoolean(),
                row.TryGetProperty("quirks", out var quirks) ? [.. quirks.EnumerateArray().Select(q => q.GetString()!)] : []));
        }

        return rows;
    }

    public static List<(string Id, string Pattern)> Invalid() => [.. File.ReadLines(Shared.Find("patterns/open-invalid.ndjson")).Select(line =>
    {
        using var document = JsonDocument.Parse(line);
        return (document.RootElement.GetProperty("id").GetString()!, Text(document.RootElement, "pattern"));
    })];

    private static string Text(JsonElement row, string name) => row.TryGetProperty(name + "Text", out var text) ? text.GetString()! : row.GetProperty(name).GetRawText();
}
