namespace Crowsnest.Core.Search;

/// <summary>What a query string means, or what is wrong with it.</summary>
/// <param name="Query">The tree; <see langword="null"/> exactly when there are errors.</param>
/// <param name="Errors">All mistakes that could be found at once.</param>
public sealed record ParsedQuery(SearchQuery? Query, IReadOnlyList<QueryError> Errors)
{
    /// <summary>What is no mistake, but perhaps not what was meant; each a sentence that names its column.</summary>
    public IReadOnlyList<string> Hints { get; init; } = [];
}

/// <summary>A mistake in a query string.</summary>
/// <param name="Column">Where it begins, from 1, in UTF-16 units.</param>
/// <param name="Length">How long the wrong part is; 0 where something is missing.</param>
/// <param name="Message">What is wrong, in words.</param>
/// <param name="Suggestion">What would be right (a field name, a form), or <see langword="null"/>.</param>
public sealed record QueryError(int Column, int Length, string Message, string? Suggestion)
{
    /// <inheritdoc/>
    public override string ToString() => Suggestion is null ? $"column {Column}: {Message}" : $"column {Column}: {Message} {Suggestion}";
}
