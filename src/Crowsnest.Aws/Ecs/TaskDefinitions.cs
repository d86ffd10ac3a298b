using System.Text.Json;
using Crowsnest.Core.Resync;

namespace Crowsnest.Aws.Ecs;

/// <summary>Where a container of a task definition writes its log, by the driver <c>awslogs</c>.</summary>
/// <param name="Container">The container's name.</param>
/// <param name="Group">The log group.</param>
/// <param name="Region">The group's region, or <see langword="null"/>: the task's.</param>
/// <param name="Prefix">What the stream's name begins with, or <see langword="null"/>: then Docker names it by the container's id, which nobody tells us.</param>
public sealed record ContainerLog(string Container, string Group, string? Region, string? Prefix)
{
    /// <summary>The stream of a task's container: <c>PREFIX/CONTAINER/TASK</c>.</summary>
    public string? StreamOf(string taskId) => Prefix is null ? null : $"{Prefix}/{Container}/{taskId}";
}

/// <summary>The task definitions of one account and region, each described when it is needed: a revision never changes, only its tags may.</summary>
/// <remarks>For any number of threads. Bounded: when full it forgets everything, and what is needed again is described again.</remarks>
/// <param name="time">The clock.</param>
public sealed class TaskDefinitions(TimeProvider time)
{
    // Some kilobytes of ECS's answer are a few hundred bytes of it here.
    private const int Max = 5_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Known> _known = new(StringComparer.Ordinal);

    /// <summary>Whether the tags were not asked for within the time that they hold.</summary>
    public bool IsTimeForTags(string arn)
    {
        lock (_gate) return !_known.TryGetValue(arn, out var known) || time.GetElapsedTime(known.AskedAt) >= Reconciler.TagsHoldFor;
    }

    /// <summary>Describes one; <see langword="null"/> when ECS does not have it.</summary>
    /// <param name="ecs">Whom to ask.</param>
    /// <param name="arn">Its ARN, with a revision.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<JsonElement?> AskAsync(EcsClient ecs, string arn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ecs);
        var answer = await ecs.TaskDefinitionAsync(arn, cancellationToken).ConfigureAwait(false);
        var known = new Known(time.GetTimestamp(), answer is not null ? [.. LogsOf(answer)] : null);
        lock (_gate)
        {
            if (_known.Count >= Max) _known.Clear();
            _known[arn] = known;
        }

        return answer;
    }

    /// <summary>Where its containers log by <c>awslogs</c>, from memory where it was described before; <see langword="null"/> when ECS does not have it.</summary>
    /// <param name="ecs">Whom to ask.</param>
    /// <param name="arn">Its ARN.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="AwsException">It did not succeed.</exception>
    public async Task<IReadOnlyList<ContainerLog>?> LogsOfAsync(Func<Task<EcsClient>> ecs, string arn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ecs);
        lock (_gate)
        {
            if (_known.TryGetValue(arn, out var known) && known.Logs is not null) return known.Logs;
        }

        using var client = await ecs().ConfigureAwait(false);
        return await AskAsync(client, arn, cancellationToken).ConfigureAwait(false) is { } answer ? [.. LogsOf(answer)] : null;
    }

    /// <summary>Where its containers log by <c>awslogs</c>.</summary>
    /// <param name="answer">ECS's whole answer (<see cref="EcsClient.TaskDefinitionAsync"/>).</param>
    public static IEnumerable<ContainerLog> LogsOf(JsonElement? answer)
    {
        if (answer is not { } json || Member(json, "taskDefinition") is not { } definition || !definition.TryGetProperty("containerDefinitions", out var containers) || containers.ValueKind != JsonValueKind.Array) yield break;
        foreach (var container in containers.EnumerateArray())
        {
            if (Text(container, "name") is not { } name || Member(container, "logConfiguration") is not { } log || Text(log, "logDriver") != "awslogs" || Member(log, "options") is not { } options) continue;
            if (Text(options, "awslogs-group") is { } group) yield return new ContainerLog(name, group, Text(options, "awslogs-region"), Text(options, "awslogs-stream-prefix"));
        }
    }

    private static JsonElement? Member(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Object ? value : null;

    private static string? Text(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.GetString() is { Length: > 0 } text ? text : null;

    private sealed record Known(long AskedAt, IReadOnlyList<ContainerLog>? Logs);
}
