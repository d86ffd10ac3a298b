namespace Crowsnest.Core.Search;

/// <summary>Reads a Lucene-style query string into a <see cref="SearchQuery"/>.</summary>
public static class QueryParser
{
}
