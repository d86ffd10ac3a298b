using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>Incidents: see how they stand, and do with them what the page does.</summary>
internal static class IncidentsCommand
{
    private static readonly IReadOnlyList<Column> Columns =
    [
        new("ID", "id"), new("STATE", "state"), new("SEVERITY", "severity"), new("CLUSTER", "labels.cluster", 24), new("SERVICE", "labels.service", 24), new("KIND", "labels.kind"),
        new("FIRST", "firstAt"), new("LAST", "lastAt"), new("COUNT", "count"), new("BY", "acknowledgedBy", 16), new("SUMMARY", "summary"),
    ];

    private static readonly OptionSpec By = new("--by", "NAME", "who says so; the user's own name unless given. A server names the token instead");

    /// <summary>The list.</summary>
    public static readonly CommandSpec List = new()
    {
        Name = "incidents list",
        Summary = "lists incidents, the latest first",
        Arguments = "[--state STATE] [--limit N]",
        Options = [new("--state", "STATE", $"only those: {string.Join(", ", IncidentsEndpoints.States)}"), new("--limit", "N", "at most N (100)")],
        Examples = ["crowsnest incidents list --state open", "crowsnest incidents list -o json | jq '.[] | select(.labels.cluster == \"prod\")'"],
        Run = ListAsync,
    };

    /// <summary>One.</summary>
    public static readonly CommandSpec Show = new()
    {
        Name = "incidents show",
        Summary = "shows one with its evidence and all that became of it: messages, whether they arrived, and what people did",
        Arguments = "ID",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Examples = ["crowsnest incidents show 3f2a9c1b7d504e68", "crowsnest incidents show 3f2a9c1b7d504e68 -o json | jq '.steps[] | select(.kind == \"told\")'"],
        ExitCodes = [(1, "there is none with this id")],
        Run = ShowAsync,
    };

    /// <summary>Somebody has seen it.</summary>
    public static readonly CommandSpec Acknowledge = Verb("ack", IncidentVerb.Acknowledge, "says that somebody has seen them: nobody is told of them again until they are resolved");

    /// <summary>It is over.</summary>
    public static readonly CommandSpec Resolve = Verb("resolve", IncidentVerb.Resolve, "says that they are over; whoever was told of them is told that");

    /// <summary>It goes on.</summary>
    public static readonly CommandSpec Reopen = Verb("reopen", IncidentVerb.Reopen, "says that they go on after all; they are told anew");

    /// <summary>Somebody sees to it.</summary>
    public static readonly CommandSpec Assign = new()
    {
        Name = "incidents assign",
        Summary = "says who sees to one; '-' says that nobody does any more",
        Arguments = "ID NAME",
        ArgumentsMin = 2,
        ArgumentsMax = 2,
        Options = [By],
        Examples = ["crowsnest incidents assign 3f2a9c1b7d504e68 bob"],
        ExitCodes = [(1, "there is none with this id")],
        Run = (invocation, cancellationToken) =>
            ActAsync(invocation, [invocation.Arguments[0]], IncidentVerb.Assign, new IncidentWish(Who(invocation), Assignee: invocation.Arguments[1] == "-" ? "" : invocation.Arguments[1]), cancellationToken),
    };

    /// <summary>Something to be said.</summary>
    public static readonly CommandSpec Comment = new()
    {
        Name = "incidents comment",
        Summary = "says something of one, for everybody who looks at it",
        Arguments = "ID TEXT...",
        ArgumentsMin = 2,
        ArgumentsMax = 1000,
        Options = [By],
        Examples = ["crowsnest incidents comment 3f2a9c1b7d504e68 the new image is at fault"],
        ExitCodes = [(1, "there is none with this id")],
        Run = (invocation, cancellationToken) =>
            ActAsync(invocation, [invocation.Arguments[0]], IncidentVerb.Comment, new IncidentWish(Who(invocation), string.Join(' ', invocation.Arguments.Skip(1))), cancellationToken),
    };

    private static CommandSpec Verb(string name, IncidentVerb verb, string summary) => new()
    {
        Name = "incidents " + name,
        Summary = summary,
        Arguments = "ID... [--comment TEXT]",
        ArgumentsMin = 1,
        ArgumentsMax = 1000,
        Options = [new("--comment", "TEXT", "why, for everybody who looks at it"), By],
        Examples = [$"crowsnest incidents {name} 3f2a9c1b7d504e68 --comment 'rolled back'"],
        ExitCodes = [(1, "one of them is not there, or it cannot be done with it as it stands")],
        Run = (invocation, cancellationToken) => ActAsync(invocation, invocation.Arguments, verb, new IncidentWish(Who(invocation), invocation.Option("--comment")), cancellationToken),
    };

    private static async Task<int> ListAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var limit = invocation.Number("--limit", 100, 1, 1000);
        var state = invocation.Option("--state");
        if (state is not null && !IncidentsEndpoints.States.Contains(state)) throw new UsageException($"--state is one of {string.Join(", ", IncidentsEndpoints.States)}");
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        var page = await client.IncidentsAsync(state, limit, cancellationToken);
        RowWriter.Write(invocation, invocation.Format(OutputFormat.Json), page.Items, Columns);
        if (page.Next is not null) await invocation.Host.Error.WriteLineAsync($"crowsnest: there are more; --limit {Math.Min(limit * 10, 1000).ToString(CultureInfo.InvariantCulture)} shows more of them".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static async Task<int> ShowAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var format = invocation.Format(OutputFormat.Json);
        await using var client = await Clients.OpenToReadAsync(invocation, cancellationToken);
        if (await client.IncidentAsync(invocation.Arguments[0], cancellationToken) is not { } found)
        {
            await invocation.Host.Error.WriteLineAsync($"crowsnest: there is no incident {SafeText.Of(invocation.Arguments[0])}; 'crowsnest incidents list' shows them".AsMemory(), cancellationToken);
            return ExitCode.No;
        }

        if (format == OutputFormat.Table) await WriteAsync(invocation.Host.Out, found);
        else RowWriter.WriteOne(invocation, format, found);
        return ExitCode.Done;
    }

    private static async Task<int> ActAsync(Invocation invocation, IReadOnlyList<string> ids, IncidentVerb verb, IncidentWish wish, CancellationToken cancellationToken)
    {
        await using var client = await Clients.OpenToWriteAsync(invocation, cancellationToken);
        var code = ExitCode.Done;
        foreach (var id in ids)
        {
            if (await client.ActAsync(id, verb, wish, cancellationToken) is not { } refusal) continue;
            await invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(id)}: {SafeText.Of(refusal)}".AsMemory(), cancellationToken);
            code = ExitCode.No;
        }

        // Without a server nobody else would tell what came of it.
        if (code == ExitCode.Done && verb is IncidentVerb.Resolve or IncidentVerb.Reopen) await client.TellAsync(cancellationToken);
        return code;
    }

    private static string Who(Invocation invocation) =>
        invocation.Option("--by") ?? invocation.Host.Environment("USER") ?? invocation.Host.Environment("USERNAME") ?? "somebody";

    private static async Task WriteAsync(TextWriter output, JsonElement found)
    {
        var incident = found.GetProperty("incident");
        await output.WriteLineAsync($"{Text(incident, "id")}  {Text(incident, "state")}  {Text(incident, "severity")}");
        await output.WriteLineAsync($"  {Text(incident, "summary")}");
        await output.WriteLineAsync($"  labels    {string.Join(' ', incident.GetProperty("labels").EnumerateObject().Select(label => $"{SafeText.Of(label.Name)}={SafeText.Of(label.Value.GetString() ?? "")}"))}");
        await output.WriteLineAsync($"  when      {Moment(incident, "firstAt")} to {Moment(incident, "lastAt")}, {Count(incident)}");
        foreach (var (name, member) in ((string, string)[])[("next", "nextStep"), ("resolved", "resolution"), ("seen by", "acknowledgedBy"), ("for", "assignee"), ("untold", "untold"), ("muted", "muted")])
        {
            if (Text(incident, member) is { Length: > 0 } said) await output.WriteLineAsync($"  {name,-9} {said}");
        }

        foreach (var fact in found.GetProperty("evidence").EnumerateArray()) await output.WriteLineAsync($"  evidence  {SafeText.Of(fact.GetString() ?? "")}");
        await output.WriteLineAsync($"  about     {string.Join(", ", incident.GetProperty("resources").EnumerateArray().Select(one => SafeText.Of(one.GetString() ?? "")))}");
        foreach (var step in found.GetProperty("steps").EnumerateArray())
        {
            var by = Text(step, "by") is { Length: > 0 } who ? $" by {who}" : "";
            await output.WriteLineAsync($"{Moment(step, "at")}  {Text(step, "kind")}{by}  {Text(step, "text")}".TrimEnd());
            foreach (var delivery in step.GetProperty("deliveries").EnumerateArray())
                await output.WriteLineAsync($"    {Text(delivery, "integration")}: {Text(delivery, "state")} {Moment(delivery, "at")} {Text(delivery, "lastError")}".TrimEnd());
        }
    }

    private static string Count(JsonElement incident) =>
        incident.GetProperty("count").GetInt64() is var count && count == 1 ? "1 failure" : count.ToString(CultureInfo.InvariantCulture) + " failures";

    // To the second, for people.
    private static string Moment(JsonElement of, string member) => of.GetProperty(member).GetDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Text(JsonElement of, string member) => SafeText.Of(of.GetProperty(member).GetString() ?? "");
}
