using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Accounting as the API shows it.</summary>
internal sealed record AccountingBody(long Received, long Stored, long Duplicates, long Quarantined, long IdReused, long UnknownKinds)
{
    /// <summary>As the API shows it.</summary>
    public static AccountingBody Of(Accounting sum) => new(sum.Received, sum.Stored, sum.Duplicates, sum.Quarantined, sum.IdReused, sum.UnknownKinds);
}

/// <summary>The state of the way through.</summary>
internal sealed record PipelineBody(AccountingBody Total, IReadOnlyDictionary<string, AccountingBody> Sources, DateTime? NextTimerDue);

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
            return TypedResults.Json(new PipelineBody(AccountingBody.Of(total), sources, due?.UtcDateTime), ApiJson.Default.PipelineBody);
        });
}
