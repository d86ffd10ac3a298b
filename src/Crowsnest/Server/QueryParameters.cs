using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>The parameters that searches share.</summary>
internal static class QueryParameters
{
    /// <summary>The query.</summary>
    public static readonly Parameter Q = new("q", "string", "The query, e.g. outcome:failure AND cluster:prod; everything unless given.");

    /// <summary>The beginning.</summary>
    public static readonly Parameter From = new("from", "string", "Not before this time: ISO 8601, a date, now-15m.");

    /// <summary>The end.</summary>
    public static readonly Parameter To = new("to", "string", "Before this time.");

    /// <summary>What is asked, with its mistakes as problem details that name the columns.</summary>
    public static SearchQuery ReadQuery(this HttpContext http, TimeProvider time) => http.ReadQuery(time, out _);

    /// <summary>What is asked, and what perhaps was not meant so, or <see langword="null"/>.</summary>
    public static SearchQuery ReadQuery(this HttpContext http, TimeProvider time, out string? hint)
    {
        var parsed = QueryParser.Parse(http.Query("q") ?? "", time);
        hint = parsed.Hints.Count == 0 ? null : string.Join(' ', parsed.Hints);
        if (parsed.Query is { } query) return query;
        throw new ProblemException(StatusCodes.Status400BadRequest, "The query has mistakes", string.Join("; ", parsed.Errors.Select(e => e.ToString())))
        {
            Errors = [.. parsed.Errors.Select(e => new ProblemError(e.Column, e.Length, e.Message, e.Suggestion))],
        };
    }

    /// <summary>Whether something is wanted; not unless told.</summary>
    public static bool ReadFlag(this HttpContext http, string name) => http.Query(name) switch
    {
        null or "false" => false,
        "true" => true,
        _ => throw ProblemException.BadRequest($"The parameter '{name}' is true or false."),
    };

    /// <summary>A moment, or <see langword="null"/> when it was not given.</summary>
    public static DateTimeOffset? ReadMoment(this HttpContext http, string name, TimeProvider time)
    {
        if (http.Query(name) is not { } text) return null;
        return QueryTime.TryParse(text, time.GetUtcNow(), out var moment, out _)
            ? moment
            : throw ProblemException.BadRequest($"The parameter '{name}' is not a time; write 2026-03-02T08:00:00Z, 2026-03-02, now or now-15m.");
    }

    /// <summary>A field by its name or path.</summary>
    public static FieldRef Field(string name)
    {
        if (SearchFields.TryGet(name, out FieldRef field)) return field;
        var shown = name.Length > 64 ? name[..64] : name;
        throw ProblemException.BadRequest($"'{shown}' is not a field{(SearchFields.Nearest(name) is { } near ? $"; did you mean '{near}'?" : "")}. GET /api/v1/fields lists them.");
    }
}
