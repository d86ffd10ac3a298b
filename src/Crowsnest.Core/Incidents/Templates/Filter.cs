using System.Collections.Immutable;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crowsnest.Core.Incidents.Templates;

/// <summary>A filter: which values it takes, what it needs to be told, and what it makes of them.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Takes">What it takes; <see langword="null"/>: everything.</param>
/// <param name="Argument">What it is told, in words for a mistake; empty: nothing.</param>
/// <param name="IsArgument">Whether an argument will do; <see langword="null"/> is one that is missing.</param>
/// <param name="Apply">Makes the text, of a value, its argument and what all is filled with.</param>
internal sealed record Filter(string Name, ValueKind? Takes, string Argument, Func<string?, bool> IsArgument, Func<object?, string, TemplateInput, string> Apply)
{
    // A text that is cut is shorter than a message; the bound of all is Template.LengthMax.
    private const int TruncateMax = 4_000;

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>All, in the order in which they are documented.</summary>
    public static ImmutableArray<Filter> All { get; } =
    [
        new("upper", null, "", None, (value, _, _) => Text(value).ToUpperInvariant()),
        new("lower", null, "", None, (value, _, _) => Text(value).ToLowerInvariant()),
        new("truncate", null, $"a number from 1 to {TruncateMax}: truncate:80", text => Number(text) is >= 1 and <= TruncateMax, (value, most, _) => VisibleText.Cut(Text(value), Number(most)!.Value)),
        new("default", null, "a text: default:\"none\"", text => text is not null, (value, other, _) => Text(value) is { Length: > 0 } text ? text : other),
        new("time", ValueKind.Time, "", None, (value, _, _) => Text(value)),
        new("ago", ValueKind.Time, "", None, (value, _, input) => value is DateTimeOffset at ? MessageText.Took(input.Notification.At - at) : ""),
        new("join", ValueKind.List, "a text, or nothing: join:\", \"", _ => true, (value, between, _) => string.Join(between.Length > 0 ? between : ", ", value as IEnumerable<string> ?? [])),
        new("json", null, "", None, (value, _, _) => AsJson(value)),
    ];

    /// <summary>A value as it stands without a filter.</summary>
    public static string Text(object? value) => value switch
    {
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        DateTimeOffset at => string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC"),
        IEnumerable<KeyValuePair<string, string>> pairs => string.Join(", ", pairs.Select(pair => $"{pair.Key}={pair.Value}")),
        IEnumerable<string> texts => string.Join(", ", texts),
        _ => "",
    };

    private static bool None(string? argument) => argument is null;

    private static int? Number(string? text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string AsJson(object? value)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            switch (value)
            {
                case long number:
                    json.WriteNumberValue(number);
                    break;
                case DateTimeOffset at:
                    json.WriteStringValue(at.UtcDateTime);
                    break;
                case IEnumerable<KeyValuePair<string, string>> pairs:
                    json.WriteStartObject();
                    foreach (var (name, text) in pairs) json.WriteString(name, text);
                    json.WriteEndObject();
                    break;
                case IEnumerable<string> texts:
                    json.WriteStartArray();
                    foreach (var text in texts) json.WriteStringValue(text);
                    json.WriteEndArray();
                    break;
                case string text:
                    json.WriteStringValue(text);
                    break;
                default:
                    json.WriteNullValue();
                    break;
            }
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
