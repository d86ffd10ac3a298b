using System.Globalization;
using Crowsnest.Server.Silences;

namespace Crowsnest.Commands;

/// <summary>Silences: nobody is told of what they hide, until they end.</summary>
internal static class SilencesCommand
{
    private static readonly IReadOnlyList<Column> Columns =
    [
        new("ID", "id"), new("STATE", "state"), new("STARTS", "startsAt"), new("ENDS", "endsAt"), new("BY", "createdBy", 16), new("MATCHERS", "matchers"), new("COMMENT", "comment"),
    ];

    private static readonly IReadOnlyList<Column> Hidden =
    [
        new("ID", "id"), new("STATE", "state"), new("SEVERITY", "severity"), new("CLUSTER", "labels.cluster", 24), new("SERVICE", "labels.service", 24), new("KIND", "labels.kind"),
        new("LAST", "lastAt"), new("SUMMARY", "summary"),
    ];

    /// <summary>The list.</summary>
    public static readonly CommandSpec List = new()
    {
        Name = "silences list",
        Summary = "lists silences: active, pending, then those that ended within five days",
        Arguments = "[--state STATE]",
        Options = [new("--state", "STATE", "only those; open: pending or active", [.. SilenceDesk.States])],
        Examples = ["crowsnest silences list --state open", "crowsnest silences list --state open -o json | jq -r '.[].id'"],
        Run = ListAsync,
    };

    /// <summary>A new one, or another end.</summary>
    public static readonly CommandSpec Add = new()
    {
        Name = "silences add",
        Summary = "tells nobody of incidents with such labels until a time, and prints the silence's id",
        Arguments = "MATCHER... --comment TEXT [--for TIME | --until T] [--from T] [--by NAME] [--id ID]",
        ArgumentsMin = 1,
        ArgumentsMax = 32,
        Options =
        [
            new("--comment", "TEXT", "why"), new("--for", "TIME", "how long: 30m, 2h, 1d12h (2h)"), new("--until", "T", "until when, in place of --for"), new("--from", "T", "from when on; now unless given"),
            new("--by", "NAME", "who; the user's own name unless given. A server names the token instead"), new("--id", "ID", "change this one instead of adding one"),
        ],
        Examples =
        [
            "crowsnest silences add cluster=prod service=api --for 2h --comment 'deploying 2.4'",
            "crowsnest silences add 'kind=~\"Image.*\"' --until 2026-03-02T18:00:00Z --comment 'the registry moves'",
        ],
        Notes =
        [
            "Matchers are Alertmanager's: name=value, !=, =~, !~; all of them must hold. Labels are those of incidents: cluster, service, kind, severity, tag_team, …",
            "What is hidden is not lost: what still goes on when the silence ends is told then, with a note.",
        ],
        ExitCodes = [(1, "it cannot be made: there are too many, or there is none with the id")],
        Run = AddAsync,
    };

    /// <summary>What one would hide.</summary>
    public static readonly CommandSpec Preview = new()
    {
        Name = "silences preview",
        Summary = "shows which incidents a silence would hide now, and counts those of the last seven days",
        Arguments = "MATCHER...",
        ArgumentsMin = 1,
        ArgumentsMax = 32,
        Examples = ["crowsnest silences preview cluster=prod 'service=~\"api|web\"'"],
        Run = PreviewAsync,
    };

    /// <summary>The end of one.</summary>
    public static readonly CommandSpec Expire = new()
    {
        Name = "silences expire",
        Summary = "ends silences now; what still goes on is told within its group's interval",
        Arguments = "ID...",
        ArgumentsMin = 1,
        ArgumentsMax = 1000,
        Examples = ["crowsnest silences expire 6f2c2b1e-3f57-81f0-b558-0242ac120002"],
        ExitCodes = [(1, "one of them is not there, or has ended already")],
        Run = ExpireAsync,
    };

    private static async Task<int> ListAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), (await client.SilencesAsync(invocation.Option("--state"), cancellationToken)).Items, Columns);
        return ExitCode.Done;
    }

    private static async Task<int> AddAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Option("--comment") is not { Length: > 0 } comment) throw new UsageException("--comment is missing: why is it silenced?");
        if (invocation.Has("--for") && invocation.Has("--until")) throw new UsageException("give --for or --until, not both");
        var (from, until) = (invocation.Moment("--from"), invocation.Moment("--until"));
        var by = invocation.Option("--by") ?? invocation.Host.Environment("USER") ?? invocation.Host.Environment("USERNAME") ?? "somebody";
        var body = new SilenceBody(invocation.Arguments, invocation.Option("--id"), Text(from), Text(until), until is null ? invocation.Option("--for") ?? "2h" : null, by, comment);
        await using var client = await Clients.OpenToWriteAsync(invocation, cancellationToken);
        var (silence, refusal) = await client.SilenceAsync(body, cancellationToken);
        if (silence is not { } made)
        {
            await invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(refusal)}".AsMemory(), cancellationToken);
            return ExitCode.No;
        }

        // A script wants the id and nothing else; whoever asks for a form has it.
        if (invocation.Option("-o") is null) await invocation.Host.Out.WriteLineAsync(SafeText.Of(made.GetProperty("id").GetString() ?? "").AsMemory(), cancellationToken);
        else RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), [made], Columns);
        return ExitCode.Done;
    }

    private static async Task<int> PreviewAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var format = invocation.Format(OutputFormat.Json);
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        var found = await client.PreviewSilenceAsync(new SilenceBody(invocation.Arguments), cancellationToken);
        if (format is OutputFormat.Json or OutputFormat.Ndjson)
        {
            RowWriter.WriteOne(invocation, format, found);
            return ExitCode.Done;
        }

        RowWriter.Write(invocation, format, [.. found.GetProperty("firing").EnumerateArray()], Hidden);
        var (now, week) = (found.GetProperty("firingCount").GetInt64(), found.GetProperty("lastWeek").GetInt64());
        var atLeast = found.GetProperty("isCut").GetBoolean() ? "at least " : "";
        await invocation.Host.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"crowsnest: it would hide {atLeast}{now} that {(now == 1 ? "fires" : "fire")} now; {atLeast}{week} in the last seven days").AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static async Task<int> ExpireAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        await using var client = await Clients.OpenToWriteAsync(invocation, cancellationToken);
        var code = ExitCode.Done;
        foreach (var id in invocation.Arguments)
        {
            if (await client.ExpireSilenceAsync(id, cancellationToken) is not { } refusal) continue;
            await invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(id)}: {SafeText.Of(refusal)}".AsMemory(), cancellationToken);
            code = ExitCode.No;
        }

        return code;
    }

    private static string? Text(DateTimeOffset? moment) => moment?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
