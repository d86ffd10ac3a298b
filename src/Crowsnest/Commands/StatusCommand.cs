using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Commands;

/// <summary>Says how things stand.</summary>
internal static class StatusCommand
{
    private static readonly IReadOnlyList<Column> FailureColumns =
        [new("STATE", "state"), new("CLUSTER", "cluster", 24), new("SERVICE", "service", 24), new("KIND", "kind"), new("SINCE", "since"), new("EVENTS", "count"), new("SUMMARY", "summary")];

    private static readonly IReadOnlyList<Column> ClusterColumns =
        [new("CLUSTER", "name", 24), new("ACCOUNT", "account"), new("REGION", "region"), new("SERVICES", "services"), new("FAILING", "failing"), new("EVENTS", "events"), new("LAST HEARD", "lastAt")];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "status",
        Summary = "says how things stand: what is broken, clusters at a glance",
        Arguments = "[--at T] [--from T]",
        Options =
        [
            new("--at", "T", "as it was at T: 2026-03-02T08:00:00Z, 2026-03-02, now-15m; now unless given"),
            new("--from", "T", "counts from T on; from a day before unless given"),
        ],
        Examples = ["crowsnest status", "crowsnest status --at 2026-03-02T08:00:00Z", "crowsnest status -o json | jq '.failures[] | select(.state == \"failing\")'"],
        Notes =
        [
            "failing: a failure in the hour before, and no steady state of the service since. steady: a failure in the hour before, and ECS said that it is steady since. earlier: all other failures, in csv and JSON only.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (from, at) = (invocation.Moment("--from"), invocation.Moment("--at"));
        var format = invocation.Format(OutputFormat.Json);

        // What happened at that very moment is in.
        if (at is { } moment) at = moment.AddMilliseconds(1);
        if (from >= at) throw new UsageException("--from must be before --at");
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        var status = await client.StatusAsync(from, at, cancellationToken);
        var failures = status.GetProperty("failures").EnumerateArray().ToList();
        switch (format)
        {
            case OutputFormat.Table:
                await WriteAsync(invocation, status, failures, cancellationToken);
                break;
            case OutputFormat.Csv:
                RowWriter.Write(invocation, format, failures, FailureColumns);
                break;
            default:
                RowWriter.WriteOne(invocation, format, status);
                break;
        }

        if (status.GetProperty("cut").GetString() is { } cut) await invocation.Host.Error.WriteLineAsync($"crowsnest: the answer may be incomplete: {SafeText.Of(cut)}".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static async Task WriteAsync(Invocation invocation, JsonElement status, List<JsonElement> failures, CancellationToken cancellationToken)
    {
        var output = invocation.Host.Out;
        await output.WriteLineAsync(Sentence(status).AsMemory(), cancellationToken);
        var lately = failures.Where(f => f.GetProperty("state").GetString() != "earlier").ToList();
        if (lately.Count > 0)
        {
            await output.WriteLineAsync();
            RowWriter.Write(invocation, OutputFormat.Table, [.. lately.Select(Row)], FailureColumns);
        }

        var clusters = status.GetProperty("clusters").EnumerateArray().Select(Cluster).ToList();
        if (clusters.Count == 0) return;
        await output.WriteLineAsync();
        RowWriter.Write(invocation, OutputFormat.Table, clusters, ClusterColumns);
    }

    private static string Sentence(JsonElement status)
    {
        long Number(string name) => status.GetProperty(name).GetInt64();
        if (Number("events") == 0) return "No event is stored in this time; 'crowsnest ingest FILE' reads some.";
        var counts = $"In the hour before, {Number("failureEventsLately").ToString(CultureInfo.InvariantCulture)} of {Many(Number("eventsLately"), "event")} told of a failure.";
        var rolledBack = Number("rolledBackLately") is > 0 and var count ? $" {Many(count, "deployment")} rolled back." : "";
        if (Number("servicesFailing") is > 0 and var failing)
            return $"{Many(failing, "service")} failing in {Many(Number("clustersFailing"), "cluster")} since {Time(status.GetProperty("failingSince"))}.{rolledBack} {counts}";
        var clusters = status.GetProperty("clusters");
        var services = clusters.EnumerateArray().Sum(c => c.GetProperty("services").GetArrayLength());
        return $"Nothing is failing: {Many(services, "service")} in {Many(clusters.GetArrayLength(), "cluster")}.{rolledBack} {counts}";
    }

    private static string Many(long count, string one) => $"{count.ToString(CultureInfo.InvariantCulture)} {one}{(count == 1 ? "" : "s")}";

    private static string Time(JsonElement moment) => moment.GetDateTime().ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // A task that is no service's stands under its family.
    private static JsonElement Row(JsonElement failure) => RowWriter.Object(json =>
    {
        var service = failure.GetProperty("service").GetString();
        json.WriteString("state", failure.GetProperty("state").GetString() == "recovered" ? "steady" : failure.GetProperty("state").GetString());
        json.WriteString("cluster", failure.GetProperty("cluster").GetString());
        json.WriteString("service", string.IsNullOrEmpty(service) ? failure.GetProperty("family").GetString() : service);
        json.WriteString("kind", failure.GetProperty("kind").GetString());
        json.WriteString("since", Time(failure.GetProperty("since")));
        json.WriteNumber("count", failure.GetProperty("count").GetInt64());
        json.WriteString("summary", failure.GetProperty("summary").GetString());
    });

    private static JsonElement Cluster(JsonElement cluster) => RowWriter.Object(json =>
    {
        var services = cluster.GetProperty("services");
        json.WriteString("name", cluster.GetProperty("name").GetString());
        json.WriteString("account", cluster.GetProperty("account").GetString());
        json.WriteString("region", cluster.GetProperty("region").GetString());
        json.WriteNumber("services", services.GetArrayLength());
        json.WriteNumber("failing", services.EnumerateArray().Count(s => s.GetProperty("state").GetString() == "failing"));
        json.WriteNumber("events", cluster.GetProperty("events").GetInt64());
        json.WriteString("lastAt", Time(cluster.GetProperty("lastAt")));
    });
}
