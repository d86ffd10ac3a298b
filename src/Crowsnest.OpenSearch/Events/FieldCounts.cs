using System.Globalization;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Events;

/// <summary>Counts of a field's values: the aggregations that ask for them, and what their buckets mean.</summary>
/// <remarks>
/// The server counts listed values as they are spelled; those that differ in case alone are one. Unlisted ones are counted in normal form, and beside them
/// the spellings of those that are spelled otherwise. An event has one spelling of each value.
/// </remarks>
internal static class FieldCounts
{
    /// <summary>More values than this are not told apart by one answer.</summary>
    public const int ValuesMax = 10_000;

    /// <summary>Why an answer that met <see cref="ValuesMax"/> may be incomplete.</summary>
    public const string Cut = "The field has more than 10,000 values here; counts of rare ones may be missing.";

    /// <summary>Writes the members of <c>aggs</c> that count under a name.</summary>
    public static void Write(Utf8JsonWriter aggs, string name, FieldRef field)
    {
        if (field.Listed is { } listed)
        {
            Terms(name, EventFieldNames.Column(listed), null);
            return;
        }

        var values = Literal(EventFieldNames.TermName(field) + "=") + "(.|\n)*";
        Terms(name, EventFieldNames.Unlisted, values);
        Terms(SpelledName(name), EventFieldNames.Spelled, values);

        void Terms(string under, string member, string? include) => aggs.Object(under, a => a.Object("terms", terms =>
        {
            terms.WriteNumber("size", ValuesMax);
            terms.WriteString("field", member);
            if (include is not null) terms.WriteString("include", include);
        }));
    }

    /// <summary>The values that an answer's aggregations count under a name, most first, ties by value; whether there are more.</summary>
    public static (List<Counted> Values, bool IsCut) Read(JsonElement aggregations, string name, FieldRef field)
    {
        var counts = new Dictionary<string, (long Count, List<(string Spelled, long Count)> Spellings)>(StringComparer.Ordinal);
        foreach (var (spelled, count) in Buckets(aggregations, name, field))
        {
            var normal = field.Listed?.Type is FieldType.Number or FieldType.Time ? spelled : NormalForm.Lower(spelled);
            if (!counts.TryGetValue(normal, out var known)) known = (0, []);
            known.Spellings.Add((spelled, count));
            counts[normal] = known with { Count = known.Count + count };
        }

        if (field.Listed is null)
        {
            // What is not spelled otherwise is spelled in normal form.
            foreach (var (spelled, count) in Buckets(aggregations, SpelledName(name), field))
            {
                if (!counts.TryGetValue(NormalForm.Lower(spelled), out var known)) continue;
                known.Spellings[0] = known.Spellings[0] with { Count = known.Spellings[0].Count - count };
                known.Spellings.Add((spelled, count));
            }
        }

        var isCut = aggregations.GetProperty(name).TryGetProperty("sum_other_doc_count", out var other) && other.GetInt64() > 0;
        return (
            [.. counts.OrderByDescending(one => one.Value.Count).ThenBy(one => one.Key, StringComparer.Ordinal).Select(one => new Counted(
                one.Key, one.Value.Count, [.. one.Value.Spellings.Where(spelling => spelling.Count > 0).OrderByDescending(spelling => spelling.Count).Select(spelling => spelling.Spelled)]))],
            isCut);
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

    private static string SpelledName(string name) => name + "Spelled";

    private static IEnumerable<(string Spelled, long Count)> Buckets(JsonElement aggregations, string name, FieldRef field) =>
        aggregations.GetProperty(name).GetProperty("buckets").EnumerateArray().Select(bucket => (Shown(bucket.GetProperty("key"), field), bucket.GetProperty("doc_count").GetInt64()));

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
