namespace Crowsnest.Commands;

/// <summary>Finds events.</summary>
internal static class SearchCommand
{
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
            new("--limit", "N", "at most N events (100), or values with --by (10)"),
            new("--by", "FIELD", "counts by the values of this field"),
        ],
        Examples =
        [
            "crowsnest search 'outcome:failure AND cluster:prod' --from now-1d",
            "crowsnest search 'exitCode:1 AND stoppedReason:\"Essential container in task exited\"'",
            "crowsnest search 'exitCode:>128' --by kind",
            "crowsnest search '*' -o csv > events.csv",
        ],
        Notes = ["Newest first; without --from over all that is stored. A query that begins with a dash goes after --."],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (from, to, by) = (invocation.Moment("--from"), invocation.Moment("--to"), invocation.Option("--by"));
        var limit = invocation.Number("--limit", by is null ? 100 : 10, 1, 1000);
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        var page = by is null
            ? await client.SearchAsync(invocation.Arguments[0], from, to, limit, cancellationToken)
            : await client.ValuesAsync(invocation.Arguments[0], from, to, by, limit, cancellationToken);
        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), page.Items, by is null ? EventRow.Columns : ValueColumns);
        if (page.Cut is { } cut) await invocation.Host.Error.WriteLineAsync($"crowsnest: the answer may be incomplete: {SafeText.Of(cut)}".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }
}
