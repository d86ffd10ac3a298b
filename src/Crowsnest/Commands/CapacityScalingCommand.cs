using System.Text.Json;
using Crowsnest.Server.Capacity;

namespace Crowsnest.Commands;

/// <summary>Says what managed scaling would have done.</summary>
internal static class CapacityScalingCommand
{
    private static readonly Column[] Columns =
    [
        new("PROVIDER", "provider", 36), new("SCALING", "scaling"), new("INSTANCE HOURS", "instanceHours"), new("MINUTES SHORT", "minutesShort"), new("IDLE HOURS", "idleInstanceHours"), new("MOST", "instancesMost"),
        new("SCALED OUT", "scaledOut"), new("SCALED IN", "scaledIn"),
    ];

    private static readonly Column[] CsvColumns =
    [
        .. ((string[])["capacityProviderName", "scaling", "target", "instanceHours", "minutesShort", "idleInstanceHours", "instancesMost", "scaledOut", "scaledIn", "capacityProviderReservation"]).Select(name => new Column(name, name)),
    ];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "capacity scaling",
        Summary = "says what managed scaling with other targets would have done, beside what was and what was needed",
        Arguments = "CLUSTER [--target 80,90,100] [--from T] [--to T]",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Options =
        [
            new("--target", "LIST", $"target capacities of managed scaling, per cent, with commas between ({ScalingWish.TargetsUnlessTold})"),
            new("--from", "T", "the beginning: 2026-03-02T08:00:00Z, 2026-03-02, now-7d; seven days before the end unless given, 31 at most"), new("--to", "T", "the end; now unless given"),
        ],
        Examples =
        [
            "crowsnest capacity scaling prod",
            "crowsnest capacity scaling prod --target 70,100 --from now-1d",
            "crowsnest capacity scaling prod -o json | jq '.items[] | {capacityProviderName, capacityProviderReservation}'",
        ],
        Notes =
        [
            "CapacityProviderReservation is computed as ECS does it: instances with a task that is no daemon's, and what PROVISIONING tasks need more by packing those of each size, of all instances. Services with one task on every instance count as daemons.",
            "A line for what was, where short is a minute in which tasks were PROVISIONING and idle an instance without tasks; one for the least that the tasks needed by their CPU and memory alone; and one for each target: out after a minute above it, in after fifteen below, three minutes until a new instance takes tasks.",
            "The targets are tried on tasks packed as tightly as their amounts allow. Spread over instances they need more, so compare targets with each other before comparing them with what was.",
        ],
        ExitCodes = [(1, "there is no such cluster")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var to = invocation.PastMoment("--to") ?? invocation.Host.Time.GetUtcNow();
        var from = invocation.PastMoment("--from") ?? to - ScalingWish.Unless;
        if (from >= to) throw new UsageException("--to must be after --from");
        if (to - from > ScalingWish.Longest) throw new UsageException($"--from: at most {ScalingWish.Longest.Days} days are looked at");
        var text = invocation.Option("--target") ?? ScalingWish.TargetsUnlessTold;
        var targets = ScalingWish.TargetsOf(text) ?? throw new UsageException($"--target: '{text}' is not up to ten whole numbers from 1 to 100 with commas between");
        var wish = new ScalingWish(CapacityCommand.NameOf(invocation.Arguments[0]), from, to, targets);
        var format = invocation.Format(OutputFormat.Json);
        await using var client = await Clients.OpenToRememberAsync(invocation, cancellationToken);
        if (await client.CapacityScalingAsync(wish, cancellationToken) is not { } scaling)
            return await CapacityCommand.NoClusterAsync(invocation, wish.Cluster, cancellationToken);

        if (format == OutputFormat.Json) RowWriter.WriteOne(invocation, format, scaling);
        else RowWriter.Write(invocation, format, [.. scaling.GetProperty("items").EnumerateArray().SelectMany(Rows)], format == OutputFormat.Csv ? CsvColumns : Columns);
        if (scaling.GetProperty("note").GetString() is { } note) await invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(note)}".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static IEnumerable<JsonElement> Rows(JsonElement provider) =>
    [
        Row(provider, "was", provider.GetProperty("was")), Row(provider, "needed", provider.GetProperty("needed")),
        .. provider.GetProperty("targets").EnumerateArray().Select(target => Row(provider, $"target {target.GetProperty("target").GetInt32()} %", target)),
    ];

    private static JsonElement Row(JsonElement provider, string scaling, JsonElement outcome) => RowWriter.Object(json =>
    {
        var name = provider.GetProperty("capacityProviderName").GetString()!;
        json.WriteString("capacityProviderName", name);
        json.WriteString("provider", name.Length > 0 ? name : "(none)");
        json.WriteString("scaling", scaling);
        foreach (var member in outcome.EnumerateObject()) member.WriteTo(json);
        if (scaling == "was") json.WriteNumber("capacityProviderReservation", provider.GetProperty("capacityProviderReservation").GetDouble());
    });
}
