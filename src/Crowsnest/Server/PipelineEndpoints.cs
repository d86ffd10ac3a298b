using System.Globalization;
using System.Text.Json.Serialization;
using Crowsnest.Aws.Sqs;
using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Accounting as the API shows it.</summary>
internal sealed record AccountingBody(long Received, long Stored, long Duplicates, long Quarantined, long IdReused, long UnknownKinds)
{
    /// <summary>As the API shows it.</summary>
    public static AccountingBody Of(Accounting sum) => new(sum.Received, sum.Stored, sum.Duplicates, sum.Quarantined, sum.IdReused, sum.UnknownKinds);
}

/// <summary>What is kept, and what left.</summary>
/// <param name="Events">How long events are kept, as the configuration writes it; <see langword="null"/>: for ever.</param>
/// <param name="Quarantine">How long the quarantine is kept.</param>
/// <param name="Incidents">How long incidents that are over are kept.</param>
/// <param name="SizeBytes">What everything may take of the disk; <see langword="null"/>: without bound.</param>
/// <param name="LastAt">When it was looked at last.</param>
/// <param name="Problem">Why the last look could not do all of it; empty when all is well.</param>
/// <param name="Dropped">All that ever left: events stored less these are what is there.</param>
internal sealed record RetentionBody(string? Events, string Quarantine, string Incidents, long? SizeBytes, DateTime? LastAt, string Problem, Dropped Dropped)
{
    /// <summary>As the API shows it.</summary>
    public static RetentionBody Of(Retainer retainer, Dropped dropped) => new(
        retainer.Retention.Events is { } events ? Units.Format(events) : null, Units.Format(retainer.Retention.Quarantine), Units.Format(retainer.Retention.Incidents),
        retainer.Retention.SizeBytes, retainer.Last?.At.UtcDateTime, retainer.Last?.Problem ?? "", dropped);
}

/// <summary>The state of the way through.</summary>
/// <param name="Ready">Whether events that come in are written.</param>
/// <param name="Reason">What it is stuck on, and what to do; empty when ready.</param>
/// <param name="QueueDepth">Batches that wait.</param>
/// <param name="Watermark">Up to when everything that came in is on disk; now, when nothing waits.</param>
/// <param name="NewestEventAt">The newest event time committed since the start.</param>
/// <param name="Total">What became of everything received.</param>
/// <param name="Sources">The same by source.</param>
/// <param name="NextTimerDue">When something waits to be done.</param>
/// <param name="TellingProblem">Why nobody is told for now; empty when all is well.</param>
/// <param name="Untold">Failures that were ever recorded and not told.</param>
/// <param name="Retention">What is kept, and what left.</param>
internal sealed record PipelineBody(
    bool Ready, string Reason, int QueueDepth, DateTime Watermark, DateTime? NewestEventAt, AccountingBody Total, IReadOnlyDictionary<string, AccountingBody> Sources, DateTime? NextTimerDue, string TellingProblem,
    UntoldBody Untold, RetentionBody? Retention);

/// <summary>Failures that were recorded and not told, by why.</summary>
/// <param name="TooOld">They happened longer ago than <paramref name="MaxAge"/>, when they came in.</param>
/// <param name="MaxAge">outbox.max_age as the configuration writes it; <see langword="null"/> where nobody is told.</param>
internal sealed record UntoldBody(long TooOld, string? MaxAge)
{
    /// <summary>As the API shows it.</summary>
    public static UntoldBody Of(long tooOld, TimeSpan? maxAge) => new(tooOld, maxAge is { } age ? Units.Format(age) : null);

    /// <summary>Why somebody was not told, in a sentence without an end.</summary>
    [JsonIgnore]
    public string InWords =>
        $"{TooOld.ToString(CultureInfo.InvariantCulture)} {(TooOld == 1 ? "failure" : "failures")} happened longer ago than outbox.max_age ({MaxAge}): recorded, and not told";
}

/// <summary>Accounting of everything that came in.</summary>
internal static class PipelineEndpoints
{
    /// <summary>Maps <c>/pipeline</c>.</summary>
    public static void MapPipeline(this IEndpointRouteBuilder routes, ServerParts parts) => routes.Map(
        new Operation("GET", "/api/v1/pipeline", Access.Viewer, "What became of everything received, by source and in all.") { Answer = "Pipeline" },
        async http =>
        {
            var bySource = await parts.Store.AccountingAsync(http.RequestAborted);
            var due = await parts.Store.Incidents.NextDueAsync(http.RequestAborted);
            var total = bySource.Values.Aggregate(default(Accounting), Accounting.Add);
            var sources = new SortedDictionary<string, AccountingBody>(bySource.ToDictionary(s => s.Key, s => AccountingBody.Of(s.Value)), StringComparer.Ordinal);
            var (pipeline, health) = (parts.Pipeline, parts.Pipeline.Health);
            var body = new PipelineBody(
                health.IsReady, health.Reason, pipeline.QueueDepth, SqsSource.WatermarkOf(parts.Queues, pipeline).UtcDateTime, pipeline.NewestEventAt?.UtcDateTime,
                AccountingBody.Of(total), sources, due?.UtcDateTime, parts.Teller?.Problem ?? "",
                UntoldBody.Of((await parts.Store.Incidents.CountsAsync(http.RequestAborted)).TooOld, parts.MaxAge),
                parts.Retainer is { } retainer ? RetentionBody.Of(retainer, await parts.Store.DroppedAsync(http.RequestAborted)) : null);
            return TypedResults.Json(body, ApiJson.Default.PipelineBody);
        });
}
