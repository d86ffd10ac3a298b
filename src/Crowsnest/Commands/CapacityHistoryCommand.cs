using System.Globalization;
using Crowsnest.Server.Capacity;

namespace Crowsnest.Commands;

/// <summary>Says how a cluster's capacity was over time.</summary>
internal static class CapacityHistoryCommand
{
    // An hour of a day each, which fits on a screen.
    private const int PointsUnlessTold = 25;

    private static readonly Column[] Columns =
    [
        new("AT", "at"), new("INSTANCES", "instances"), new("CPU RESERVED", "cpuShown"), new("CPU LEFT", "availableCpu"), new("MEMORY RESERVED", "memoryShown"), new("MEMORY LEFT", "memoryLeft"), new("TASKS", "tasks"),
        new("RUNNING", "runningTasks"), new("PENDING", "pendingTasks"), new("NOT PLACED", "placementFailures"),
    ];

    private static readonly Column[] CsvColumns =
    [
        .. ((string[])[
            "at", "isKnown", "silentSeconds", "instances", "instancesTakingTasks", "registeredCpu", "reservedCpu", "remainingCpu", "cpuReservation", "availableCpu", "registeredMemory", "reservedMemory", "remainingMemory",
            "memoryReservation", "availableMemory", "registeredGpus", "reservedGpus", "remainingGpus", "availableGpus", "tasks", "runningTasks", "pendingTasks", "placementFailures",
        ]).Select(name => new Column(name, name)),
    ];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "capacity history",
        Summary = "says how a cluster's capacity was over time",
        Arguments = "CLUSTER [--from T] [--to T] [--points N]",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Options =
        [
            new("--from", "T", "the beginning: 2026-03-02T08:00:00Z, 2026-03-02, now-7d; a day before the end unless given"), new("--to", "T", "the end; now unless given"),
            new("--points", "N", $"how many moments, in equal steps and with both ends ({PointsUnlessTold}, up to {CapacityStretch.PointsMax.ToString(CultureInfo.InvariantCulture)})"),
        ],
        Examples =
        [
            "crowsnest capacity history prod",
            "crowsnest capacity history prod --from now-7d --points 169",
            "crowsnest capacity history prod --from 2026-03-02T03:00:00Z --to 2026-03-02T04:00:00Z --points 61 -o csv > night.csv",
            "crowsnest capacity history prod -o json | jq '.placementFailures[]'",
        ],
        Notes =
        [
            "Each line is what 'crowsnest capacity CLUSTER --at T' says of its moment, out of the events that are stored; LEFT is what remains where new tasks go, and NOT PLACED counts the tasks that ECS could not place since the line before.",
            "Of a time from before the first event of the cluster nothing is known, and such a line has no numbers. silentSeconds (json, csv) says for how long nothing had been heard of the cluster: in a gap of the stream, numbers stand still.",
        ],
        ExitCodes = [(1, "there is no such cluster")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var to = invocation.PastMoment("--to") ?? invocation.Host.Time.GetUtcNow();
        var from = invocation.PastMoment("--from") ?? to - CapacityStretch.Unless;
        if (from >= to) throw new UsageException("--to must be after --from");
        var stretch = new CapacityStretch(CapacityCommand.NameOf(invocation.Arguments[0]), from, to, invocation.Number("--points", PointsUnlessTold, 2, CapacityStretch.PointsMax));
        var format = invocation.Format(OutputFormat.Json);
        await using var client = await Clients.OpenToRememberAsync(invocation, cancellationToken);
        if (await client.CapacityHistoryAsync(stretch, cancellationToken) is not { } history)
            return await CapacityCommand.NoClusterAsync(invocation, stretch.Cluster, cancellationToken);

        var items = history.GetProperty("items").EnumerateArray().ToList();
        if (format == OutputFormat.Json) RowWriter.WriteOne(invocation, format, history);
        else RowWriter.Write(invocation, format, format == OutputFormat.Table ? [.. items.Select(CapacityTable.ShownMoment)] : items, format == OutputFormat.Csv ? CsvColumns : Columns);
        if (history.GetProperty("note").GetString() is { } note) await invocation.Host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(note)}".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }
}
