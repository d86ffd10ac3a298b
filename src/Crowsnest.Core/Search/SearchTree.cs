namespace Crowsnest.Core.Search;

/// <summary>Builds trees in their plain form: no AND within AND, no OR within OR, none of a single clause.</summary>
public static class SearchTree
{
    /// <summary>All of them; of none, every event.</summary>
    public static SearchQuery And(IEnumerable<SearchQuery> clauses)
    {
        List<SearchQuery> flat = [.. clauses.SelectMany(clause => clause is SearchQuery.And and ? and.Clauses : [clause])];
        return flat.Count switch { 0 => new SearchQuery.All(), 1 => flat[0], _ => new SearchQuery.And(flat) };
    }

    /// <summary>Any of them; of none, no event.</summary>
    public static SearchQuery Or(IEnumerable<SearchQuery> clauses)
    {
        List<SearchQuery> flat = [.. clauses.SelectMany(clause => clause is SearchQuery.Or or ? or.Clauses : [clause])];
        return flat.Count switch { 0 => new SearchQuery.Not(new SearchQuery.All()), 1 => flat[0], _ => new SearchQuery.Or(flat) };
    }
}
