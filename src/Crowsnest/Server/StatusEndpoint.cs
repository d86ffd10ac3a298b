namespace Crowsnest.Server;

/// <summary>The overview.</summary>
internal sealed class StatusEndpoint(ServerParts parts, QueryTurns turns)
{
    /// <summary>Maps <c>/status</c>.</summary>
    public void Map(IEndpointRouteBuilder routes) => routes.Map(
        new Operation(
            "GET", "/api/v1/status", Access.Viewer, "How things stand: what is broken and what failed, each cluster and its services at a glance, the last six hours. 'Lately' is the hour before the end.",
            new Parameter("from", "string", "The beginning; a day before the end unless given."),
            new Parameter("to", "string", "The end; now unless given."),
            new Parameter("at", "string", "The end, as the other lists call it.")) { Answer = "Status" },
        GetAsync);

    private async Task<IResult> GetAsync(HttpContext http)
    {
        var (from, to) = (http.ReadMoment("from", parts.Time), http.ReadMoment("to", parts.Time) ?? http.ReadMoment("at", parts.Time));
        if (http.Query("to") is not null && http.Query("at") is not null) throw ProblemException.BadRequest("'to' and 'at' both name the end; give one of them.");
        if (from >= to) throw ProblemException.BadRequest("The end 'to' must be after the beginning 'from'.");
        var reader = new StatusReader(parts.Store, parts.Diagnoser, parts.Time);
        var status = await turns.TakeAsync(() => new ValueTask<StatusBody>(reader.ReadAsync(from, to, http.RequestAborted)), http.RequestAborted);
        return TypedResults.Json(status, ApiJson.Default.StatusBody);
    }
}
