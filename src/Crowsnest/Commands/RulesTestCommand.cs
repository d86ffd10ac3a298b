using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;
using Crowsnest.Rehearsal;
using Crowsnest.Server;
using Crowsnest.Sqlite;

namespace Crowsnest.Commands;

/// <summary>Says what a configuration's rules would have told over events that are stored or in files.</summary>
internal static class RulesTestCommand
{
    private static readonly IReadOnlyList<Column> Columns =
    [
        new("AT", "at"), new("TO", "receiver"), new("STATE", "state"), new("RULE", "labels.alertname"), new("SEVERITY", "labels.severity"), new("CLUSTER", "labels.cluster"),
        new("SERVICE", "labels.service"), new("COUNT", "count"), new("SUMMARY", "summary"),
    ];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "rules test",
        Summary = "says what a configuration's rules would have told, when and to whom, over stored history or over files",
        Arguments = "FILE [--from T] [--to T] [--events FILE] [--expect FILE]",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Options =
        [
            new("--from", "T", "not before T: 2026-03-02T08:00:00Z, 2026-03-02, now-7d"),
            new("--to", "T", "before T"),
            new("--events", "FILE", "events of a file or folder, in any form that ingest takes, in place of what is stored"),
            new("--expect", "FILE", "the messages that there must be, as YAML: exit code 1 when others are missing or too many"),
        ],
        Examples =
        [
            "crowsnest rules test new.yaml --from now-7d", "crowsnest rules test crowsnest.yaml --events incident.ndjson --expect incident.expected.yaml",
            "crowsnest rules test new.yaml --from now-1d -o ndjson",
        ],
        Notes =
        [
            "Nothing is sent and nothing is stored. Events are gone through in the order of their times, to five seconds; secrets that FILE names are not read.",
            "--expect: a list of {receiver, state: firing|resolved, count} and labels, each for an incident in a message: '- {receiver: ops, alertname: task-failed, service: api}'. "
            + "What is left out may be anything; every message needs one.",
        ],
        ExitCodes = [(1, "with --expect: what was told is not what was expected")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var (host, format, file) = (invocation.Host, invocation.Format(OutputFormat.Json), invocation.Arguments[0]);
        if (invocation.Option("--events") is not null && (invocation.Has("--from") || invocation.Has("--to")))
            throw new UsageException("--from and --to are of what is stored; of --events all are gone through");
        var text = await ReadAsync(file, cancellationToken);
        var config = ConfigFile.ParseWithoutSecrets(file, text);
        var expected = invocation.Option("--expect") is { } named ? ExpectedMessage.Parse(named, await ReadAsync(named, cancellationToken)) : (IReadOnlyList<ExpectedMessage>?)null;
        var result = await RehearseAsync(invocation, config, text, cancellationToken);
        if (expected is null)
        {
            if (format == OutputFormat.Json) RowWriter.WriteOne(invocation, format, JsonSerializer.SerializeToElement(result, ApiJson.Default.Rehearsed));
            else RowWriter.Write(invocation, format, [.. result.Told.Select(item => JsonSerializer.SerializeToElement(item, ApiJson.Default.RehearsedItem))], Columns);
            await host.Error.WriteLineAsync($"crowsnest: {result.InWords}{(result.More > 0 ? FormattableString.Invariant($"; {result.More:N0} more are not listed") : "")}".AsMemory(), cancellationToken);
            return ExitCode.Done;
        }

        var (missing, unexpected) = Expectations.Compare(expected, result.Told);
        foreach (var one in missing) await host.Out.WriteLineAsync($"missing: {SafeText.Of(one.ToString())} (line {one.Line})".AsMemory(), cancellationToken);
        foreach (var one in unexpected) await host.Out.WriteLineAsync($"not expected: {SafeText.Of(InWords(one))}".AsMemory(), cancellationToken);
        var isAsExpected = missing.Count + unexpected.Count + result.More == 0;
        await host.Error.WriteLineAsync($"crowsnest: {result.InWords}; {(isAsExpected ? "all as expected" : "not as expected")}".AsMemory(), cancellationToken);
        return isAsExpected ? ExitCode.Done : ExitCode.No;
    }

    private static string InWords(RehearsedItem item) => FormattableString.Invariant(
        $"{{receiver: {item.Receiver}{(item.State == "firing" ? "" : ", state: " + item.State)}, count: {item.Count}, {string.Join(", ", item.Labels.Select(l => $"{l.Key}: {l.Value}"))}}} at {item.At:yyyy-MM-dd HH:mm:ss}: {item.Summary}");

    private static async Task<Rehearsed> RehearseAsync(Invocation invocation, CrowsnestConfig config, string text, CancellationToken cancellationToken)
    {
        using var bar = new ProgressBar(invocation.Host);
        void Show(long events) => bar.Show(() => FormattableString.Invariant($"{events:N0} events"));
        if (invocation.Option("--events") is { } events) return await OverFilesAsync(invocation, config, events, Show, cancellationToken);
        var (from, to) = (invocation.Moment("--from"), invocation.Moment("--to"));
        var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        await using (client)
        {
            return client is LocalClient local
                ? await RuleRehearsal.RunAsync(config, StoredStream.PagesAsync(local.Store.Events, from, to, search => search().AsTask(), cancellationToken), Show, cancellationToken)
                : await ((HttpClientClient)client).RehearseAsync(text, from, to, cancellationToken);
        }
    }

    // Whatever order they are in, they are stored by their times first.
    private static async Task<Rehearsed> OverFilesAsync(Invocation invocation, CrowsnestConfig config, string named, Action<long> show, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("crowsnest-rehearsal-");
        try
        {
            await using var store = SqliteStore.Open(new SqliteStoreOptions { Folder = folder.FullName, SyncEachCommit = false }, invocation.Host.Time);
            await using var pipeline = new IngestPipeline(store, Composition.Diagnoser(config), new Core.Rules.RuleSet([], []), invocation.Host.Time);
            foreach (var file in InputFiles.Find([named]).Files)
            {
                await using var stream = InputFiles.Open(file, invocation.Host);
                var reader = new Core.Events.EventStreamReader(invocation.Host.Time, new Core.Events.EventStreamOptions { Masking = Composition.Masking(config) });
                await new StreamIngest(pipeline, invocation.Host.Time) { IsTold = false }.RunAsync(reader.ReadAsync(stream, "file", cancellationToken), null, cancellationToken);
            }

            var pages = StoredStream.PagesAsync(store.Events, null, null, search => search().AsTask(), cancellationToken);
            return await RuleRehearsal.RunAsync(config, pages, show, cancellationToken);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task<string> ReadAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllTextAsync(file, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{SafeText.Of(file)} cannot be read: {failure.Message}", failure);
        }
    }
}
