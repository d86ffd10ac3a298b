using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>Writes a tree as a query string that <see cref="QueryParser"/> reads back to an equal tree.</summary>
public static class QueryPrinter
{
    /// <summary>The query as text.</summary>
    public static string Print(SearchQuery query)
    {
        var text = new StringBuilder();
        Write(query, text, inside: false);
        return text.ToString();
    }

    private static void Write(SearchQuery query, StringBuilder text, bool inside)
    {
        switch (query)
        {
            case SearchQuery.All:
                text.Append('*');
                break;
            case SearchQuery.And and:
                Join(and.Clauses, " AND ", text, inside);
                break;
            case SearchQuery.Or or:
                Join(or.Clauses, " OR ", text, inside);
                break;
            case SearchQuery.Not not:
                text.Append("NOT ");
                Write(not.Clause, text, inside: true);
                break;
            case SearchQuery.Match match:
                Name(match.Field, text);
                Value(match, text);
                break;
            case SearchQuery.Prefix prefix:
                Name(prefix.Field, text);
                Escape(prefix.Start, text);
                text.Append('*');
                break;
            case SearchQuery.Wildcard wildcard:
                Name(wildcard.Field, text);
                Pattern(wildcard.Pattern, text);
                break;
            case SearchQuery.Range range:
                Name(range.Field, text);
                text.Append(range.FromInclusive ? '[' : '{').Append(End(range.Field, range.From)).Append(" TO ")
                    .Append(End(range.Field, range.To)).Append(range.ToInclusive ? ']' : '}');
                break;
            case SearchQuery.Exists exists:
                text.Append("_exists_:");
                Escape(exists.Field.Path, text);
                break;
            default:
                throw new System.Diagnostics.UnreachableException($"A query of an unknown form: {query}.");
        }
    }

    private static void Join(IReadOnlyList<SearchQuery> clauses, string word, StringBuilder text, bool inside)
    {
        if (inside) text.Append('(');
        for (var i = 0; i < clauses.Count; i++)
        {
            if (i > 0) text.Append(word);
            Write(clauses[i], text, inside: true);
        }

        if (inside) text.Append(')');
    }

    private static void Name(FieldRef field, StringBuilder text)
    {
        if (field.Listed == SearchFields.Text) return;
        Escape(field.Path, text);
        text.Append(':');
    }

    private static void Value(SearchQuery.Match match, StringBuilder text)
    {
        var value = match.Field.Listed?.Type switch
        {
            FieldType.Text => string.Join(' ', match.Value.Tokens),
            FieldType.Number or FieldType.Time => End(match.Field, match.Value.Number),
            _ => match.Value.Text,
        };
        if (value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '/' or ':') && value is not ("AND" or "OR" or "NOT" or "TO") && value[0] != '/'
            && (match.Field.Listed != SearchFields.Text || !value.Contains(':', StringComparison.Ordinal)))
        {
            text.Append(value);
            return;
        }

        text.Append('"').Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
    }

    private static string End(FieldRef field, double value)
    {
        if (double.IsInfinity(value)) return "*";
        return field.Listed?.Type == FieldType.Time
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)value).ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
            : value.ToString("R", CultureInfo.InvariantCulture);
    }

    private static void Escape(string value, StringBuilder text)
    {
        foreach (var c in value)
        {
            if (!char.IsLetterOrDigit(c) && !char.IsSurrogate(c) && c is not ('_' or '.')) text.Append('\\');
            text.Append(c);
        }
    }

    // The pattern's own wildcards stay; whatever else means something to the parser is escaped.
    private static void Pattern(string pattern, StringBuilder text)
    {
        for (var i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] is '*' or '?') text.Append(pattern[i]);
            else if (pattern[i] == '\\' && i + 1 < pattern.Length) text.Append('\\').Append(pattern[++i]);
            else Escape(pattern[i].ToString(), text);
        }
    }
}
