using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Commands;

/// <summary>A query as it was typed.</summary>
internal static class QueryText
{
    /// <summary>
    /// Opens what the query is for. Which names there are beside the listed fields only the data knows; where there is none, the query's own mistakes come first.
    /// </summary>
    /// <exception cref="UsageException">Nothing could be opened, and the query has mistakes; all of them are named.</exception>
    public static async Task<T> OpenAsync<T>(Invocation invocation, string query, string? by, Func<Task<T>> open, CancellationToken cancellationToken)
    {
        T opened;
        try
        {
            opened = await open();
        }
        catch (Exception nothing) when (nothing is StoreException or UnreachableStoreException)
        {
            if (QueryParser.Parse(query, invocation.Host.Time) is { Query: null } wrong) throw Wrong(wrong);
            if (by is not null) Field(by);
            throw;
        }

        // What perhaps was not meant so.
        foreach (var hint in QueryParser.Parse(query, invocation.Host.Time).Hints)
            await invocation.Host.Error.WriteLineAsync($"crowsnest: hint: {SafeText.Of(hint)}".AsMemory(), cancellationToken);
        return opened;
    }

    /// <summary>The mistakes of a query.</summary>
    public static UsageException Wrong(ParsedQuery parsed) => new(string.Join("; ", parsed.Errors.Select(e => e.ToString())));

    /// <summary>A field by its name or path.</summary>
    /// <exception cref="UsageException">There is no such field.</exception>
    public static FieldRef Field(string name) => SearchFields.TryGet(name, out FieldRef field)
        ? field
        : throw new UsageException($"--by: '{name}' is not a field{(SearchFields.Nearest(name) is { } near ? $"; did you mean '{near}'?" : "")}");
}
