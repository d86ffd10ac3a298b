using System.Text.Json.Serialization;

namespace Crowsnest.Server;

/// <summary>An answer that says what is wrong (RFC 9457).</summary>
internal sealed record ProblemBody(string Type, string Title, int Status, string Detail)
{
    /// <summary>Places in the query that are wrong.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ProblemError>? Errors { get; init; }

    /// <summary>What of the request's events is on disk all the same.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IngestAnswer? Committed { get; init; }
}

/// <summary>A place in the query that is wrong.</summary>
internal sealed record ProblemError(int Column, int Length, string Message, string? Suggestion);

/// <summary>A request that cannot be answered; becomes problem details.</summary>
internal sealed class ProblemException : Exception
{
    /// <summary>A request that cannot be answered.</summary>
    public ProblemException(int status, string title, string detail)
        : base(detail)
    {
        Status = status;
        Title = title;
    }

    /// <summary>A request that the caller must change.</summary>
    public ProblemException(string message)
        : this(StatusCodes.Status400BadRequest, "Bad request", message)
    {
    }

    /// <summary>A request that the caller must change.</summary>
    public ProblemException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>A request that the caller must change.</summary>
    public ProblemException()
        : this("The request cannot be answered.")
    {
    }

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = StatusCodes.Status400BadRequest;

    /// <summary>What kind of mistake it is.</summary>
    public string Title { get; } = "Bad request";

    /// <summary>Places in the query that are wrong.</summary>
    public IReadOnlyList<ProblemError>? Errors { get; init; }

    /// <summary>What of the request's events is on disk all the same.</summary>
    public IngestAnswer? Committed { get; init; }

    /// <summary>A request that the caller must change.</summary>
    public static ProblemException BadRequest(string detail) => new(detail);

    /// <summary>A thing that is not there.</summary>
    public static ProblemException NotFound(string detail) => new(StatusCodes.Status404NotFound, "Not found", detail);
}

/// <summary>Writes problem details.</summary>
internal static class Problem
{
    /// <summary>Answers with problem details, unless the answer has begun.</summary>
    public static Task WriteAsync(HttpContext http, int status, string title, string detail) => WriteAsync(http, new ProblemBody("about:blank", title, status, detail));

    /// <summary>Answers with problem details, unless the answer has begun.</summary>
    public static Task WriteAsync(HttpContext http, ProblemException problem) => WriteAsync(
        http, new ProblemBody("about:blank", problem.Title, problem.Status, problem.Message) { Errors = problem.Errors, Committed = problem.Committed });

    private static Task WriteAsync(HttpContext http, ProblemBody body)
    {
        if (http.Response.HasStarted)
        {
            // Half an answer must not look like a whole one.
            http.Abort();
            return Task.CompletedTask;
        }

        http.Response.StatusCode = body.Status;
        return http.Response.WriteAsJsonAsync(body, ApiJson.Default.ProblemBody, "application/problem+json", http.RequestAborted);
    }
}
