using System.Globalization;
using System.Text.Json;
using Crowsnest.Server.Capacity;
using Crowsnest.Server.Lists;

namespace Crowsnest.Commands;

/// <summary>Says what services need.</summary>
internal static class CapacityAdviceCommand
{
    private const int ClustersMax = 1_000;

    private static readonly string[] Place = ["account", "region", "cluster"];

    // More is in the JSON.
    private const int EvidenceShown = 3;

    private static readonly Column[] CsvColumns =
    [
        .. ((string[])
        [
            "account", "region", "cluster", "kind", "serviceName", "family", "container", "fargate", "tasks", "from.cpu", "from.memory", "to.cpu", "to.memory", "taskFrom.cpu", "taskFrom.memory", "taskTo.cpu", "taskTo.memory", "saving.cpu",
            "saving.memory", "saving.instances", "saving.perMonth", "saving.currency", "reservationsOnly", "evidenceTotal", "text", "formula", "usage", "risk", "whyNotMore",
        ]).Select(path => new Column(path, path)),
    ];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "capacity advice",
        Summary = "says what services need: more memory after an OOM kill, less of what is never used, and what no size helps",
        Arguments = "[CLUSTER] [--at T]",
        ArgumentsMax = 1,
        Options = [new("--at", "T", "as it was at T: 2026-03-02T08:00:00Z, 2026-03-02, now-15m; now unless given")],
        Examples =
        [
            "crowsnest capacity advice",
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
        var cluster = invocation.Arguments.Count > 0 ? CapacityCommand.NameOf(invocation.Arguments[0]) : null;
        var format = invocation.Format(OutputFormat.Json);
        var at = invocation.PastMoment("--at");
        await using var client = at is null ? await Clients.OpenToReadAsync(invocation, cancellationToken) : await Clients.OpenToRememberAsync(invocation, cancellationToken);
        var advice = new List<JsonElement>();
        foreach (var name in cluster is null ? await ClustersAsync(client, at, cancellationToken) : [cluster])
        {
            if (await client.CapacityAdviceAsync(name, at, cancellationToken) is { } ofOne) advice.Add(ofOne);
        }

        if (advice.Count == 0 && cluster is not null)
            return await CapacityCommand.NoClusterAsync(invocation, cluster, cancellationToken);

        switch (format)
        {
            case OutputFormat.Json:
                RowWriter.WriteOne(invocation, format, cluster is null ? All(advice) : advice[0]);
                break;
            case OutputFormat.Table:
                foreach (var sentence in advice.SelectMany(one => Sentences(one, isOneOfSeveral: cluster is null))) await invocation.Host.Out.WriteLineAsync(SafeText.Of(sentence).AsMemory(), cancellationToken);
                break;
            default:
                RowWriter.Write(invocation, format, [.. advice.SelectMany(one => Items(one).Select(item => Placed(item, one)))], CsvColumns);
                break;
        }

        if (advice.Sum(one => one.GetProperty("itemsLeftOut").GetInt32()) is > 0 and var more) await invocation.Host.Error.WriteLineAsync($"crowsnest: and {Number(more)} pieces more".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static async Task<IReadOnlyList<string>> ClustersAsync(ICrowsnestClient client, DateTimeOffset? at, CancellationToken cancellationToken) =>
        await client.CapacityAsync(new CapacityWish(null, CapacityLists.ByUnlessTold, new ListRequest { Limit = ClustersMax }), at, cancellationToken) is { } clusters
            ? [.. clusters.Items.Select(c => $"{Text(c, "account")}:{Text(c, "region")}:{Text(c, "cluster")}")]
            : [];

    private static JsonElement All(List<JsonElement> advice) => RowWriter.Object(json =>
    {
        json.WriteStartArray("items");
        foreach (var one in advice) one.WriteTo(json);
        json.WriteEndArray();
    });

    // A line says whose it is.
    private static JsonElement Placed(JsonElement item, JsonElement advice) => RowWriter.Object(json =>
    {
        foreach (var member in Place) json.WriteString(member, Text(advice, member));
        foreach (var member in item.EnumerateObject()) member.WriteTo(json);
    });

    private static JsonElement.ArrayEnumerator Items(JsonElement advice) => advice.GetProperty("items").EnumerateArray();

    // A paragraph each: what matters of advice is its reasons, and those are sentences.
    private static IEnumerable<string> Sentences(JsonElement advice, bool isOneOfSeveral)
    {
        if (isOneOfSeveral) yield return $"== {string.Join(':', Place.Select(member => Text(advice, member)))}";
        if (!Items(advice).Any()) yield return "There is nothing to advise.";
        foreach (var item in Items(advice))
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
        if (isOneOfSeveral) yield return "";
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
