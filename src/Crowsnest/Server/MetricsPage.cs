using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>What Prometheus reads.</summary>
internal sealed class MetricsPage(ServerParts parts, string version)
{
    private static readonly (string Name, string Help, Func<Accounting, long> Of)[] Counters =
    [
        ("crowsnest_events_received_total", "Messages that came in.", a => a.Received),
        ("crowsnest_events_stored_total", "Messages kept as events.", a => a.Stored),
        ("crowsnest_events_duplicate_total", "Messages that were known already.", a => a.Duplicates),
        ("crowsnest_events_id_reused_total", "Stored events with an id that another event has.", a => a.IdReused),
        ("crowsnest_events_unknown_kind_total", "Stored events of a kind that has no reader.", a => a.UnknownKinds),
    ];

    /// <summary>The page as of now.</summary>
    public async Task<string> RenderAsync(CancellationToken cancellationToken)
    {
        var (store, pipeline) = (parts.Store, parts.Pipeline);
        var bySource = await store.AccountingAsync(cancellationToken);
        var quarantined = await store.Quarantine.CountsAsync(cancellationToken);
        var page = new PrometheusText();
        foreach (var (name, help, of) in Counters)
        {
            page.Metric(name, "counter", help);
            foreach (var (source, sum) in bySource.OrderBy(s => s.Key, StringComparer.Ordinal)) page.Sample(name, of(sum), ("source", source));
        }

        page.Metric("crowsnest_events_quarantined_total", "counter", "Messages that could not be read, by why.");
        foreach (var (reason, count) in (await store.Quarantine.TotalsAsync(cancellationToken)).OrderBy(r => r.Key))
            page.Sample("crowsnest_events_quarantined_total", count, ("reason", QuarantineItem.ReasonName(reason)));

        // What is there now can fall by retention and replay, so it is a gauge.
        page.Metric("crowsnest_quarantine_entries", "gauge", "What the quarantine holds now, by why.");
        foreach (var (reason, count) in quarantined.OrderBy(r => r.Key)) page.Sample("crowsnest_quarantine_entries", count, ("reason", QuarantineItem.ReasonName(reason)));
        page.Metric("crowsnest_queue_depth", "gauge", "What waits, by stage.").Sample("crowsnest_queue_depth", pipeline.QueueDepth, ("stage", "commit"));
        foreach (var queue in parts.Queues)
        {
            if (queue.Depth is { } depth) page.Sample("crowsnest_queue_depth", depth, ("stage", queue.Name));
        }

        Commits(page);
        if (parts.Sns is { } sns)
            page.Metric("crowsnest_sns_refused_total", "counter", "Deliveries of SNS that were refused for good since the start.").Sample("crowsnest_sns_refused_total", sns.Refused);
        if (pipeline.NewestEventAt is { } newest)
            page.Metric("crowsnest_ingest_lag_seconds", "gauge", "How long ago the newest event happened that was committed since the start.").Sample("crowsnest_ingest_lag_seconds", (parts.Time.GetUtcNow() - newest).TotalSeconds);
        await TellingAsync(page, cancellationToken);
        ClusterMetrics.Write(page, parts.Clusters.View);
        var dropped = await store.DroppedAsync(cancellationToken);
        page.Metric("crowsnest_retention_dropped_total", "counter", "What left because it was older than it is kept.")
            .Sample("crowsnest_retention_dropped_total", dropped.Events, ("kind", "event")).Sample("crowsnest_retention_dropped_total", dropped.Quarantined, ("kind", "quarantine"))
            .Sample("crowsnest_retention_dropped_total", dropped.Resources, ("kind", "resource")).Sample("crowsnest_retention_dropped_total", dropped.Incidents, ("kind", "incident"));
        if (parts.Resync is { } resync)
        {
            page.Metric("crowsnest_resync_drift_total", "counter", "What events had missed and the ECS API told, since the start, by kind.");
            foreach (var (kind, count) in resync.Drift) page.Sample("crowsnest_resync_drift_total", count, ("kind", kind));
            page.Metric("crowsnest_resync_calls_total", "counter", "Calls of the ECS API since the start.").Sample("crowsnest_resync_calls_total", resync.Calls);
        }

        page.Metric("crowsnest_ready", "gauge", "1 while events that come in are written.").Sample("crowsnest_ready", pipeline.Health.IsReady ? 1 : 0);

        page.Metric("crowsnest_config_last_reload_successful", "gauge", "1 when the configuration was well the last time that it was read.").Sample("crowsnest_config_last_reload_successful", parts.Live?.IsWell == false ? 0 : 1);
        if (parts.Live is { } live)
        {
            page.Metric("crowsnest_config_last_reload_success_timestamp_seconds", "gauge", "When a configuration was last taken, seconds since 1970 UTC.")
                .Sample("crowsnest_config_last_reload_success_timestamp_seconds", live.SucceededAt.ToUnixTimeSeconds());
        }

        page.Metric("crowsnest_build_info", "gauge", "The version that runs; always 1.").Sample("crowsnest_build_info", 1, ("version", version));
        return page.ToString();
    }

    private void Commits(PrometheusText page)
    {
        var (atMost, count, seconds) = parts.Pipeline.CommitTimes.Read();
        page.Metric("crowsnest_commit_duration_seconds", "histogram", "How long commits took since the start.");
        for (var i = 0; i < atMost.Length; i++)
            page.Sample("crowsnest_commit_duration_seconds_bucket", atMost[i], ("le", DurationHistogram.Bounds[i].ToString(CultureInfo.InvariantCulture)));
        page.Sample("crowsnest_commit_duration_seconds_bucket", count, ("le", "+Inf"))
            .Sample("crowsnest_commit_duration_seconds_sum", seconds).Sample("crowsnest_commit_duration_seconds_count", count);
    }

    private async Task TellingAsync(PrometheusText page, CancellationToken cancellationToken)
    {
        var counts = await parts.Store.Incidents.CountsAsync(cancellationToken);
        page.Metric("crowsnest_incidents", "gauge", "Incidents by state.")
            .Sample("crowsnest_incidents", counts.Firing, ("state", "firing")).Sample("crowsnest_incidents", counts.Expired, ("state", "expired"));
        var done = counts.Done.OrderBy(d => d.Key.Receiver, StringComparer.Ordinal).ThenBy(d => d.Key.Failure).ToLookup(d => d.Key.Failure == SendFailure.None);
        page.Metric("crowsnest_notifications_total", "counter", "Messages that arrived.");
        foreach (var ((receiver, _), count) in done[true]) page.Sample("crowsnest_notifications_total", count, ("receiver", receiver));
        page.Metric("crowsnest_notifications_failed_total", "counter", "Messages that will not arrive, by why.");
        foreach (var ((receiver, failure), count) in done[false])
            page.Sample("crowsnest_notifications_failed_total", count, ("receiver", receiver), ("reason", JsonNamingPolicy.CamelCase.ConvertName(failure.ToString())));
        page.Metric("crowsnest_failures_untold_total", "counter", "Failures that were recorded and not told, by why.")
            .Sample("crowsnest_failures_untold_total", counts.TooOld, ("reason", "tooOld"));
        page.Metric("crowsnest_outbox_depth", "gauge", "Messages that wait to be sent.")
            .Sample("crowsnest_outbox_depth", counts.Outbox.Where(o => o.Key.State == OutboxState.Waiting).Sum(o => o.Value));
        page.Metric("crowsnest_receiver_away", "gauge", "1 while an integration of a receiver is taken to be away, and its messages wait; as this process has seen it.");
        foreach (var health in (parts.Teller?.Health ?? []).OrderBy(one => one.Receiver, StringComparer.Ordinal).ThenBy(one => one.Integration))
        {
            page.Sample(
                "crowsnest_receiver_away", health.IsOpen ? 1 : 0,
                ("receiver", health.Receiver), ("integration", health.Kind), ("number", health.Integration.ToString(CultureInfo.InvariantCulture)));
        }
    }
}

/// <summary>The metrics endpoint.</summary>
internal static class MetricsEndpoints
{
    /// <summary>Maps <c>/metrics</c>.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder routes, MetricsPage page) => routes.Map(
        new Operation("GET", "/metrics", Access.Viewer, "Metrics for Prometheus.") { Produces = "text/plain" },
        async http => TypedResults.Text(await page.RenderAsync(http.RequestAborted), PrometheusText.MediaType));
}
