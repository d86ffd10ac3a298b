namespace Crowsnest.Server;

/// <summary>What an endpoint is: who may call it, which parameters it has, and the words that describe it.</summary>
/// <remarks>
/// The one source for the check of the role, for the refusal of unknown parameters and for the API's description, so that none can differ from another.
/// </remarks>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The route.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="Summary">One sentence.</param>
/// <param name="Query">Its query parameters.</param>
internal sealed record Operation(string Method, string Path, Access Access, string Summary, params Parameter[] Query)
{
    /// <summary>The status of success.</summary>
    public int Success { get; init; } = StatusCodes.Status200OK;

    /// <summary>The media types of a body that it takes; none when empty.</summary>
    public IReadOnlyList<string> Accepts { get; init; } = [];

    /// <summary>The media type of its answer.</summary>
    public string Produces { get; init; } = "application/json";

    /// <summary>Its answer has no end, or is as long as what is stored: there is no HEAD for it, which would run it all to throw it away.</summary>
    public bool IsStream { get; init; }

    /// <summary>The header of requests that are signed, or <see langword="null"/>: the operation itself proves who sends them, so they need no token, origin or type.</summary>
    public string? SignedBy { get; init; }

    /// <summary>The name of its answer's shape in <see cref="ApiSchemas"/>; empty when it has none.</summary>
    public string Answer { get; init; } = "";
}

/// <summary>A query parameter.</summary>
internal sealed record Parameter(string Name, string Type, string Description);

/// <summary>Maps handlers together with what they are.</summary>
internal static class OperationMapping
{
    /// <summary>Maps one operation.</summary>
    public static void Map(this IEndpointRouteBuilder routes, Operation operation, Func<HttpContext, Task<IResult>> handler)
    {
        RequestDelegate run = async http =>
        {
            var result = await handler(http);
            await result.ExecuteAsync(http);
        };
        string[] methods = operation is { Method: "GET", IsStream: false } ? ["GET", "HEAD"] : [operation.Method];
        routes.MapMethods(operation.Path, methods, run).WithMetadata(operation);
    }

    /// <summary>A parameter of the request, or <see langword="null"/>; given twice is a mistake.</summary>
    public static string? Query(this HttpContext http, string name)
    {
        var values = http.Request.Query[name];
        if (values.Count > 1) throw ProblemException.BadRequest($"The parameter '{name}' is given {values.Count} times; give it once.");
        return values.Count == 0 || string.IsNullOrEmpty(values[0]) ? null : values[0];
    }

    /// <summary>A number within bounds.</summary>
    public static int QueryInt(this HttpContext http, string name, int preset, int min, int max)
    {
        if (http.Query(name) is not { } text) return preset;
        if (int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) && value >= min && value <= max) return value;
        throw ProblemException.BadRequest($"The parameter '{name}' must be a whole number from {min} to {max}.");
    }
}
