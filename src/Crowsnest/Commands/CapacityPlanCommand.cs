using System.Globalization;
using System.Text.Json;
using Crowsnest.Server.Capacity;

namespace Crowsnest.Commands;

/// <summary>Says how few instances would hold the same tasks.</summary>
internal static class CapacityPlanCommand
{
    private static readonly Column[] Columns = [new("STEP", "step"), new("ACTION", "action"), new("TASK", "taskId", 36), new("OF", "group", 36), new("INSTANCE", "instance", 36), new("MACHINE", "ec2InstanceId")];

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "capacity plan",
        Summary = "says how few instances would hold the same tasks, and the steps that lead there",
        Arguments = "CLUSTER [--room deployment,instance,zone] [--if WISHES]",
        ArgumentsMin = 1,
        ArgumentsMax = 1,
        Options =
        [
            new("--room", "WHAT", "what must still be possible afterwards: a rolling deployment of the largest service, the loss of any one instance, of any one zone, or none ('deployment,instance')"),
            new("--if", "WISHES", $"what would be otherwise, several with commas between: {WhatIfText.Forms}"),
            new("--at", "T", "as it was at T: 2026-03-02T08:00:00Z, 2026-03-02, now-15m; now unless given"),
        ],
        Examples =
        [
            "crowsnest capacity plan prod",
            "crowsnest capacity plan prod --room deployment,instance,zone",
            "crowsnest capacity plan prod --room none -o csv",
            "crowsnest capacity plan prod --if type:m6i.2xlarge",
            "crowsnest capacity plan prod --if drain:i-0f1e2d3c4b5a69788,count:checkout=12",
            "crowsnest capacity plan prod -o json | jq '.released[].ec2InstanceId'",
        ],
        Notes =
        [
            "Nothing is changed: this is advice. A task starts at its new place before it stops at its old one, and at no step does a service have fewer tasks than its minimum.",
            "Events carry no placement constraint and no strategy, so what shows is taken for meant: tasks that are all on instances of their own stay so, even zones stay even, a service with a task on every instance is a daemon.",
            "CSV and NDJSON are the steps alone.",
        ],
        ExitCodes = [(1, "there is no such cluster")],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var cluster = CapacityCommand.NameOf(invocation.Arguments[0]);
        var room = invocation.Option("--room") ?? CapacityPlan.RoomUnlessTold;
        if (CapacityPlan.RoomOf(room) is null) throw new UsageException($"--room: '{room}' is not one or several of {string.Join(", ", CapacityPlan.RoomWords)}");
        var whatIf = invocation.Option("--if") ?? "";
        var format = invocation.Format(OutputFormat.Json);
        var at = invocation.PastMoment("--at");
        await using var client = at is null ? await Clients.OpenToReadAsync(invocation, cancellationToken) : await Clients.OpenToRememberAsync(invocation, cancellationToken);
        if (await client.CapacityPlanAsync(cluster, room, whatIf, at, cancellationToken) is not { } plan)
            return await CapacityCommand.NoClusterAsync(invocation, cluster, cancellationToken);

        if (format == OutputFormat.Json)
        {
            RowWriter.WriteOne(invocation, format, plan);
            return ExitCode.Done;
        }

        if (format == OutputFormat.Table)
        {
            foreach (var sentence in Sentences(plan)) await invocation.Host.Out.WriteLineAsync(SafeText.Of(sentence).AsMemory(), cancellationToken);
        }

        var steps = plan.GetProperty("steps").EnumerateArray().Select(Numbered).ToList();
        if (steps.Count > 0 || format != OutputFormat.Table) RowWriter.Write(invocation, format, steps, Columns);
        if (plan.GetProperty("stepsLeftOut").GetInt32() is > 0 and var more) await invocation.Host.Error.WriteLineAsync($"crowsnest: and {Number(more)} steps more".AsMemory(), cancellationToken);
        return ExitCode.Done;
    }

    private static IEnumerable<string> Sentences(JsonElement plan)
    {
        var (instances, kept, least) = (Int(plan, "instances"), Int(plan, "kept"), Int(plan, "leastKept"));
        if (!plan.GetProperty("isPossible").GetBoolean()) yield return "As it is, the room that is asked for is not there, so that nothing can go:";
        else if (Added(plan) is { Length: > 0 } added) yield return $"{Number(kept)} instances would hold the {Number(Int(plan, "tasks"))} tasks, {added} among them; {Count(plan.GetProperty("released").GetArrayLength(), "instance")} of the {Number(instances)} that are there could go. Fewer than {Number(least)} cannot do.";
        else if (kept == instances) yield return $"All {Number(instances)} instances are needed for the {Number(Int(plan, "tasks"))} tasks.";
        else yield return $"{Number(kept)} of {Number(instances)} instances would hold the same {Number(Int(plan, "tasks"))} tasks; {Moves(Int(plan, "moves"))}, and {Count(instances - kept, "instance")} could go. Fewer than {Number(least)} cannot do.";
        foreach (var block in plan.GetProperty("blocks").EnumerateArray()) yield return $"  {block.GetProperty("text").GetString()}";
        foreach (var why in plan.GetProperty("notOrdered").EnumerateArray()) yield return $"  {why.GetString()}";
    }

    private static string Added(JsonElement plan) => string.Join(" and ", plan.GetProperty("added").EnumerateArray().Select(of =>
        $"{Number(Int(of, "instances"))} new {of.GetProperty("instanceType").GetString()}{(of.TryGetProperty("availabilityZone", out var zone) ? " in " + zone.GetString() : "")}"));

    private static JsonElement Numbered(JsonElement step, int at) => RowWriter.Object(json =>
    {
        json.WriteNumber("step", at + 1);
        foreach (var member in step.EnumerateObject()) member.WriteTo(json);
    });

    private static string Moves(int moves) => moves == 0 ? "none would move" : $"{Number(moves)} of them would move";

    private static string Count(int count, string what) => $"{Number(count)} {what}{(count == 1 ? "" : "s")}";

    private static int Int(JsonElement plan, string name) => plan.GetProperty(name).GetInt32();

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
