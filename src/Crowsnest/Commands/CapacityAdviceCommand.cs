using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Commands;

/// <summary>Says what services need.</summary>
internal static class CapacityAdviceCommand
{
    // More is in the JSON.
    private const int EvidenceShown = 3;

    private static readonly Column[] CsvColumns =
    [
        .. ((string[])
        [
            "kind", "serviceName", "family", "container", "fargate", "tasks", "from.cpu", "from.memory", "to.cpu", "to.memory", "taskFrom.cpu", "taskFrom.memory", "taskTo.cpu", "taskTo.memory", "saving.cpu",
            "saving.memory", "saving.instances", "saving.perMonth", "saving.currency", "reservationsOnly", "evidenceTotal", "text", "formula", "usage", "risk", "whyNotMore",
        ]).Select(path => new Column(path, path)),
    ];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "capacity advice",
        Summary = "says what services need: more memory after an OOM kill, less of what is never used, and what no size helps",
        Arguments = "CLUSTER [--at T]",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Options = [new("--at", "T", "as it was at T: 2026-03-02T08:00:00Z, 2026-03-02, now-15m; now unless given")],
        Examples =
        [
            "crowsnest capacity advice prod",
            "crowsnest capacity advice prod --at 2026-03-02",
            "crowsnest capacity advice prod -o csv > advice.csv",
            "crowsnest capacity advice prod -o json | jq '.items[] | select(.kind == \"raiseMemory\")'",
        ],
        Notes =
        [
            "Nothing is changed: this is advice. It is made from the events of the last two weeks, and is the same from day to day as long as what it rests on is: what was needed once stands for a week more.",
            "Without a source of usage it rests on reservations and on how tasks stopped, and says so; then nothing is advised to be lowered.",
            "Saved CPU is in units (1024 a vCPU) and memory in MiB, over all tasks that the service wants; below zero it costs that. On Fargate only sizes are advised that Fargate has.",
        ],
        ExitCodes = [(1, "there is no such cluster")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var cluster = CapacityCommand.NameOf(invocation.Arguments[0]);
        var format = invocation.Format(OutputFormat.Json);
        var at = invocation.PastMoment("--at");
        await using var client = at is null ? await Clients.OpenToReadAsync(invocation, cancellationToken) : await Clients.OpenToRememberAsync(invocation, cancellationToken);
        if (await client.CapacityAdviceAsync(cluster, at, cancellationToken) is not { } advice)
        {
            await invocation.Host.Error.WriteLineAsync($"crowsnest: there is no cluster {SafeText.Of(cluster)}; 'crowsnest get clusters' lists them".AsMemory(), cancellationToken);
            return ExitCode.No;
        }

        List<JsonElement> items = [.. advice.GetProperty("items").EnumerateArray()];
        switch (format)
        {
            case OutputFormat.Json:
                RowWriter.WriteOne(invocation, format, advice);
                break;
            case OutputFormat.Table:
                foreach (var sentence in Sentences(advice, items)) await invocation.Host.Out.WriteLineAsync(SafeText.Of(sentence).AsMemory(), cancellationToken);
                break;
            default:
                RowWriter.Write(invocation, format, items, CsvColumns);
                break;
        }

        if (advice.GetProperty("itemsLeftOut").GetInt32() is > 0 and var more) await invocation.Host.Error.WriteLineAsync($"crowsnest: and {Number(more)} pieces more".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    // A paragraph each: what matters of advice is its reasons, and those are sentences.
    private static IEnumerable<string> Sentences(JsonElement advice, List<JsonElement> items)
    {
        if (items.Count == 0) yield return "There is nothing to advise.";
        foreach (var item in items)
        {
            yield return Text(item, "text");
            yield return $"  formula    {Text(item, "formula")}";
            var saving = Saving(item.GetProperty("saving"));
            if (saving.Length > 0) yield return $"  {saving}";
            foreach (var one in item.GetProperty("evidence").EnumerateArray().Take(EvidenceShown)) yield return $"  evidence   {Text(one, "at")} task {Text(one, "taskId")}: {Text(one, "text")}";
            if (item.GetProperty("evidenceTotal").GetInt32() - EvidenceShown is > 0 and var more) yield return $"             and {Number(more)} more";
            yield return $"  usage      {(Text(item, "usage") is { Length: > 0 } usage ? usage : "not known: it rests on reservations only")}";
            yield return $"  risk       {Text(item, "risk")}";
            yield return $"  not more   {Text(item, "whyNotMore")}";
            yield return "";
        }

        foreach (var note in advice.GetProperty("notes").EnumerateArray()) yield return note.GetString() ?? "";
    }

    private static string Saving(JsonElement saving)
    {
        var (cpu, memory) = (saving.GetProperty("cpu").GetInt64(), saving.GetProperty("memory").GetInt64());
        if (cpu == 0 && memory == 0) return "";
        var parts = new List<string>();
        var costs = cpu < 0 || memory < 0;
        if (cpu != 0) parts.Add($"{Number(costs ? -cpu : cpu)} CPU units");
        if (memory != 0) parts.Add($"{Number(costs ? -memory : memory)} MiB");
        if (saving.TryGetProperty("instances", out var instances)) parts.Add(instances.GetInt64() is not 0 and var count ? $"{Number(costs ? -count : count)} instances" : "no instance");
        if (saving.TryGetProperty("perMonth", out var money)) parts.Add(string.Create(CultureInfo.InvariantCulture, $"{(costs ? -money.GetDecimal() : money.GetDecimal()):N2} {Text(saving, "currency")} a month"));
        return $"{(costs ? "costs" : "saves")}      {string.Join(", ", parts)}";
    }

    private static string Text(JsonElement row, string name) => row.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
