using Crowsnest.Core.Search;

namespace Crowsnest.Commands;

/// <summary>A query as it was typed, looked at before anything is opened: what is wrong with it is wrong without any data.</summary>
internal static class QueryText
{
    /// <summary>Says on stderr what perhaps was not meant so.</summary>
    /// <exception cref="UsageException">It has mistakes; all of them are named.</exception>
    public static async Task CheckAsync(Invocation invocation, string query, CancellationToken cancellationToken)
    {
        var parsed = QueryParser.Parse(query, invocation.Host.Time);
        if (parsed.Query is null) throw Wrong(parsed);
        foreach (var hint in parsed.Hints) await invocation.Host.Error.WriteLineAsync($"crowsnest: hint: {SafeText.Of(hint)}".AsMemory(), cancellationToken);
    }

    /// <summary>The mistakes of a query.</summary>
    public static UsageException Wrong(ParsedQuery parsed) => new(string.Join("; ", parsed.Errors.Select(e => e.ToString())));

    /// <summary>A field by its name or path.</summary>
    /// <exception cref="UsageException">There is no such field.</exception>
    public static FieldRef Field(string name) => SearchFields.TryGet(name, out FieldRef field)
        ? field
        : throw new UsageException($"--by: '{name}' is not a field{(SearchFields.Nearest(name) is { } near ? $"; did you mean '{near}'?" : "")}");
}
