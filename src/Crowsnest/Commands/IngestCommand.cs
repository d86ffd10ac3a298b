using Crowsnest.Core.Pipeline;

namespace Crowsnest.Commands;

/// <summary>Reads events and commits them.</summary>
internal static class IngestCommand
{
    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "ingest",
        Summary = "reads events and commits them",
        Arguments = "[FILE|FOLDER|-...] [--strict]",
        ArgumentsMax = 10_000,
        Options = [new("--strict", null, "exit code 3 when something had to be quarantined")],
        Examples = ["crowsnest ingest events.ndjson", "crowsnest ingest archive/ more.json.gz", "aws s3 cp s3://bucket/events.gz - | crowsnest ingest --strict -"],
        Notes =
        [
            "Lines, arrays, one event, gzip and the wrappers of SQS, SNS, Lambda, Firehose and CloudWatch Logs are told apart by themselves; - is standard input, "
            + "and so is no FILE at all.",
            "It can be run again: what is stored already is a duplicate. The summary is one JSON object.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var host = invocation.Host;
        var files = InputFiles.Find(invocation.Arguments.Count == 0 ? ["-"] : invocation.Arguments);
        var started = host.Time.GetTimestamp();
        var total = default(Accounting);
        var code = ExitCode.Done;
        using (var bar = new IngestProgress(host, InputFiles.Length(files)))
        await using (var client = await Clients.OpenToWriteAsync(invocation, cancellationToken))
        {
            try
            {
                foreach (var file in files)
                {
                    await using var stream = new WatchedStream(InputFiles.Open(file, host), bar.Read);
                    await client.IngestAsync(stream, part => bar.Committed(total += part), cancellationToken);
                }
            }
            catch (StoreException) when (client is LocalClient)
            {
                // What was committed stays here too; what is wrong follows on stderr.
                bar.Dispose();
                Summarise(invocation, total, host.Time.GetElapsedTime(started));
                throw;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                // What was committed stays, and the summary says how much that is; a server that was sent to says so to nobody any more.
                code = ExitCode.Interrupted;
                if (client is HttpClientClient)
                    await host.Error.WriteLineAsync("crowsnest: interrupted; what the server has committed stays, and sending it again stores nothing twice".AsMemory(), CancellationToken.None);
            }
        }

        Summarise(invocation, total, host.Time.GetElapsedTime(started));
        return code == ExitCode.Done && total.Quarantined > 0 && invocation.Has("--strict") ? ExitCode.Strict : code;
    }
    private static void Summarise(Invocation invocation, Accounting total, TimeSpan elapsed) => RowWriter.WriteOne(
        invocation, invocation.Format(OutputFormat.Json), RowWriter.Object(writer =>
        {
            writer.WriteNumber("received", total.Received);
            writer.WriteNumber("stored", total.Stored);
            writer.WriteNumber("duplicates", total.Duplicates);
            writer.WriteNumber("quarantined", total.Quarantined);
            writer.WriteNumber("idReused", total.IdReused);
            writer.WriteNumber("unknownKinds", total.UnknownKinds);
            writer.WriteNumber("elapsedSeconds", Math.Round(elapsed.TotalSeconds, 3));
            writer.WriteNumber("eventsPerSecond", Math.Round(total.Received / Math.Max(elapsed.TotalSeconds, 0.001)));
        }));
}
