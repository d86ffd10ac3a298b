using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>What a query means, apart from any store: whether it holds for one event. Stores are compared with this, so it is simple rather than fast.</summary>
public static class QueryEvaluator
{
    /// <summary>Whether the query holds for the event with these terms.</summary>
    public static bool Holds(SearchQuery query, EventTermSet terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return query switch
        {
            SearchQuery.All => true,
            SearchQuery.And and => and.Clauses.All(clause => Holds(clause, terms)),
            SearchQuery.Or or => or.Clauses.Any(clause => Holds(clause, terms)),
            SearchQuery.Not not => !Holds(not.Clause, terms),
            SearchQuery.Match match => Matches(match, terms),
            SearchQuery.Prefix prefix => Any(prefix.Field, terms, value => value.StartsWith(prefix.Start, StringComparison.Ordinal)),
            SearchQuery.Wildcard wildcard => Any(wildcard.Field, terms, Pattern(wildcard.Pattern)),
            SearchQuery.Range range => terms.Numbers(SearchFields.IdOf(range.Field)).Any(number => IsWithin(range, number)),
            SearchQuery.Exists exists => Exists(exists.Field, terms),
            _ => throw new System.Diagnostics.UnreachableException($"A query of an unknown form: {query}."),
        };
    }

    private static bool Matches(SearchQuery.Match match, EventTermSet terms) => match.Field.Listed?.Type switch
    {
        FieldType.Number or FieldType.Time => terms.Numbers(SearchFields.IdOf(match.Field)).Contains(match.Value.Number),
        FieldType.Text => Values(match.Field, terms).Any(value => HasInARow(Tokens(value), match.Value.Tokens)),
        _ => terms.Words(SearchFields.IdOf(match.Field)).Contains(match.Value.Text),
    };

    private static bool Exists(FieldRef field, EventTermSet terms) =>
        Values(field, terms).Any() || terms.Numbers(SearchFields.IdOf(field)).Count > 0;

    // A value of the field, or for a text field a token of one, for which it holds.
    private static bool Any(FieldRef field, EventTermSet terms, Func<string, bool> holds) =>
        Values(field, terms).Any(value => field.Listed?.Type == FieldType.Text ? Tokens(value).Any(holds) : holds(value));

    private static IEnumerable<string> Values(FieldRef field, EventTermSet terms) =>
        field.Listed == SearchFields.Text ? SearchFields.InText.SelectMany(listed => terms.Words(listed.Id)) : terms.Words(SearchFields.IdOf(field));

    private static bool IsWithin(SearchQuery.Range range, double number) =>
        (range.FromInclusive ? number >= range.From : number > range.From) && (range.ToInclusive ? number <= range.To : number < range.To);

    private static bool HasInARow(List<string> tokens, IReadOnlyList<string> wanted)
    {
        for (var start = 0; start + wanted.Count <= tokens.Count; start++)
        {
            if (tokens.Skip(start).Take(wanted.Count).SequenceEqual(wanted)) return true;
        }

        return false;
    }

    private static List<string> Tokens(string value)
    {
        var tokens = new List<string>();
        foreach (var token in NormalForm.Tokens(Encoding.UTF8.GetBytes(value))) tokens.Add(Encoding.UTF8.GetString(token));
        return tokens;
    }

    private static Func<string, bool> Pattern(string pattern)
    {
        var compiled = new WildcardPattern(pattern);
        return value => compiled.IsMatch(Encoding.UTF8.GetBytes(value));
    }
}
