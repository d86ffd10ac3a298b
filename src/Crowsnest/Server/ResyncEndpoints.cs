namespace Crowsnest.Server;

/// <summary>Comparing with the ECS API: how it goes, and now.</summary>
internal static class ResyncEndpoints
{
    /// <summary>Maps <c>/resync</c>.</summary>
    public static void MapResync(this IEndpointRouteBuilder routes, ServerParts parts)
    {
        routes.Map(
            new Operation("GET", "/api/v1/resync", Access.Viewer, "How far comparing with the ECS API is, what events had missed, and what it costs.") { Answer = "Resync" },
            _ => Task.FromResult<IResult>(TypedResults.Json(parts.Resync?.Body() ?? new ResyncBody(null, parts.Clusters.Loaded.IsCompleted, null, null, new Dictionary<string, long>(), 0), ApiJson.Default.ResyncBody)));
        routes.Map(
            new Operation(
                "POST", "/api/v1/resync", Access.Admin, "Compares with the ECS API now and answers how that went, which may take minutes; it goes on when the caller gives up.",
                new Parameter("cluster", "string", "The name of the only cluster that is read; all of them unless given."))
            {
                Answer = "ResyncRun",
            },
            http => RunAsync(http, parts));
    }

    private static async Task<IResult> RunAsync(HttpContext http, ServerParts parts)
    {
        if (parts.Resync is not { } resync)
            throw new ProblemException(StatusCodes.Status409Conflict, "Nothing to compare with", "The configuration names no account under 'resync'; docs/resync.md says what to write.");
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        try
        {
            var run = await resync.RunNowAsync(http.Query("cluster"), ending.Token)
                ?? throw new ProblemException(StatusCodes.Status409Conflict, "A resync is waiting already", "One resync runs and another waits for its turn already; wait until they have ended.");
            return TypedResults.Json(run, ApiJson.Default.ResyncRunBody);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            throw new ProblemException(StatusCodes.Status503ServiceUnavailable, "Stopping", "The server stops; the resync was not ended.");
        }
    }
}
