namespace Crowsnest.Server;

/// <summary>Whether the process lives, and whether it can do its work.</summary>
internal static class HealthEndpoints
{
    // Two seconds are longer than any healthy store needs and shorter than a probe's usual patience.
    private static readonly TimeSpan StoreTime = TimeSpan.FromSeconds(2);

    /// <summary>Maps <c>/-/healthy</c> and <c>/-/ready</c>.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes, ServerParts parts)
    {
        routes.Map(
            new Operation("GET", "/-/healthy", Access.Open, "The process answers.") { Produces = "text/plain" },
            _ => Task.FromResult<IResult>(TypedResults.Text("ok\n")));
        routes.Map(
            new Operation("GET", "/-/ready", Access.Open, "Events that come in are written and the store answers; 503 with the reason when not.") { Produces = "text/plain" },
            http => ReadyAsync(http, parts));
    }

    private static async Task<IResult> ReadyAsync(HttpContext http, ServerParts parts)
    {
        if (parts.Pipeline.Health is { IsReady: false } stuck) throw NotReady(stuck.Reason);
        if (parts.Pipeline.Completion.IsCompleted) throw NotReady("The server is stopping.");
        if (parts.Queues.Select(q => q.Problem).FirstOrDefault(p => p.Length > 0) is { } problem) throw NotReady(problem);
        using var limit = new CancellationTokenSource(StoreTime, parts.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, http.RequestAborted);
        try
        {
            await parts.Store.AccountingAsync(both.Token).AsTask().WaitAsync(both.Token);
            return TypedResults.Text("ready\n");
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            throw NotReady("The store does not answer.");
        }
    }

    private static ProblemException NotReady(string reason) => new(StatusCodes.Status503ServiceUnavailable, "Not ready", reason);
}
