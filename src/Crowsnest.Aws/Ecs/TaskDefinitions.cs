using System.Text.Json;
using Crowsnest.Core.Resync;

namespace Crowsnest.Aws.Ecs;

/// <summary>The task definitions of one account and region, each described when it is needed: a revision never changes, only its tags may.</summary>
/// <remarks>For any number of threads. Bounded: when full it forgets everything, and what is needed again is described again.</remarks>
/// <param name="time">The clock.</param>
public sealed class TaskDefinitions(TimeProvider time)
{
    // Some kilobytes of ECS's answer are a few hundred bytes of it here.
    private const int Max = 5_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _askedAt = new(StringComparer.Ordinal);

    /// <summary>Whether the tags were not asked for within the time that they hold.</summary>
    public bool IsTimeForTags(string arn)
    {
        lock (_gate) return !_askedAt.TryGetValue(arn, out var at) || time.GetElapsedTime(at) >= Reconciler.TagsHoldFor;
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
        lock (_gate)
        {
            if (_askedAt.Count >= Max) _askedAt.Clear();
            _askedAt[arn] = time.GetTimestamp();
        }

        return answer;
    }
}
