using Crowsnest.Core.Events;

namespace Crowsnest.Core.Cluster;

/// <summary>A part of a task's life.</summary>
/// <param name="Name"><c>provisioning</c>, <c>pulling</c>, <c>starting</c>, <c>running</c>, <c>stopping</c> or <c>deprovisioning</c>.</param>
/// <param name="From">When it began.</param>
/// <param name="To">When it ended; not said while it goes on, or when nobody heard of its end.</param>
public readonly record struct TaskPhase(string Name, EventTime From, EventTime To)
{
    /// <summary>How long it took; <see langword="null"/> while it goes on.</summary>
    public TimeSpan? Duration => To.HasValue ? TimeSpan.FromMilliseconds(Math.Max(0, To.UnixMilliseconds - From.UnixMilliseconds)) : null;

    /// <summary>
    /// The phases that a task has had, in their order, by the moments that ECS keeps of it: created, pull begun and ended, started, told to stop, containers ended,
    /// stopped (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html). One that is missing leaves its time to the phase before.
    /// </summary>
    public static IReadOnlyList<TaskPhase> Of(TaskState task)
    {
        ArgumentNullException.ThrowIfNull(task);
        var d = task.Detail;
        ReadOnlySpan<(string Name, EventTime At)> begins =
        [
            ("provisioning", d.CreatedAt), ("pulling", d.PullStartedAt), ("starting", d.PullStoppedAt), ("running", d.StartedAt), ("stopping", d.StoppingAt),
            ("deprovisioning", d.ExecutionStoppedAt),
        ];
        var phases = new List<TaskPhase>(begins.Length);
        foreach (var (name, at) in begins)
        {
            if (!at.HasValue) continue;
            if (phases.Count > 0) phases[^1] = phases[^1] with { To = at };
            phases.Add(new TaskPhase(name, at, default));
        }

        if (phases.Count > 0 && d.StoppedAt.HasValue) phases[^1] = phases[^1] with { To = d.StoppedAt };
        return phases;
    }
}
