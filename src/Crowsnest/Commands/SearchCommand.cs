using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Commands;

/// <summary>Finds events.</summary>
internal static class SearchCommand
{
    // All forms but lines hold every row at once.
    private const int EventsMax = 100_000;

    private static readonly IReadOnlyList<Column> ValueColumns = [new("COUNT", "count"), new("VALUE", "value")];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "search",
        Summary = "finds events; with --by, counts them by the values of a field",
        Arguments = "QUERY [--from T] [--to T] [--limit N] [--by FIELD]",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Options =
        [
            new("--from", "T", "not before T: 2026-03-02T08:00:00Z, 2026-03-02, now-15m"),
            new("--to", "T", "before T"),
            new("--limit", "N", "at most N events (100, up to 100000), or values with --by (10)"),
            new("--by", "FIELD", "counts by the values of this field"),
        ],
        Examples =
        [
            "crowsnest search 'outcome:failure AND cluster:prod' --from now-1d",
            "crowsnest search 'exitCode:1 AND stoppedReason:\"Essential container in task exited\"'",
            "crowsnest search 'exitCode:>128' --by kind",
            "crowsnest search '*' -o csv --limit 100000 > events.csv",
        ],
        Notes = ["Newest first; without --from over all that is stored. A query that begins with a dash goes after --."],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (query, from, to, by) = (invocation.Arguments[0], invocation.Moment("--from"), invocation.Moment("--to"), invocation.Option("--by"));
        var limit = invocation.Number("--limit", by is null ? 100 : 10, 1, by is null ? EventsMax : 1_000);
        var format = invocation.Format(OutputFormat.Json);
        await using var client = await QueryText.OpenAsync(invocation, query, by, () => Clients.OpenToReadAsync(invocation, cancellationToken), cancellationToken);
        if (by is not null)
        {
            var values = await client.ValuesAsync(query, from, to, by, limit, cancellationToken);
            RowWriter.Write(invocation, format, values.Items, ValueColumns);
            await TellAsync(invocation, values.Cut, null, limit, cancellationToken);
            return ExitCode.Done;
        }

        var rows = new List<JsonElement>();
        RowPage? last = null;
        await foreach (var page in client.PagesAsync(query, from, to, limit, cancellationToken))
        {
            rows.AddRange(page.Items);
            last = page with { Cut = last?.Cut ?? page.Cut };

            // Lines leave page by page, however many; the other forms need all rows.
            if (format != OutputFormat.Ndjson) continue;
            RowWriter.Write(invocation, format, rows, EventRow.Columns);
            await invocation.Host.Out.FlushAsync(cancellationToken);
            rows.Clear();
        }

        if (format != OutputFormat.Ndjson) RowWriter.Write(invocation, format, rows, EventRow.Columns);
        await TellAsync(invocation, last?.Cut, last?.Next, limit, cancellationToken);
        return ExitCode.Done;
    }

    // An answer that looks whole and is not would be believed.
    private static async Task TellAsync(Invocation invocation, string? cut, string? next, int limit, CancellationToken cancellationToken)
    {
        var error = invocation.Host.Error;
        if (cut is not null) await error.WriteLineAsync($"crowsnest: the answer may be incomplete: {SafeText.Of(cut)}".AsMemory(), cancellationToken);
        if (next is not null) await error.WriteLineAsync($"crowsnest: there are more than these {limit.ToString(CultureInfo.InvariantCulture)}; --limit shows more, --by counts all".AsMemory(), cancellationToken);
    }
}
