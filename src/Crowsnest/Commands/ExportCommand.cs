using System.Globalization;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>Writes everything that a query finds, to be kept or read elsewhere.</summary>
internal static class ExportCommand
{
    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "export",
        Summary = "writes all events that a query finds, oldest first, as they are or as CSV",
        Arguments = "[QUERY] [--from T] [--to T] [-o ndjson|csv] [--columns NAMES] [--out FILE]",
        ArgumentsMax = 1,
        Options =
        [
            new("--from", "T", "not before T: 2026-03-02T08:00:00Z, 2026-03-02, now-15m"),
            new("--to", "T", "before T"),
            new("--columns", "NAMES", "CSV's columns with commas between: fields, paths as detail.overrides.cpu, summary, nextStep, event"),
            new("--out", "FILE", "writes this file, which is there only when it is whole"),
        ],
        Examples =
        [
            "crowsnest export --out events.ndjson", "crowsnest export cluster:prod --from 2026-03-01 --to 2026-04-01 | gzip > march.ndjson.gz",
            "crowsnest export outcome:failure -o csv --columns time,cluster,service,stoppedReason,summary --out failures.csv",
        ],
        Notes =
        [
            "NDJSON is the events' own bytes, and 'crowsnest ingest' of it makes the same events again: same bytes, same keys. Masked values stay \"***\". "
            + "An event that was spread over lines still is. An event without a time of its own has, after ingest, the time of that ingest.",
            $"CSV is RFC 4180 with a header row ({ExportColumn.Usual} unless told). What a spreadsheet would run as a formula begins with an apostrophe.",
            "An export that is not whole says so and does not exit with 0.",
        ],
        ExitCodes = [(1, "what was written is not whole: its reader went away, or the disk is full")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var host = invocation.Host;
        var query = invocation.Arguments.Count > 0 ? invocation.Arguments[0] : "";
        var (from, to, columns, file) = (invocation.Moment("--from"), invocation.Moment("--to"), invocation.Option("--columns"), invocation.Option("--out"));
        var isCsv = IsCsv(invocation, columns, file);
        await using var client = await QueryText.OpenAsync(invocation, query, by: null, () => Clients.OpenToReadAsync(invocation, cancellationToken), cancellationToken);
        await using var target = file is null ? null : WholeFile.Create(file);
        await using var output = new CountedStream(target?.Stream ?? host.OpenOutput());
        using (var bar = new ProgressBar(host))
        {
            output.OnWrite = bytes => bar.Show(() => $"{ProgressBar.Bytes(bytes)} written");
            try
            {
                await client.ExportAsync(query, from, to, isCsv, columns, output, cancellationToken);
                await output.FlushAsync(cancellationToken);
                target?.Finish();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                bar.Dispose();
                await host.Error.WriteLineAsync($"crowsnest: interrupted; {(file is null ? "the output is not whole" : $"{SafeText.Of(file)} was not written")}".AsMemory(), CancellationToken.None);
                throw;
            }
            catch (OutputException failure)
            {
                bar.Dispose();
                await host.Error.WriteLineAsync($"crowsnest: cannot write {SafeText.Of(file ?? "standard output")}: {SafeText.Of(failure.Message)} The export is not whole.".AsMemory(), CancellationToken.None);
                return ExitCode.No;
            }
        }

        if (file is not null)
            await host.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"crowsnest: wrote {SafeText.Of(file)}, {output.Written:N0} bytes").AsMemory(), CancellationToken.None);
        return ExitCode.Done;
    }

    private static bool IsCsv(Invocation invocation, string? columns, string? file)
    {
        var isCsv = invocation.Option("-o") switch
        {
            null or "ndjson" => false,
            "csv" => true,
            var other => throw new UsageException($"-o {other}: an export is ndjson or csv"),
        };
        if (!isCsv && columns is not null) throw new UsageException("--columns goes with -o csv; ndjson is whole events");
        if (file is null && invocation.Host.OutIsTerminal)
            throw new UsageException("an export is events' bytes as they are, which a terminal must not be sent: use --out FILE or a pipe, or look with 'crowsnest search'");
        return isCsv;
    }
}
