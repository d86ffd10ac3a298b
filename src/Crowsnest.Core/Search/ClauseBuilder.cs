using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>A clause, or what is wrong with it.</summary>
internal readonly record struct Clause(SearchQuery? Query, string Problem = "", string? Suggestion = null);

/// <summary>Makes clauses out of a field and what stands after it, by the field's type.</summary>
internal sealed class ClauseBuilder(DateTimeOffset now)
{
    /// <summary>A value in quotes.</summary>
    public Clause Whole(FieldRef field, string value)
    {
        switch (TypeOf(field))
        {
            case FieldType.Text:
                var tokens = Tokens(value);
                return tokens.Count == 0 ? NoTokens(value) : new Clause(Phrase(field, tokens));
            case FieldType.Number:
                return NormalForm.TryNumber(Encoding.UTF8.GetBytes(value), out var number)
                    ? new Clause(new SearchQuery.Match(field, new SearchValue("", number, [])))
                    : NotANumber(field, value);
            case FieldType.Time:
                if (!QueryTime.TryParse(value, now, out var start, out var end)) return NotATime(field, value);
                double from = start.ToUnixTimeMilliseconds(), to = end.ToUnixTimeMilliseconds();
                return to - from > 1
                    ? new Clause(new SearchQuery.Range(field, from, true, to, false))
                    : new Clause(new SearchQuery.Match(field, new SearchValue("", from, [])));
            case FieldType.Bool:
                var word = NormalForm.Lower(value);
                return word is "true" or "false"
                    ? new Clause(new SearchQuery.Match(field, new SearchValue(word, 0, [])))
                    : new Clause(null, $"'{field.Path}' is true or false, not '{value}'.");
            default:
                return new Clause(new SearchQuery.Match(field, new SearchValue(Keyword(field, value), 0, [])));
        }
    }

    /// <summary>An unquoted word, perhaps with wildcards.</summary>
    public Clause Word(FieldRef field, QueryWord word)
    {
        if (word.IsAnything) return new Clause(field.Listed == SearchFields.Text ? new SearchQuery.All() : new SearchQuery.Exists(field));
        if (Suffix(word.Plain) is { } problem) return problem;
        if (word.IsPlain) return Whole(field, word.Plain);

        switch (TypeOf(field))
        {
            case FieldType.Text:
                return TextPattern(field, word);
            case FieldType.Number or FieldType.Time:
                return new Clause(null, $"'{field.Path}' is a {Noun(field)}, and wildcards are for words.", $"Use a range: {field.Path}:[FROM TO TO].");
            default:
                return word.IsPrefix
                    ? new Clause(new SearchQuery.Prefix(field, Keyword(field, word.Start)))
                    : new Clause(new SearchQuery.Wildcard(field, NormalForm.Lower(word.Pattern)));
        }
    }

    /// <summary>A range; <c>*</c> is an open end.</summary>
    public Clause Range(FieldRef field, string from, bool fromInclusive, string to, bool toInclusive)
    {
        switch (TypeOf(field))
        {
            case FieldType.Number:
                if (!End(from, double.NegativeInfinity, out var low)) return NotANumber(field, from);
                if (!End(to, double.PositiveInfinity, out var high)) return NotANumber(field, to);
                return new Clause(new SearchQuery.Range(field, low, fromInclusive || from == "*", high, toInclusive || to == "*"));
            case FieldType.Time:
                return TimeRange(field, from, fromInclusive, to, toInclusive);
            default:
                var what = field.Listed is { } listed ? $"a {Noun(listed.Type)} field" : "not in the field list and has no type";
                var instead = TypeOf(field) == FieldType.Bool ? $"{field.Path}:true or {field.Path}:false" : $"{field.Path}:VALUE or {field.Path}:PREFIX*";
                return new Clause(null, $"'{field.Path}' is {what}; ranges exist for numbers and times.", $"Use {instead}.");
        }
    }

    private Clause TimeRange(FieldRef field, string from, bool fromInclusive, string to, bool toInclusive)
    {
        double low = double.NegativeInfinity, high = double.PositiveInfinity;
        bool lowInclusive = true, highInclusive = true;
        if (from != "*")
        {
            if (!QueryTime.TryParse(from, now, out var start, out var end)) return NotATime(field, from);
            // After a whole day means from its end on; after a millisecond is said as it is.
            var isSpan = (end - start).TotalMilliseconds > 1;
            low = !fromInclusive && isSpan ? end.ToUnixTimeMilliseconds() : start.ToUnixTimeMilliseconds();
            lowInclusive = fromInclusive || isSpan;
        }

        if (to != "*")
        {
            if (!QueryTime.TryParse(to, now, out var start, out var end)) return NotATime(field, to);
            var isSpan = (end - start).TotalMilliseconds > 1;
            high = toInclusive && isSpan ? end.ToUnixTimeMilliseconds() : start.ToUnixTimeMilliseconds();
            highInclusive = toInclusive && !isSpan;
        }

        return new Clause(new SearchQuery.Range(field, low, lowInclusive, high, highInclusive));
    }

    // Only single tokens have wildcards: a word of several becomes its parts, all of which must be found.
    private static Clause TextPattern(FieldRef field, QueryWord word)
    {
        var parts = new List<SearchQuery>();
        var part = new QueryWord();
        var isEscaped = false;
        foreach (var c in word.Pattern + " ")
        {
            if (!isEscaped && c == '\\')
            {
                isEscaped = true;
            }
            else if (c is '*' or '?' ? !isEscaped : char.IsLetterOrDigit(c) || char.IsSurrogate(c))
            {
                part.Add(c);
                isEscaped = false;
            }
            else
            {
                if (part.Length > 0 && !part.IsAnything) AddPart(field, part, parts);
                part = new QueryWord();
                isEscaped = false;
            }
        }

        return parts.Count == 0 ? NoTokens(word.Plain) : new Clause(SearchTree.And(parts));
    }

    private static void AddPart(FieldRef field, QueryWord part, List<SearchQuery> parts)
    {
        if (part.IsPrefix && Tokens(part.Start) is [var single] && single == NormalForm.Lower(part.Start)) parts.Add(new SearchQuery.Prefix(field, single));
        else if (!part.IsPlain) parts.Add(new SearchQuery.Wildcard(field, NormalForm.Lower(part.Pattern)));
        else if (Tokens(part.Plain) is { Count: > 0 } tokens) parts.Add(Phrase(field, tokens));
    }

    private static SearchQuery.Match Phrase(FieldRef field, IReadOnlyList<string> tokens) => new(field, new SearchValue("", 0, tokens));

    private static List<string> Tokens(string value)
    {
        var tokens = new List<string>();
        foreach (var token in NormalForm.Tokens(Encoding.UTF8.GetBytes(NormalForm.Lower(value)))) tokens.Add(Encoding.UTF8.GetString(token));
        return tokens;
    }

    // Values are cut at the same length, so what is longer still finds what it is the beginning of.
    private static string Keyword(FieldRef field, string value)
    {
        var max = field.Listed is null ? NormalForm.UnlistedMax : NormalForm.KeywordMax;
        return NormalForm.Lower(NormalForm.Cut(ArnName(field.Listed?.Name, value), max));
    }

    // People paste ARNs where the field holds the name or id at their end.
    private static string ArnName(string? field, string value)
    {
        if (field is not ("task" or "instance" or "cluster" or "service" or "family") || !value.StartsWith("arn:", StringComparison.OrdinalIgnoreCase)) return value;
        var name = value[(value.LastIndexOf('/') + 1)..];
        return field == "family" && name.IndexOf(':', StringComparison.Ordinal) is >= 0 and var colon ? name[..colon] : name;
    }

    private static Clause? Suffix(string word)
    {
        var at = word.LastIndexOfAny(['~', '^']);
        if (at <= 0 || !word.AsSpan(at + 1).TrimStart('.').ToString().All(c => char.IsAsciiDigit(c) || c == '.')) return null;
        return word[at] == '~'
            ? new Clause(null, "Near matches (~) are not supported.", "To search for it literally, put it in quotes.")
            : new Clause(null, "Weights (^) are not supported: results are ordered by time.", "To search for it literally, put it in quotes.");
    }

    private static bool End(string text, double open, out double value)
    {
        value = open;
        return text == "*" || NormalForm.TryNumber(Encoding.UTF8.GetBytes(text), out value);
    }

    private static FieldType TypeOf(FieldRef field) => field.Listed?.Type ?? FieldType.Keyword;

    private static string Noun(FieldRef field) => Noun(TypeOf(field));

    private static string Noun(FieldType type) => type switch
    {
        FieldType.Number => "number",
        FieldType.Time => "time",
        FieldType.Text => "text",
        FieldType.Bool => "true-or-false",
        _ => "keyword",
    };

    private static Clause NoTokens(string value) => new(null, $"There is no letter or digit to search for in '{value}'.");

    private static Clause NotANumber(FieldRef field, string value) => new(null, $"'{field.Path}' is a number, and '{value}' is none.");

    private static Clause NotATime(FieldRef field, string value) =>
        new(null, $"'{field.Path}' is a time, and '{value}' is none.", "For example 2026-03-02, 2026-03-02T08:15:00Z, now-1h, now/d.");
}
