using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Events;

/// <summary>Counts of a field's values: the aggregation that asks for them, and what its buckets mean.</summary>
/// <remarks>The server counts values as they are spelled; those that differ in case alone are one. An event has one spelling of each.</remarks>
internal static class FieldCounts
{
    /// <summary>More values than this are not told apart by one answer.</summary>
    public const int ValuesMax = 10_000;

    /// <summary>Why an answer that met <see cref="ValuesMax"/> may be incomplete.</summary>
    public const string Cut = "The field has more than 10,000 values here; counts of rare ones may be missing.";

    /// <summary>Writes a <c>terms</c> aggregation.</summary>
    public static void Write(Utf8JsonWriter json, FieldRef field) => json.Object("terms", terms =>
    {
        terms.WriteNumber("size", ValuesMax);
        if (field.Listed is { } listed)
        {
            terms.WriteString("field", EventFieldNames.Column(listed));
            return;
        }

        terms.WriteString("field", EventFieldNames.Unlisted);
        terms.WriteString("include", Literal(EventFieldNames.TermName(field) + "=") + "(.|\n)*");
    });

    /// <summary>The values in the buckets of an answer, most first, ties by value; whether there are more.</summary>
    public static (List<Counted> Values, bool IsCut) Read(JsonElement aggregation, FieldRef field)
    {
        var counted = new Dictionary<string, Counted>(StringComparer.Ordinal);
        foreach (var bucket in aggregation.GetProperty("buckets").EnumerateArray())
        {
            var spelled = Shown(bucket.GetProperty("key"), field);
            var count = bucket.GetProperty("doc_count").GetInt64();
            var normal = field.Listed?.Type is FieldType.Number or FieldType.Time ? spelled : NormalForm.Lower(spelled);
            counted[normal] = counted.TryGetValue(normal, out var known) ? known with { Count = known.Count + count, Spellings = [.. known.Spellings, spelled] } : new Counted(normal, count, [spelled]);
        }

        var isCut = aggregation.TryGetProperty("sum_other_doc_count", out var other) && other.GetInt64() > 0;
        return ([.. counted.Values.OrderByDescending(one => one.Count).ThenBy(one => one.Normal, StringComparer.Ordinal)], isCut);
    }

    /// <summary>A query for the events that have a counted value.</summary>
    public static SearchQuery Having(FieldRef field, Counted value) => new SearchQuery.Match(field, field.Listed?.Type switch
    {
        FieldType.Number => new SearchValue("", double.Parse(value.Normal, CultureInfo.InvariantCulture), []),
        FieldType.Time => new SearchValue("", DateTimeOffset.Parse(value.Normal, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds(), []),
        _ => new SearchValue(value.Normal, 0, []),
    });

    /// <summary>A value as it is shown: words as spelled, the shortest form of a number, a time in ISO 8601.</summary>
    public static string Shown(JsonElement value, FieldRef field) => field.Listed?.Type switch
    {
        FieldType.Number => value.GetDouble().ToString("R", CultureInfo.InvariantCulture),
        FieldType.Time => DateTimeOffset.FromUnixTimeMilliseconds((long)value.GetDouble()).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        _ when field.Listed is not null => value.GetString()!,
        _ => value.GetString()![(EventFieldNames.TermName(field).Length + 1)..],
    };

    // A literal of Lucene's regular expressions.
    private static string Literal(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var c in text)
        {
            if (c < 0x80 && !char.IsAsciiLetterOrDigit(c)) escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }
}

/// <summary>A value and how many events have it.</summary>
/// <param name="Normal">In normal form.</param>
/// <param name="Count">How many events.</param>
/// <param name="Spellings">As events spell it, the most usual first.</param>
internal sealed record Counted(string Normal, long Count, IReadOnlyList<string> Spellings);
