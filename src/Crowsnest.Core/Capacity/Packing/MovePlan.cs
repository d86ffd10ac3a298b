namespace Crowsnest.Core.Capacity.Packing;

/// <summary>What a step does.</summary>
public enum MoveKind
{
    /// <summary>An instance that was only planned is there from now on.</summary>
    Add,

    /// <summary>A task starts on an instance; of one that runs elsewhere this is another, which takes its place.</summary>
    Start,

    /// <summary>A task stops on an instance.</summary>
    Stop,

    /// <summary>Nothing runs on the instance any more but what goes with it: it can go.</summary>
    Release,
}

/// <summary>One step.</summary>
/// <param name="Kind">What it does.</param>
/// <param name="Task">The task's place in the problem, or -1.</param>
/// <param name="Instance">The instance's place in the problem.</param>
public readonly record struct MoveStep(MoveKind Kind, int Task, int Instance);

/// <summary>The way from where everything is to where it would be, step by step.</summary>
/// <remarks>
/// At every step everything fits on its instance, no two tasks meet that must not, no service has fewer tasks running than its minimum nor more than its
/// maximum. Spreading by zone, and room for a deployment or a loss, hold again when the plan is carried out whole. A task starts at its new place before it stops
/// at its old one wherever its service's maximum allows it. Whoever carries the plan out lets ECS start the tasks: by draining, and by placement constraints.
/// </remarks>
public sealed record MovePlan
{
    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<MoveStep> Steps { get; init; }

    /// <summary>Tasks that no order was found for: they stay where they are.</summary>
    public IReadOnlyList<int> Unordered { get; init; } = [];

    /// <summary>Instances that therefore stay, though they should have gone.</summary>
    public IReadOnlyList<int> NotReleased { get; init; } = [];

    /// <summary>Why, by name.</summary>
    public IReadOnlyList<string> Blocks { get; init; } = [];

    /// <summary>Orders the moves that lead to a result.</summary>
    public static MovePlan To(PackingResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var plan = new MovePlanner(result, releasesLate: false).Plan();
        if (plan.Unordered.Count == 0) return plan;

        // Instances that go, as long as they are there, are room for detours.
        var late = new MovePlanner(result, releasesLate: true).Plan();
        return late.Unordered.Count < plan.Unordered.Count ? late : plan;
    }
}
