using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Accounting as the API shows it.</summary>
internal sealed record AccountingBody(long Received, long Stored, long Duplicates, long Quarantined, long IdReused, long UnknownKinds)
{
    /// <summary>As the API shows it.</summary>
    public static AccountingBody Of(Accounting sum) => new(sum.Received, sum.Stored, sum.Duplicates, sum.Quarantined, sum.IdReused, sum.UnknownKinds);
}

/// <summary>The state of the way through.</summary>
/// <param name="Ready">Whether events that come in are written.</param>
/// <param name="Reason">What it is stuck on, and what to do; empty when ready.</param>
/// <param name="QueueDepth">Batches that wait.</param>
/// <param name="NewestEventAt">The newest event time committed since the start.</param>
/// <param name="Total">What became of everything received.</param>
/// <param name="Sources">The same by source.</param>
/// <param name="NextTimerDue">When something waits to be done.</param>
/// <param name="TellingProblem">Why nobody is told for now; empty when all is well.</param>
internal sealed record PipelineBody(
    bool Ready, string Reason, int QueueDepth, DateTime? NewestEventAt, AccountingBody Total, IReadOnlyDictionary<string, AccountingBody> Sources, DateTime? NextTimerDue, string TellingProblem);

/// <summary>Accounting of everything that came in.</summary>
internal static class PipelineEndpoints
{
    /// <summary>Maps <c>/pipeline</c>.</summary>
    public static void MapPipeline(this IEndpointRouteBuilder routes, ServerParts parts) => routes.Map(
        new Operation("GET", "/api/v1/pipeline", Access.Viewer, "What became of everything received, by source and in all."),
        async http =>
        {
            var bySource = await parts.Store.AccountingAsync(http.RequestAborted);
            var due = await parts.Store.Incidents.NextDueAsync(http.RequestAborted);
            var total = bySource.Values.Aggregate(default(Accounting), Accounting.Add);
            var sources = new SortedDictionary<string, AccountingBody>(bySource.ToDictionary(s => s.Key, s => AccountingBody.Of(s.Value)), StringComparer.Ordinal);
            var (pipeline, health) = (parts.Pipeline, parts.Pipeline.Health);
            var body = new PipelineBody(
                health.IsReady, health.Reason, pipeline.QueueDepth, pipeline.NewestEventAt?.UtcDateTime, AccountingBody.Of(total), sources, due?.UtcDateTime, parts.Teller?.Problem ?? "");
            return TypedResults.Json(body, ApiJson.Default.PipelineBody);
        });
}
