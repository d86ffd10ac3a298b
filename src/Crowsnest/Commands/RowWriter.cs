using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crowsnest.Commands;

/// <summary>A column of a result: its heading, and how it is read from a row's JSON object.</summary>
/// <param name="Heading">As tables show it; CSV has the path, which is what scripts know from JSON.</param>
/// <param name="Path">Members from the row down: <c>diagnosis.kind</c>.</param>
/// <param name="WidthMax">A table cuts longer values, the last column apart.</param>
internal sealed record Column(string Heading, string Path, int WidthMax = 60);

/// <summary>Writes rows of JSON objects in any of the four forms; each command makes its rows once.</summary>
internal static class RowWriter
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>What an event may hold, and what stands around it in an answer.</summary>
    public static readonly JsonDocumentOptions Deep = new() { MaxDepth = 1_000 };

    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A number, or null where it is not known.</summary>
    public static void WriteKnown(Utf8JsonWriter writer, string name, long? count)
    {
        if (count is { } known) writer.WriteNumber(name, known);
        else writer.WriteNull(name);
    }

    /// <summary>Writes a list: JSON is one array, NDJSON an object a line.</summary>
    public static void Write(Invocation invocation, OutputFormat format, IReadOnlyList<JsonElement> rows, IReadOnlyList<Column> columns)
    {
        var output = invocation.Host.Out;
        switch (format)
        {
            case OutputFormat.Json:
                output.WriteLine(Text(invocation.Host, writer =>
                {
                    writer.WriteStartArray();
                    foreach (var row in rows) row.WriteTo(writer);
                    writer.WriteEndArray();
                }, Indented));
                break;
            case OutputFormat.Ndjson:
                foreach (var row in rows) output.WriteLine(Text(invocation.Host, row.WriteTo, Compact));
                break;
            case OutputFormat.Csv:
                output.WriteLine(string.Join(',', columns.Select(c => SafeText.Csv(c.Path))));
                foreach (var row in rows) output.WriteLine(CsvLine(row, columns));
                break;
            default:
                Table(output, rows, columns);
                break;
        }
    }

    /// <summary>Writes one of rows that come one by one: a table's columns have their full width, its heading and CSV's header stand before the first.</summary>
    public static void WriteNext(Invocation invocation, OutputFormat format, JsonElement row, IReadOnlyList<Column> columns, bool isFirst)
    {
        var output = invocation.Host.Out;
        if (format == OutputFormat.Table)
        {
            if (isFirst) Line(output, [.. columns.Select(c => c.Heading)], [.. columns.Select(c => c.WidthMax)]);
            Line(output, [.. columns.Select(c => SafeText.Of(Value(row, c.Path)))], [.. columns.Select(c => c.WidthMax)]);
            return;
        }

        if (format == OutputFormat.Csv && !isFirst) output.WriteLine(CsvLine(row, columns));
        else Write(invocation, format, [row], columns);
    }

    /// <summary>Writes one object: a table is a line a member.</summary>
    public static void WriteOne(Invocation invocation, OutputFormat format, JsonElement row)
    {
        if (format is OutputFormat.Json or OutputFormat.Ndjson)
        {
            invocation.Host.Out.WriteLine(Text(invocation.Host, row.WriteTo, format == OutputFormat.Json ? Indented : Compact));
            return;
        }

        if (format == OutputFormat.Csv)
        {
            Column[] columns = [.. row.EnumerateObject().Select(m => new Column(m.Name, m.Name))];
            Write(invocation, format, [row], columns);
            return;
        }

        var width = row.EnumerateObject().Select(m => m.Name.Length).DefaultIfEmpty(0).Max() + 2;
        foreach (var member in row.EnumerateObject())
            invocation.Host.Out.WriteLine($"{SafeText.Of(member.Name).PadRight(width)}{SafeText.Of(Value(row, member.Name))}");
    }

    /// <summary>A JSON object written by hand.</summary>
    public static JsonElement Object(Action<Utf8JsonWriter> members) => Value(writer =>
    {
        writer.WriteStartObject();
        members(writer);
        writer.WriteEndObject();
    });

    /// <summary>A JSON value written by hand.</summary>
    public static JsonElement Value(Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Compact)) write(writer);
        return JsonElement.Parse(buffer.GetBuffer().AsSpan(0, (int)buffer.Length), Deep);
    }

    private static string Text(CommandHost host, Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, options)) write(writer);
        var text = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        return host.OutIsTerminal ? Escape(text) : text;
    }

    // The encoder escapes C0 controls as JSON must; what it lets through and a terminal may still obey becomes an escape too, and the document stays the same.
    private static string Escape(string json)
    {
        var safe = new StringBuilder(json.Length);
        foreach (var c in json)
        {
            if (c is (>= '\u007f' and <= '\u009f') or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069'))
                safe.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else safe.Append(c);
        }

        return safe.ToString();
    }

    private static void Table(TextWriter output, IReadOnlyList<JsonElement> rows, IReadOnlyList<Column> columns)
    {
        if (rows.Count == 0) return;
        var cells = rows.Select(row => columns.Select(c => SafeText.Of(Value(row, c.Path))).ToArray()).ToList();
        var widths = columns.Select((c, i) => Math.Min(c.WidthMax, Math.Max(c.Heading.Length, cells.Max(r => r[i].Length)))).ToArray();
        Line(output, [.. columns.Select(c => c.Heading)], widths);
        foreach (var row in cells) Line(output, row, widths);
    }

    private static void Line(TextWriter output, string[] values, int[] widths)
    {
        var line = new StringBuilder();
        for (var i = 0; i < values.Length; i++)
        {
            var value = values[i];
            if (i == values.Length - 1)
            {
                line.Append(value);
                break;
            }

            if (value.Length > widths[i]) value = value[..(widths[i] - 1)] + "…";
            line.Append(value.PadRight(widths[i] + 2));
        }

        output.WriteLine(line.ToString().TrimEnd());
    }

    private static string CsvLine(JsonElement row, IReadOnlyList<Column> columns) => string.Join(',', columns.Select(c => SafeText.Csv(Value(row, c.Path))));

    private static string Value(JsonElement row, string path)
    {
        foreach (var name in path.Split('.'))
        {
            if (row.ValueKind != JsonValueKind.Object || !row.TryGetProperty(name, out row)) return "";
        }

        return row.ValueKind switch
        {
            JsonValueKind.String => row.GetString() ?? "",
            JsonValueKind.Null or JsonValueKind.Undefined => "",
            JsonValueKind.Array => string.Join(", ", row.EnumerateArray().Select(e => e.ValueKind == JsonValueKind.String ? e.GetString() : e.GetRawText())),
            _ => row.GetRawText(),
        };
    }
}
