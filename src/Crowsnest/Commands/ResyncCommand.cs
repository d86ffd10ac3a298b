namespace Crowsnest.Commands;

/// <summary>Compares with the ECS API, now.</summary>
internal static class ResyncCommand
{
    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "resync",
        Summary = "compares with the ECS API now, stores what events had missed, and says how that went",
        Arguments = "[--cluster C]",
        Options = [new("--cluster", "C", "reads only the cluster of this name")],
        Examples = ["crowsnest resync", "crowsnest resync --cluster prod -o json | jq .drift"],
        Notes =
        [
            "The accounts and regions are those of 'resync' in the configuration; a server that holds the data folder reads them with its own configuration and credentials. docs/resync.md says what it may do and what it costs.",
            "What is only just so may be told by an event on its way: it waits for fifteen seconds and is compared again. Without a server failures that were found are told at its end, as 'ingest' does.",
        ],
        ExitCodes = [(1, "something could not be read; the answer says what")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var format = invocation.Format(OutputFormat.Json);
        await using var client = await Clients.OpenToWriteAsync(invocation, cancellationToken);
        var run = await client.ResyncAsync(invocation.Option("--cluster"), cancellationToken);
        await client.TellAsync(cancellationToken);
        RowWriter.WriteOne(invocation, format, run);
        var problems = run.GetProperty("problems").EnumerateArray().Select(problem => problem.GetString() ?? "").ToList();
        foreach (var problem in problems) await invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(problem)}".AsMemory(), cancellationToken);
        return problems.Count == 0 ? ExitCode.Done : ExitCode.No;
    }
}
