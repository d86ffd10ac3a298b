using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Core.Events;

namespace Crowsnest.Commands;

/// <summary>Says why a task stopped, or what the events of a file mean.</summary>
internal static class ExplainCommand
{
    private const int TimelineMax = 10_000;

    private static readonly IReadOnlyList<Column> TimelineColumns =
        [new("TIME", "occurredAt"), new("OUTCOME", "outcome"), new("STATUS", "event.detail.lastStatus"), new("KIND", "kind"), new("WHAT", "detailType", 40), new("SUMMARY", "summary")];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "explain",
        Summary = "says why a task stopped, or what the events of a file mean",
        Arguments = "TASK|FILE|-",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Examples = ["crowsnest explain event.json", "crowsnest explain - -o ndjson < events.ndjson", "crowsnest explain 0cf1a2b3c4d5e6f708192a3b4c5d6e7f"],
        Notes =
        [
            "Of a file, one object per event in the file's order; no store is needed. What is not an event goes to stderr with its reason.",
            "Of a task (its id or ARN), why it stopped, then its timeline: its events in the order in which they happened, and of a failed one the last lines that it wrote where resync.log_lines is on. Exit code 1: nothing was found.",
        ],
        ExitCodes = [(1, "nothing was found to explain")],
        Run = RunAsync,
    };

    private static Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var what = invocation.Arguments[0];
        if (what == "-" || Path.Exists(what)) return ExplainFileAsync(invocation, what, cancellationToken);
        if (what.Contains('.', StringComparison.Ordinal)) throw new UsageException($"there is no file '{what}'");
        return ExplainTaskAsync(invocation, what, cancellationToken);
    }

    private static async Task<int> ExplainFileAsync(Invocation invocation, string file, CancellationToken cancellationToken)
    {
        var config = await invocation.LoadConfigAsync(cancellationToken);
        var diagnoser = Composition.Diagnoser(config);
        var format = invocation.Format(OutputFormat.Json);
        var rows = new List<JsonElement>();
        long explained = 0;
        foreach (var input in InputFiles.Find([file]).Files)
        {
            await using var stream = InputFiles.Open(input, invocation.Host);
            var reader = new EventStreamReader(invocation.Host.Time, new EventStreamOptions { Masking = Composition.Masking(config), Live = input == "-" });
            await foreach (var batch in reader.ReadAsync(stream, "file", cancellationToken))
            {
                using (batch)
                {
                    foreach (var item in batch.Items)
                    {
                        if (item is Decoded.Failed failed)
                        {
                            var fault = failed.Fault;
                            await invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(input)}: not an event ({fault.Reason}): {SafeText.Of(fault.Message)}".AsMemory(), cancellationToken);
                            continue;
                        }

                        var ecsEvent = ((Decoded.Ok)item).Event;
                        rows.Add(EventRow.Explain(ecsEvent, diagnoser.Diagnose(ecsEvent)));
                        explained++;
                    }
                }

                // Lines leave as they are made, however long the file; the other forms need all rows.
                if (format != OutputFormat.Ndjson) continue;
                RowWriter.Write(invocation, format, rows, EventRow.ExplainColumns);
                await invocation.Host.Out.FlushAsync(cancellationToken);
                rows.Clear();
            }
        }

        if (format != OutputFormat.Ndjson && explained > 0) RowWriter.Write(invocation, format, rows, EventRow.ExplainColumns);
        return explained > 0 ? ExitCode.Done : ExitCode.No;
    }

    private static async Task<int> ExplainTaskAsync(Invocation invocation, string task, CancellationToken cancellationToken)
    {
        var id = task[(task.LastIndexOf('/') + 1)..];
        if (id.Length == 0 || !id.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'))
            throw new UsageException($"'{task}' is neither a file nor a task; a task is named by its id or ARN");

        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        var events = new List<JsonElement>();
        await foreach (var page in client.PagesAsync($"task:\"{id}\"", null, null, TimelineMax, cancellationToken)) events.AddRange(page.Items);
        if (events.Count == 0)
        {
            await invocation.Host.Error.WriteLineAsync($"crowsnest: nothing is stored about the task {id}".AsMemory(), cancellationToken);
            return ExitCode.No;
        }

        // The store answers newest first; a story is told from its beginning.
        events.Reverse();
        Write(invocation, id, Telling(events), events, await client.LastLinesAsync(id, cancellationToken));
        return ExitCode.Done;
    }

    private static void Write(Invocation invocation, string id, JsonElement telling, List<JsonElement> events, JsonElement? logs)
    {
        var format = invocation.Format(OutputFormat.Json);
        string[] members = ["cluster", "service", "kind", "outcome", "severity", "summary", "evidence", "nextStep"];
        var explanation = RowWriter.Object(writer =>
        {
            writer.WriteString("task", id);
            foreach (var name in members)
            {
                if (!telling.TryGetProperty(name, out var value))
                {
                    if (name == "kind") writer.WriteString(name, "");
                    continue;
                }

                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }

            if (format is OutputFormat.Table or OutputFormat.Csv) return;
            writer.WriteStartArray("timeline");
            foreach (var one in events) one.WriteTo(writer);
            writer.WriteEndArray();
            if (logs is not { } lines) return;
            writer.WritePropertyName("logs");
            lines.WriteTo(writer);
        });
        if (format == OutputFormat.Csv)
        {
            RowWriter.Write(invocation, format, events, EventRow.Columns);
            return;
        }

        RowWriter.WriteOne(invocation, format, explanation);
        if (format != OutputFormat.Table) return;
        invocation.Host.Out.WriteLine();
        RowWriter.Write(invocation, format, events, TimelineColumns);
        if (logs is { } said) WriteLines(invocation.Host.Out, said);
    }

    private static void WriteLines(TextWriter output, JsonElement logs)
    {
        if (logs.GetProperty("problem").GetString() is { } none) output.WriteLine($"\nno last lines: {SafeText.Of(none)}");
        foreach (var container in logs.GetProperty("containers").EnumerateArray())
        {
            output.WriteLine($"\nlast lines of {SafeText.Of(container.GetProperty("container").GetString()!)} ({SafeText.Of(container.GetProperty("group").GetString()!)})"); // Both are always written.
            if (container.GetProperty("problem").GetString() is { } problem) output.WriteLine("  " + SafeText.Of(problem));
            foreach (var line in container.GetProperty("lines").EnumerateArray()) output.WriteLine($"  {line.GetProperty("at").GetString()}  {SafeText.Of(line.GetProperty("text").GetString()!)}");
        }
    }

    // The two to four events of one stop say more and more of it: the last that shows a failure, else the last with a kind, else the last.
    private static JsonElement Telling(List<JsonElement> events)
    {
        var failure = events.FindLastIndex(e => e.TryGetProperty("outcome", out var outcome) && outcome.ValueEquals("failure"));
        if (failure < 0) failure = events.FindLastIndex(e => e.TryGetProperty("kind", out _));
        return failure < 0 ? events[^1] : events[failure];
    }
}
