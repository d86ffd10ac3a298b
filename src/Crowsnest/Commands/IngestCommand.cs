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
        Arguments = "[FILE|FOLDER|-...] [--format auto] [--store sqlite|URL] [--strict] [--no-notify]",
        ArgumentsMax = 10_000,
        Options =
        [
            new("--format", "FORMAT", "auto: what it is told apart by is in the bytes themselves", "auto"),
            new("--store", "STORE", "sqlite, or the URL of OpenSearch or Elasticsearch (store in the configuration)"),
            new("--strict", null, "exit code 3 when something had to be quarantined"),
            new("--no-notify", null, "tell nobody of what is brought in, now or later"),
        ],
        Examples = ["crowsnest ingest events.ndjson", "crowsnest ingest archive/ more.json.gz", "aws s3 cp s3://bucket/events.gz - | crowsnest ingest --strict -"],
        Notes =
        [
            "Lines, arrays, one event, gzip and the wrappers of SQS, SNS, Lambda, Firehose and CloudWatch Logs are told apart by themselves; - is standard input, "
            + "and so is no FILE at all. What a pipe gives slowly is stored as it comes.",
            "Of a FOLDER the files are read that may hold events: JSON, lines of 'TIMESTAMP {json}', or gzip of either, by their first bytes; hidden ones are not. What was left out, and what came of each "
            + "file, is said on stderr.",
            "It can be run again: what is stored already is a duplicate. The summary is one JSON object.",
            "Failures are told at the end, once; what happened longer ago than outbox.max_age (2h) is recorded and not told. While 'up' has the folder, it does the telling, and "
            + "incidentsOpened and notifications are null.",
        ],
        ExitCodes = [(3, "with --strict: something had to be quarantined")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var host = invocation.Host;
        var input = InputFiles.Find(invocation.Arguments.Count == 0 ? ["-"] : invocation.Arguments);
        var lines = new FileLines(host, input);
        var started = host.Time.GetTimestamp();
        var total = default(Accounting);
        var code = ExitCode.Done;
        Told? told = null;
        using (var bar = new IngestProgress(host, input.Length()))
        await using (var client = await Clients.OpenToWriteAsync(invocation, cancellationToken))
        {
            try
            {
                foreach (var file in input.Files)
                {
                    var before = total;
                    await using var stream = new WatchedStream(InputFiles.Open(file, host), bar.Read);
                    await client.IngestAsync(stream, !invocation.Has("--no-notify"), part => bar.Committed(total += part), cancellationToken);
                    lines.Add(file, before, total);
                }

                told = await client.TellAsync(cancellationToken);
            }
            catch (StoreException) when (client is LocalClient)
            {
                // What was committed stays here too; what is wrong follows on stderr.
                bar.Dispose();
                Summarise(invocation, total, told, host.Time.GetElapsedTime(started));
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

        await lines.WriteAsync();
        if (told is not null) await SayAsync(host, told, total);
        Summarise(invocation, total, told, host.Time.GetElapsedTime(started));
        return code == ExitCode.Done && total.Quarantined > 0 && invocation.Has("--strict") ? ExitCode.Strict : code;
    }

    // What the numbers do not say: why somebody was not told.
    private static async Task SayAsync(CommandHost host, Told told, Accounting total)
    {
        if (told.Untold.TooOld > 0) await host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(told.Untold.InWords)}".AsMemory(), CancellationToken.None);
        if (told.Sent is not { } sent)
        {
            if (total.Stored > 0)
                await host.Error.WriteLineAsync("crowsnest: the server does the telling, in its own time: what it opens and sends is not counted here (its /api/v1/notifications shows it)".AsMemory(), CancellationToken.None);
            return;
        }

        if (sent.Failed + sent.Waiting == 0) return;
        var later = sent.Waiting > 0 ? $"; {sent.Waiting} will be tried again by the next ingest, or by 'crowsnest up'" : "";
        var given = sent.Failed > 0 ? $"; {sent.Failed} will not be tried again" : "";
        await host.Error.WriteLineAsync($"crowsnest: not delivered: {SafeText.Of(sent.LastError)}{later}{given}".AsMemory(), CancellationToken.None);
    }

    private static void Summarise(Invocation invocation, Accounting total, Told? told, TimeSpan elapsed) => RowWriter.WriteOne(
        invocation, invocation.Format(OutputFormat.Json), RowWriter.Object(writer =>
        {
            writer.WriteNumber("received", total.Received);
            writer.WriteNumber("stored", total.Stored);
            writer.WriteNumber("duplicates", total.Duplicates);
            writer.WriteNumber("quarantined", total.Quarantined);
            writer.WriteNumber("idReused", total.IdReused);
            writer.WriteNumber("unknownKinds", total.UnknownKinds);
            RowWriter.WriteKnown(writer, "incidentsOpened", told?.Opened);
            RowWriter.WriteKnown(writer, "notifications", told?.Sent?.Sent);
            writer.WriteNumber("elapsedSeconds", Math.Round(elapsed.TotalSeconds, 3));
            writer.WriteNumber("eventsPerSecond", Math.Round(total.Received / Math.Max(elapsed.TotalSeconds, 0.001)));
        }));
}
