using System.Globalization;
using System.Text.Json;

namespace Crowsnest.Commands;

/// <summary>Capacity for people, in the layout that kube-capacity made known: a line for all of it first, then a line each, and amounts with their share in per cent.</summary>
/// <param name="Name">The member that names a line.</param>
/// <param name="Columns">What a table shows.</param>
/// <param name="CsvColumns">What CSV has: plain numbers.</param>
internal sealed record CapacityTable(string Name, IReadOnlyList<Column> Columns, IReadOnlyList<Column> CsvColumns)
{
    private static readonly Column[] Amounts =
        [new("CPU RESERVED", "cpuShown"), new("CPU LEFT", "remainingCpu"), new("MEMORY RESERVED", "memoryShown"), new("MEMORY LEFT", "memoryLeft"), new("GPUS", "gpusShown")];

    private static readonly string[] AmountPaths =
    [
        "registeredCpu", "reservedCpu", "remainingCpu", "cpuReservation", "registeredMemory", "reservedMemory", "remainingMemory", "memoryReservation", "registeredGpus", "reservedGpus",
        "remainingGpus", "reservedPorts", "remainingPorts", "reservedNetworkInterfaces", "tasks",
    ];

    private static readonly string[] SumPaths =
        ["instances", "instancesTakingTasks", "instancesNotKnown", .. AmountPaths, "availableCpu", "availableMemory", "availableGpus", "fargateTasks", "fargateCpu", "fargateMemory"];

    private static readonly Column[] Fargate = [new("FARGATE CPU", "fargateCpu"), new("FARGATE MEMORY", "fargateMemoryShown")];

    private static readonly Dictionary<string, CapacityTable> Tables = new()
    {
        ["cluster"] = new(
            "cluster",
            [
                new("CLUSTER", "cluster", 32), new("ACCOUNT", "account"), new("REGION", "region"), new("INSTANCES", "instances"), new("TASKS", "tasks"), .. Amounts, new("LARGEST MEMORY", "largestShown"), .. Fargate,
                new("NOT PLACED", "placementFailures"),
            ],
            Csv(["cluster", "account", "region", .. SumPaths, "largestByCpu.cpu", "largestByMemory.memory", "placementFailures"])),
        ["instance"] = new(
            "instance", [new("INSTANCE", "instance", 36), new("ZONE", "availabilityZone"), new("STATE", "stateShown"), new("TASKS", "tasks"), .. Amounts, new("PORTS", "reservedPorts"), new("TYPE", "instanceType")],
            Csv(["instance", "ec2InstanceId", "availabilityZone", "capacityProviderName", "instanceType", "status", "agentConnected", "takesTasks", .. AmountPaths])),
        ["zone"] = new("availabilityZone", [new("ZONE", "availabilityZone"), new("INSTANCES", "instances"), new("TASKS", "tasks"), .. Amounts, .. Fargate], Csv(["availabilityZone", .. SumPaths])),
        ["provider"] = new("capacityProviderName", [new("PROVIDER", "capacityProviderName", 36), new("INSTANCES", "instances"), new("TASKS", "tasks"), .. Amounts, .. Fargate], Csv(["capacityProviderName", .. SumPaths])),
        ["service"] = new(
            "serviceName",
            [
                new("SERVICE", "serviceName", 36), new("TASKS", "tasks"), new("CPU A TASK", "task.cpu"), new("MEMORY A TASK", "taskMemoryShown"), new("CPU RESERVED", "cpuShown"), new("MEMORY RESERVED", "memoryShown"),
                new("MORE FIT", "fits"), new("STOPPED BY", "stoppedShown"), new("NOT PLACED", "placementFailure"),
            ],
            Csv(
                [
                    "serviceName", "tasks", "task.cpu", "task.memory", "task.gpus", "task.ports", "task.udpPorts", "task.networkInterface", "task.launchType", "task.capacityProviderName", "reservedCpu", "reservedMemory",
                    "fargateTasks", "fargateCpu", "fargateMemory", "fits", "fitsInOnePiece", "stoppedBy", "stoppedOn", "instances", "placementFailure",
                ])),
    };

    /// <summary>The table of such lines.</summary>
    public static CapacityTable Of(string by) => Tables[by];

    /// <summary>The line of all of it.</summary>
    public JsonElement Total(CapacityAnswer answer) => RowWriter.Object(json =>
    {
        json.WriteString(Name, "*");
        if (Name is "cluster" or "serviceName")
        {
            // Reservations and whatever else is no amount cannot be added up.
            var sums = (Name == "cluster" ? SumPaths : ["reservedCpu", "reservedMemory", "tasks", "fargateTasks", "fargateCpu", "fargateMemory"]).Append("placementFailures").Where(path => !path.EndsWith("Reservation", StringComparison.Ordinal))
                .Where(path => answer.Items[0].TryGetProperty(path, out _)).ToDictionary(path => path, path => answer.Items.Sum(row => Number(row, path) ?? 0));
            foreach (var (path, sum) in sums) json.WriteNumber(path, sum);
            if (Name != "cluster") return;
            WriteShare(json, "cpuReservation", sums["reservedCpu"], sums["registeredCpu"]);
            WriteShare(json, "memoryReservation", sums["reservedMemory"], sums["registeredMemory"]);
            return;
        }

        foreach (var member in answer.Body.GetProperty("total").EnumerateObject()) member.WriteTo(json);
    });

    /// <summary>A line as a table shows it.</summary>
    public JsonElement Shown(JsonElement row, CapacityAnswer answer) => RowWriter.Object(json =>
    {
        foreach (var member in row.EnumerateObject())
        {
            if (member.Name == Name && member.Value.ValueEquals("")) json.WriteString(Name, Name == "serviceName" ? "(no service)" : "(not said)");
            else member.WriteTo(json);
        }

        var (cpu, memory) = Name == "serviceName" ? (ShareOf(row, answer, "Cpu"), ShareOf(row, answer, "Memory")) : (Real(row, "cpuReservation"), Real(row, "memoryReservation"));
        WriteReserved(json, row, cpu, memory);
        Text(json, "memoryLeft", Number(row, "remainingMemory") is { } left ? Memory(left) : null);
        Text(json, "gpusShown", Number(row, "registeredGpus") is > 0 and var gpus ? $"{Plain(Number(row, "reservedGpus") ?? 0)}/{Plain(gpus)}" : null);
        Text(json, "fargateMemoryShown", Number(row, "fargateMemory") is { } fargate ? Memory(fargate) : null);
        Text(json, "largestShown", row.TryGetProperty("largestByMemory", out var largest) ? Memory(Number(largest, "memory") ?? 0) : null);
        Text(json, "stateShown", State(row));
        if (!row.TryGetProperty("task", out var task)) return;
        Text(json, "taskMemoryShown", Number(task, "memory") is { } each ? Memory(each) : null);
        Text(json, "stoppedShown", Stopped(row));
    });

    /// <summary>A moment as a table shows it.</summary>
    public static JsonElement ShownMoment(JsonElement moment) => RowWriter.Object(json =>
    {
        foreach (var member in moment.EnumerateObject()) member.WriteTo(json);
        WriteReserved(json, moment, Real(moment, "cpuReservation"), Real(moment, "memoryReservation"));
        Text(json, "memoryLeft", Number(moment, "availableMemory") is { } left ? Memory(left) : null);
    });

    private static void WriteReserved(Utf8JsonWriter json, JsonElement row, double? cpu, double? memory)
    {
        Text(json, "cpuShown", Number(row, "reservedCpu") is { } reserved ? Plain(reserved) + Share(cpu) : null);
        Text(json, "memoryShown", Number(row, "reservedMemory") is { } mib ? Memory(mib) + Share(memory) : null);
    }

    /// <summary>What a cluster's table does not hold.</summary>
    public static IEnumerable<string> Sentences(CapacityAnswer answer)
    {
        if (!answer.Body.TryGetProperty("total", out var total)) yield break;
        if (answer.Items.Count == 0) yield return "No container instance or task of it is known.";
        if (answer.Body.TryGetProperty("largestByMemory", out var memory) && answer.Body.TryGetProperty("largestByCpu", out var cpu))
            yield return $"The largest task that still fits: {Size(memory)}{(Text(memory, "instance") == Text(cpu, "instance") ? "" : $"; or {Size(cpu)}")}.";
        if (Number(total, "instancesNotKnown") is > 0 and var unknown) yield return $"{Plain(unknown)} of the instances have not said what they have, and are in no sum.";
        if (!answer.Body.TryGetProperty("placementFailures", out var failures)) yield break;
        foreach (var failure in failures.EnumerateArray())
        {
            yield return $"{Text(failure, "serviceName")} could not place a task at {Text(failure, "at")} ({Text(failure, "code")}):";
            foreach (var member in (string[])["reason", "has", "wouldFit", "nextStep"])
            {
                if (Text(failure, member) is { Length: > 0 } words) yield return "  " + words;
            }
        }
    }

    private static Column[] Csv(IEnumerable<string> paths) => [.. paths.Select(path => new Column(path, path))];

    private static string Size(JsonElement largest) => $"{Plain(Number(largest, "cpu") ?? 0)} CPU units with {Plain(Number(largest, "memory") ?? 0)} MiB on {Text(largest, "instance")}";

    // Of what instances have, as long as the service is on instances.
    private static double? ShareOf(JsonElement row, CapacityAnswer answer, string name) =>
        Number(row, "fargateTasks") == 0 && Number(answer.Body.GetProperty("total"), "registered" + name) is > 0 and var all && Number(row, "reserved" + name) is { } reserved ? 100.0 * reserved / all : null;

    private static string? State(JsonElement row) => Text(row, "takesTasks") switch
    {
        "agentDisconnected" => "agent away",
        "notKnown" => "not known",
        "" => null,
        _ => Text(row, "status"),
    };

    private static string? Stopped(JsonElement row) => Text(row, "stoppedBy") switch
    {
        "" => Number(row, "fargateTasks") > 0 ? "(Fargate)" : null,
        "instances" => "no instance takes it",
        var by => $"{by} on {Plain(Number(row, "stoppedOn") ?? 0)} of {Plain(Number(row, "instances") ?? 0)}",
    };

    private static void WriteShare(Utf8JsonWriter json, string name, long reserved, long registered)
    {
        if (registered > 0) json.WriteNumber(name, Math.Round(100.0 * reserved / registered, 1));
    }

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null) json.WriteString(name, text);
    }

    private static string Share(double? percent) => percent is { } share ? string.Create(CultureInfo.InvariantCulture, $" ({share:0}%)") : "";

    private static string Memory(long mib) => Plain(mib) + "Mi";

    private static string Plain(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(JsonElement row, string name) => row.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() ?? "" : "";

    private static long? Number(JsonElement row, string name) => row.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out var whole) ? whole : null;

    private static double? Real(JsonElement row, string name) => row.TryGetProperty(name, out var number) && number.ValueKind == JsonValueKind.Number ? number.GetDouble() : null;
}
