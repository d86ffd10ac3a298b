namespace Crowsnest.Core.Search;

/// <summary>A search, as a tree: what it means, apart from any store. Made by <see cref="QueryParser"/>; values are in their field's normal form.</summary>
/// <remarks>Over an array a clause means "any element", each clause by itself. A clause on a field that an event lacks is false, so its NOT is true.</remarks>
public abstract record SearchQuery
{
    private SearchQuery()
    {
    }

    /// <summary>Every event: the empty query, and <c>*</c>.</summary>
    public sealed record All : SearchQuery;

    /// <summary>All of them hold.</summary>
    public sealed record And(IReadOnlyList<SearchQuery> Clauses) : SearchQuery;

    /// <summary>At least one holds.</summary>
    public sealed record Or(IReadOnlyList<SearchQuery> Clauses) : SearchQuery;

    /// <summary>It does not hold.</summary>
    public sealed record Not(SearchQuery Clause) : SearchQuery;

    /// <summary>
    /// The field has this value: the whole value (keyword, number, time, bool, unlisted), or for a text field tokens in a row within one value.
    /// </summary>
    public sealed record Match(FieldRef Field, SearchValue Value) : SearchQuery;

    /// <summary>A value of the field (for a text field: a token) begins with this.</summary>
    public sealed record Prefix(FieldRef Field, string Start) : SearchQuery;

    /// <summary>A value of the field (for a text field: a token) has this form; <c>*</c> any run of characters, <c>?</c> any one, and never only a prefix.</summary>
    public sealed record Wildcard(FieldRef Field, string Pattern) : SearchQuery;

    /// <summary>A number, or a time in milliseconds since 1970 UTC, lies in the range; an open end is infinite.</summary>
    public sealed record Range(FieldRef Field, double From, bool FromInclusive, double To, bool ToInclusive) : SearchQuery;

    /// <summary>The field has any value.</summary>
    public sealed record Exists(FieldRef Field) : SearchQuery;
}

/// <summary>A field that a query names: a listed one, the text (no field named), or the path of an unlisted one.</summary>
/// <param name="Listed">The row of the field table, or <see langword="null"/> for an unlisted path.</param>
/// <param name="Path">The unlisted path, e.g. <c>detail.foo.bar</c>; for a listed field its name.</param>
public readonly record struct FieldRef(SearchField? Listed, string Path);

/// <summary>What a <see cref="SearchQuery.Match"/> compares with.</summary>
/// <param name="Text">Normal form of a keyword, bool or unlisted value.</param>
/// <param name="Number">Value of a number, or milliseconds since 1970 UTC of a time.</param>
/// <param name="Tokens">A text field's tokens, in order.</param>
public sealed record SearchValue(string Text, double Number, IReadOnlyList<string> Tokens);
