using System.Text;
using System.Text.Json;
using Crowsnest.Core.Search;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Events;

/// <summary>A search as a query of the server. Only exact queries over what <see cref="EventDocumentWriter"/> wrote: the server analyses nothing, so hits are the same everywhere.</summary>
internal static class QueryDsl
{
    /// <summary>Writes <c>"query":{…}</c>: the search, not before one moment and before another.</summary>
    public static void Write(Utf8JsonWriter json, SearchQuery query, DateTimeOffset? from, DateTimeOffset? to)
    {
        json.Object("query", q => q.Object("bool", b => b.Objects("filter", Filters(query, from, to))));
    }

    /// <summary>The query's own object.</summary>
    public static void Clause(Utf8JsonWriter json, SearchQuery query)
    {
        switch (query)
        {
            case SearchQuery.All:
                json.Object("match_all", static _ => { });
                break;
            case SearchQuery.And and:
                json.Object("bool", b => b.Objects("filter", and.Clauses.Select(Inner)));
                break;
            case SearchQuery.Or or:
                AnyOf(json, or.Clauses.Select(Inner));
                break;
            case SearchQuery.Not not:
                json.Object("bool", b => b.Objects("must_not", Inner(not.Clause)));
                break;
            case SearchQuery.Match match:
                Match(json, match);
                break;
            case SearchQuery.Prefix prefix:
                Words(json, "prefix", prefix.Field, prefix.Start, isPattern: false);
                break;
            case SearchQuery.Wildcard wildcard:
                Words(json, "wildcard", wildcard.Field, wildcard.Pattern, isPattern: true);
                break;
            case SearchQuery.Range range:
                Range(json, range);
                break;
            case SearchQuery.Exists exists:
                Exists(json, exists.Field);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"A query of an unknown form: {query}.");
        }
    }

    /// <summary>The events that have a value of this very field; for <c>text</c>, of those that only bare words find.</summary>
    public static void Has(Utf8JsonWriter json, FieldRef field)
    {
        if (field.Listed is not { } listed) json.Object("term", t => t.WriteString(EventFieldNames.Fields, EventFieldNames.TermName(field)));
        else if (SearchFields.IsColumn(listed.Id)) json.Object("match_all", static _ => { });
        else json.Object("exists", e => e.WriteString("field", EventFieldNames.Column(listed)));
    }

    /// <summary>The events that have one of these values, in normal form, of a field of words.</summary>
    public static void AnyOf(Utf8JsonWriter json, FieldRef field, IEnumerable<string> values) => Spelled(json, field, prefix => json => json.Object("terms", t =>
    {
        t.WriteStartArray(prefix.Member);
        foreach (var value in values) t.WriteStringValue(prefix.Start + value);
        t.WriteEndArray();
    }));

    private static Action<Utf8JsonWriter> Inner(SearchQuery query) => json => Clause(json, query);

    private static IEnumerable<Action<Utf8JsonWriter>> Filters(SearchQuery query, DateTimeOffset? from, DateTimeOffset? to)
    {
        if (query is not SearchQuery.All) yield return Inner(query);
        if (from is null && to is null) yield break;
        yield return json => json.Object("range", r => r.Object(EventFieldNames.Time, t =>
        {
            if (from is { } first) t.WriteNumber("gte", first.ToUnixTimeMilliseconds());
            if (to is { } end) t.WriteNumber("lt", end.ToUnixTimeMilliseconds());
            t.WriteString("format", "epoch_millis");
        }));
    }

    private static void Match(Utf8JsonWriter json, SearchQuery.Match match)
    {
        switch (match.Field.Listed?.Type)
        {
            case FieldType.Number:
                json.Object("term", t => t.WriteNumber(EventFieldNames.Column(match.Field.Listed), match.Value.Number));
                break;
            case FieldType.Time when match.Value.Number != Math.Floor(match.Value.Number):
                Nothing(json);
                break;
            case FieldType.Time:
                Range(json, new SearchQuery.Range(match.Field, match.Value.Number, true, match.Value.Number, true));
                break;
            case FieldType.Text when match.Value.Tokens is [var single]:
                json.Object("term", t => t.WriteString(EventFieldNames.Tokens(match.Field.Listed), single));
                break;
            case FieldType.Text:
                json.Object("match_phrase", t => t.WriteString(EventFieldNames.Tokens(match.Field.Listed), string.Join(' ', match.Value.Tokens)));
                break;
            default:
                Spelled(json, match.Field, at => json => json.Object("term", t => t.WriteString(at.Member, at.Start + match.Value.Text)));
                break;
        }
    }

    private static void Words(Utf8JsonWriter json, string query, FieldRef field, string value, bool isPattern)
    {
        if (field.Listed is { Type: FieldType.Text } text) Asking(EventFieldNames.Tokens(text), value)(json);
        else Spelled(json, field, at => Asking(at.Member, (isPattern ? Literal(at.Start) : at.Start) + value));

        Action<Utf8JsonWriter> Asking(string member, string words) => json => json.Object(query, q => q.Object(member, m => m.WriteString("value", words)));
    }

    // Where the words of a field stand: a listed one's own place, where they are spelled in normal form, or t, where they are not; an unlisted one's in u. What precedes them there.
    private static void Spelled(Utf8JsonWriter json, FieldRef field, Func<(string Member, string Start), Action<Utf8JsonWriter>> clause)
    {
        var start = EventFieldNames.TermName(field) + "=";
        if (field.Listed is not { } listed)
        {
            clause((EventFieldNames.Unlisted, start))(json);
            return;
        }

        var own = clause((EventFieldNames.Column(listed), ""));
        if (listed == SearchFields.Key) own(json);
        else AnyOf(json, [own, clause((EventFieldNames.Terms, start))]);
    }

    private static void AnyOf(Utf8JsonWriter json, IEnumerable<Action<Utf8JsonWriter>> clauses) => json.Object("bool", b =>
    {
        b.Objects("should", clauses);
        b.WriteNumber("minimum_should_match", 1);
    });

    private static void Range(Utf8JsonWriter json, SearchQuery.Range range)
    {
        var listed = range.Field.Listed!;
        var isTime = listed.Type == FieldType.Time;
        if (range.From > range.To) Nothing(json);
        else if (double.IsInfinity(range.From) && double.IsInfinity(range.To) && range.From < range.To) Exists(json, range.Field);
        else json.Object("range", r => r.Object(EventFieldNames.Column(listed), t =>
        {
            if (!double.IsInfinity(range.From)) End(t, range.FromInclusive ? "gte" : "gt", range.From, isTime);
            if (!double.IsInfinity(range.To)) End(t, range.ToInclusive ? "lte" : "lt", range.To, isTime);
            if (isTime) t.WriteString("format", "epoch_millis");
        }));
    }

    // Moments are whole milliseconds; what lies outside of all that a date can be is cut to that.
    private static void End(Utf8JsonWriter json, string name, double value, bool isTime)
    {
        if (isTime) json.WriteNumber(name, (long)Math.Clamp(value, -1e15, 1e15));
        else json.WriteNumber(name, value);
    }

    private static void Exists(Utf8JsonWriter json, FieldRef field)
    {
        if (field.Listed == SearchFields.Text) AnyOf(json, SearchFields.InText.Select(listed => (Action<Utf8JsonWriter>)(one => Has(one, SearchFields.Ref(listed)))));
        else Has(json, field);
    }

    private static void Nothing(Utf8JsonWriter json) => json.Object("match_none", static _ => { });

    private static string Literal(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text) (c is '*' or '?' or '\\' ? escaped.Append('\\') : escaped).Append(c);
        return escaped.ToString();
    }
}
