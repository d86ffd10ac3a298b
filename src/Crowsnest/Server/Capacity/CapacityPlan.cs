using System.Collections.Frozen;
using System.Text.Json;
using Crowsnest.Core.Capacity.Packing;
using Crowsnest.Core.Cluster;
using Crowsnest.Server.Lists;

namespace Crowsnest.Server.Capacity;

/// <summary>How few instances would hold the same tasks, and the steps that lead there, for the API and for a command that has the store itself.</summary>
internal static class CapacityPlan
{
    /// <summary>What an answer holds at most; it says how many steps are left out.</summary>
    private const int StepsMax = 10_000;

    /// <summary>What room is kept unless told.</summary>
    public const string RoomUnlessTold = "deployment,instance";

    private const string NoRoom = "none";

    private static readonly FrozenDictionary<string, Func<PackingRoom, PackingRoom>> Rooms = new Dictionary<string, Func<PackingRoom, PackingRoom>>(StringComparer.Ordinal)
    {
        ["deployment"] = room => room with { ForDeployment = true },
        ["instance"] = room => room with { ForInstanceLoss = true },
        ["zone"] = room => room with { ForZoneLoss = true },
        [NoRoom] = room => room,
    }.ToFrozenDictionary();

    /// <summary>What room may be kept for.</summary>
    public static IEnumerable<string> RoomWords => ["deployment", "instance", "zone", NoRoom];

    /// <summary>What must still be possible; <see langword="null"/> when a word is none of <see cref="RoomWords"/>, or <c>none</c> stands beside others.</summary>
    public static PackingRoom? RoomOf(string text)
    {
        var words = text.Split(',', StringSplitOptions.TrimEntries);
        return Array.TrueForAll(words, Rooms.ContainsKey) && (words.Length == 1 || !words.Contains(NoRoom)) ? words.Aggregate(new PackingRoom(), (room, word) => Rooms[word](room)) : null;
    }

    /// <summary>Plans, and writes the members of the answer. It takes as long as it takes: seconds for thousands of instances.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="room">What must still be possible.</param>
    /// <param name="whatIf">What would be otherwise (<see cref="WhatIfText"/>), or empty.</param>
    /// <param name="withPacking">What is on each instance that stays is said too.</param>
    /// <exception cref="ProblemException">What would be otherwise cannot be.</exception>
    public static Action<Utf8JsonWriter> Of(ClusterView cluster, PackingRoom room, string whatIf = "", bool withPacking = false)
    {
        var result = Packer.Pack(WhatIfText.Apply(whatIf, cluster, ClusterPacking.ProblemOf(cluster, room: room)));
        var plan = MovePlan.To(result);
        return json =>
        {
            Write(json, cluster, result, plan);
            if (withPacking) WritePacking(json, cluster, result, plan);
        };
    }

    private static void WritePacking(Utf8JsonWriter json, ClusterView cluster, PackingResult result, MovePlan plan)
    {
        int[] places = [.. result.Places];
        foreach (var task in plan.Unordered) places[task] = result.Problem.Tasks[task].Instance;
        json.WriteStartObject("packing");
        PackingJson.Write(json, cluster, result.Problem, places, result.Emptied.Except(plan.NotReleased).ToHashSet());
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ClusterView cluster, PackingResult result, MovePlan plan)
    {
        var problem = result.Problem;
        ListJson.Where(json, cluster.Name);
        json.WriteBoolean("isPossible", result.IsPossible);
        json.WriteNumber("instances", problem.Instances.Count(i => !i.IsPlanned));
        json.WriteNumber("tasks", problem.Tasks.Count);
        json.WriteNumber("kept", result.Kept.Count + plan.NotReleased.Count);
        json.WriteNumber("leastKept", result.LowerBound);
        json.WriteNumber("moves", result.Moves - plan.Unordered.Count);
        var machines = PackingJson.Machines(cluster);
        json.WriteStartArray("added");
        foreach (var same in result.Kept.Select(at => problem.Instances[at]).Where(i => i.IsPlanned).GroupBy(i => (i.Type, i.Zone)))
        {
            json.WriteStartObject();
            json.WriteString("instanceType", same.Key.Type);
            ListJson.Text(json, "availabilityZone", same.Key.Zone);
            json.WriteNumber("instances", same.Count());
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("released");
        foreach (var at in result.Emptied.Except(plan.NotReleased).Where(at => !problem.Instances[at].IsPlanned))
        {
            json.WriteStartObject();
            Instance(json, problem.Instances[at], machines);
            ListJson.Text(json, "instanceType", problem.Instances[at].Type);
            ListJson.Text(json, "availabilityZone", problem.Instances[at].Zone);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("blocks");
        foreach (var block in result.Blocks)
        {
            json.WriteStartObject();
            json.WriteString("kind", JsonNamingPolicy.CamelCase.ConvertName(block.Kind.ToString()));
            json.WriteString("name", block.Name);
            json.WriteNumber("needs", block.Needs);
            json.WriteString("text", block.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("notOrdered");
        foreach (var why in plan.Blocks) json.WriteStringValue(why);
        json.WriteEndArray();
        json.WriteStartArray("steps");
        foreach (var step in plan.Steps.Take(StepsMax)) Write(json, step, problem, machines);
        json.WriteEndArray();
        json.WriteNumber("stepsLeftOut", Math.Max(0, plan.Steps.Count - StepsMax));
    }

    private static void Write(Utf8JsonWriter json, MoveStep step, PackingProblem problem, Dictionary<string, string?> machines)
    {
        json.WriteStartObject();
        json.WriteString("action", JsonNamingPolicy.CamelCase.ConvertName(step.Kind.ToString()));
        if (step.Task >= 0)
        {
            json.WriteString("taskId", problem.Tasks[step.Task].Id);
            json.WriteString("group", problem.Workloads[problem.Tasks[step.Task].Workload].Name);
        }

        Instance(json, problem.Instances[step.Instance], machines);
        json.WriteEndObject();
    }

    private static void Instance(Utf8JsonWriter json, PackingInstance instance, Dictionary<string, string?> machines)
    {
        json.WriteString("instance", instance.Id);
        ListJson.Text(json, "ec2InstanceId", machines.GetValueOrDefault(instance.Id));
    }
}
