using System.Globalization;
using System.Text.Json;
using Crowsnest.Server.Capacity;
using Crowsnest.Server.Lists;

namespace Crowsnest.Commands;

/// <summary>Says what is reserved, what remains and what still fits.</summary>
internal static class CapacityCommand
{
    private const int LimitUnlessTold = 1_000;

    // All forms hold every row at once.
    private const int LimitMax = 1_000_000;

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "capacity",
        Summary = "says what of each cluster is reserved, what remains, and what still fits",
        Arguments = "[CLUSTER] [--by instance|service|zone|provider]",
        ArgumentsMax = 1,
        Options =
        [
            new("--by", "WHAT", "the lines of a cluster: instance unless given", CapacityLists.Ways),
            new("--sort", "FIELD", "by this, the greatest first with a minus before it: --sort=-memoryReservation; by name unless given"),
            new("--at", "T", "as it was at T: 2026-03-02T08:00:00Z, 2026-03-02, now-15m; now unless given"),
            new("--limit", "N", "at most N lines (1000, up to 1000000)"),
        ],
        Examples =
        [
            "crowsnest capacity",
            "crowsnest capacity prod",
            "crowsnest capacity prod --by service --sort=-reservedMemory",
            "crowsnest capacity 123456789012:eu-west-1:prod --by zone",
            "crowsnest capacity prod --at 2026-03-02T03:12:00Z",
            "crowsnest capacity prod -o json | jq '.placementFailures[]'",
            "crowsnest capacity prod -o csv > prod.csv",
        ],
        Notes =
        [
            "CPU is in units (1024 a vCPU), memory in MiB. Registered and remaining are what container instances say themselves; reserved is the difference, and per cent is of what is registered. The line * is all of it, with the tasks that are on Fargate or not yet placed.",
            "MORE FIT counts how many more tasks of a service's newest size the instances take that are ACTIVE and have their agent connected, each by itself; STOPPED BY is what keeps the next one out on most of them. On Fargate nothing is registered, so there is only what is reserved.",
            "--sort takes a member of the JSON: reservedCpu, remainingCpu, cpuReservation, the same of memory, remainingGpus, tasks; of services fits and stoppedBy. -o ndjson and csv are the lines alone; json has also the largest task that still fits and the placement failures.",
        ],
        ExitCodes = [(1, "there is no such cluster")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var cluster = invocation.Arguments.Count > 0 ? NameOf(invocation.Arguments[0]) : null;
        if (cluster is null && invocation.Option("--by") is not null) throw new UsageException("--by needs a cluster; without one there is a line for each cluster");
        var by = invocation.Option("--by") ?? CapacityLists.ByUnlessTold;
        var format = invocation.Format(OutputFormat.Json);
        var limit = invocation.Number("--limit", LimitUnlessTold, 1, LimitMax);
        var wish = new CapacityWish(cluster, by, Sorted(invocation, cluster is null ? null : by) with { Limit = limit });
        var at = invocation.PastMoment("--at");
        await using var client = at is null ? await Clients.OpenToReadAsync(invocation, cancellationToken) : await Clients.OpenToRememberAsync(invocation, cancellationToken);
        if (await client.CapacityAsync(wish, at, cancellationToken) is not { } answer)
            return await NoClusterAsync(invocation, cluster, cancellationToken);

        Write(invocation, format, answer, cluster is null ? "cluster" : by);
        if (answer.Note is { } note) await invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(note)}".AsMemory(), cancellationToken);
        if (answer.Next is not null)
            await invocation.Host.Error.WriteLineAsync($"crowsnest: there are more than these {limit.ToString(CultureInfo.InvariantCulture)}; --limit shows more".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static void Write(Invocation invocation, OutputFormat format, CapacityAnswer answer, string by)
    {
        var table = CapacityTable.Of(by);
        switch (format)
        {
            case OutputFormat.Json:
                RowWriter.WriteOne(invocation, format, Whole(answer));
                break;
            case OutputFormat.Ndjson:
                RowWriter.Write(invocation, format, answer.Items, []);
                break;
            case OutputFormat.Csv:
                RowWriter.Write(invocation, format, answer.Items.Count == 0 ? [] : [table.Total(answer), .. answer.Items], table.CsvColumns);
                break;
            default:
                RowWriter.Write(invocation, format, answer.Items.Count == 0 ? [] : [.. answer.Items.Prepend(table.Total(answer)).Select(row => table.Shown(row, answer))], table.Columns);
                foreach (var sentence in CapacityTable.Sentences(answer)) invocation.Host.Out.WriteLine(SafeText.Of(sentence));
                break;
        }
    }

    // All pages as one answer.
    private static JsonElement Whole(CapacityAnswer answer) => RowWriter.Object(json =>
    {
        foreach (var member in answer.Body.EnumerateObject())
        {
            if (member.Name != "items")
            {
                member.WriteTo(json);
                continue;
            }

            json.WriteStartArray("items");
            foreach (var item in answer.Items) item.WriteTo(json);
            json.WriteEndArray();
        }
    });

    private static ListRequest Sorted(Invocation invocation, string? by)
    {
        var sort = invocation.Option("--sort") ?? "";
        var field = sort.TrimStart('-');
        var sorts = CapacityLists.SortsOf(by);
        if (field.Length > 0 && !sorts.Contains(field)) throw new UsageException($"--sort: {(by is null ? "clusters are" : $"by {by} the lines are")} sorted by one of {string.Join(", ", sorts)}");
        return new ListRequest { Sort = field, IsDescending = sort.StartsWith('-') };
    }

    /// <summary>Says that there is no such cluster.</summary>
    public static async Task<int> NoClusterAsync(Invocation invocation, string? cluster, CancellationToken cancellationToken)
    {
        await invocation.Host.Error.WriteLineAsync($"crowsnest: there is no cluster {SafeText.Of(cluster)}; 'crowsnest get clusters' lists them".AsMemory(), cancellationToken);
        return ExitCode.No;
    }

    // arn:aws:ecs:REGION:ACCOUNT:cluster/NAME says which of several clusters of the name.
    internal static string NameOf(string text) =>
        text.Split(':') is ["arn", _, "ecs", var region, var account, ['c', 'l', 'u', 's', 't', 'e', 'r', '/', .. var name]] ? $"{account}:{region}:{name}" : text;
}
