using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Crowsnest.Simulator;

/// <summary>The truth of a stream: a line for each of its lines, and the last state of every resource in it, in the formats of <c>ecs-stream-gen</c>.</summary>
/// <param name="keepsStates">Without, no resource is remembered: a stream of any length takes no memory.</param>
public sealed class TruthRecord(bool keepsStates = true)
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, ResourceTruth> _states = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _kinds = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _classes = new(StringComparer.Ordinal);
    private long _bytes;
    private long _duplicates;
    private long _late;
    private long _odd;
    private long _seeds;

    /// <summary>How many lines were taken in.</summary>
    public long Lines { get; private set; }

    /// <summary>How many of them are failures, repeats included.</summary>
    public long Failures { get; private set; }

    /// <summary>The highest version that was delivered of each task and instance, by ARN.</summary>
    public IReadOnlyDictionary<string, ResourceTruth> States => _states;

    /// <summary>Takes the next line in; when <paramref name="truthLine"/> is there, writes its truth and an end of line.</summary>
    public void Take(in DeliveredLine line, IBufferWriter<byte>? truthLine)
    {
        var truth = line.Truth;
        if (truthLine is not null) Write(line, truthLine);
        Lines++;
        _bytes += line.Json.Length + 1;
        if (truth.IsFailure) Failures++;
        if (line.DuplicateOf is not null) _duplicates++;
        if (line.Late > 0) _late++;
        if (truth.IsOdd) _odd++;
        if (truth.IsSeed) _seeds++;
        Count(_kinds, truth.Kind);
        if (truth.Class is { } cls) Count(_classes, cls);
        if (!keepsStates || truth.State is not { } state) return;
        if (!_states.TryGetValue(state.Arn, out var known) || state.Version >= known.Version) _states[state.Arn] = state;
    }

    /// <summary>Writes the last states and the sums.</summary>
    public void WriteState(Stream output)
    {
        using var json = new Utf8JsonWriter(output, Plain with { Indented = true });
        json.WriteStartObject();
        json.WriteStartObject("tasks"u8);
        foreach (var task in _states.Values.OfType<TaskTruth>().OrderBy(t => t.Arn, StringComparer.Ordinal))
        {
            json.WriteStartObject(task.Arn);
            json.WriteString("lastStatus"u8, task.LastStatus);
            json.WriteString("desiredStatus"u8, task.DesiredStatus);
            json.WriteNumber("version"u8, task.Version);
            json.WriteString("cluster"u8, task.Cluster);
            json.WriteString("group"u8, task.Group);
            json.WriteString("stopCode"u8, task.StopCode);
            json.WriteString("stoppedReason"u8, task.StoppedReason);
            json.WriteString("class"u8, task.Class);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("instances"u8);
        foreach (var instance in _states.Values.OfType<InstanceTruth>().OrderBy(i => i.Arn, StringComparer.Ordinal))
        {
            json.WriteStartObject(instance.Arn);
            json.WriteString("status"u8, instance.Status);
            json.WriteBoolean("agentConnected"u8, instance.AgentConnected);
            json.WriteNumber("version"u8, instance.Version);
            json.WriteString("ec2InstanceId"u8, instance.Ec2InstanceId);
            json.WriteNumber("remainingCpu"u8, instance.RemainingCpu);
            json.WriteNumber("remainingMemory"u8, instance.RemainingMemory);
            json.WriteNumber("runningTasks"u8, instance.RunningTasks);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteStartObject("totals"u8);
        json.WriteNumber("lines"u8, Lines);
        json.WriteNumber("bytes"u8, _bytes);
        json.WriteNumber("duplicates"u8, _duplicates);
        json.WriteNumber("late"u8, _late);
        json.WriteNumber("odd"u8, _odd);
        json.WriteNumber("seed_alerts"u8, _seeds);
        json.WriteNumber("failures"u8, Failures);
        WriteCounts(json, "kind"u8, _kinds);
        WriteCounts(json, "class"u8, _classes);
        json.WriteNumber("tasks_seen"u8, _states.Values.Count(s => s is TaskTruth));
        json.WriteNumber("instances_seen"u8, _states.Values.Count(s => s is InstanceTruth));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Write(in DeliveredLine line, IBufferWriter<byte> output)
    {
        var truth = line.Truth;
        using (var json = new Utf8JsonWriter(output, Plain))
        {
            json.WriteStartObject();
            json.WriteNumber("n"u8, Lines);
            json.WriteString("id"u8, truth.Id);
            json.WriteString("kind"u8, truth.Kind);
            json.WriteBoolean("seed"u8, truth.IsSeed);
            json.WriteString("class"u8, truth.Class);
            json.WriteBoolean("fail"u8, truth.IsFailure);
            json.WriteString("key"u8, truth.Resource);
            if (truth.Version is { } version) json.WriteNumber("ver"u8, version);
            else json.WriteNull("ver"u8);
            json.WriteString("dup"u8, line.DuplicateOf);
            json.WriteNumber("late"u8, line.Late);
            json.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void Count(SortedDictionary<string, long> counts, string of) => counts[of] = counts.GetValueOrDefault(of) + 1;

    private static void WriteCounts(Utf8JsonWriter json, ReadOnlySpan<byte> name, SortedDictionary<string, long> counts)
    {
        json.WriteStartObject(name);
        foreach (var (of, count) in counts) json.WriteNumber(of, count);
        json.WriteEndObject();
    }
}
