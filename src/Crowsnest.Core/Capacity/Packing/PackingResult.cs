namespace Crowsnest.Core.Capacity.Packing;

/// <summary>What kind of thing asks for instances.</summary>
public enum BlockKind
{
    /// <summary>An amount: CPU, MEMORY, GPU or ENI.</summary>
    Resource,

    /// <summary>A workload whose tasks must be on distinct instances.</summary>
    Distinct,

    /// <summary>A host port.</summary>
    Port,

    /// <summary>A zone in which a spread workload must have tasks.</summary>
    Zone,

    /// <summary>A task that cannot be moved.</summary>
    Pinned,

    /// <summary>Room for a deployment or a loss.</summary>
    Room,

    /// <summary>A task that would find no other place, on one instance.</summary>
    NoPlace,
}

/// <summary>What keeps instances from going.</summary>
/// <param name="Kind">What kind of thing.</param>
/// <param name="Name">Its name: the amount's, the workload's, the zone's, the port's, or the instance's.</param>
/// <param name="Needs">How many instances it needs at least.</param>
/// <param name="Text">In words.</param>
public sealed record PackingBlock(BlockKind Kind, string Name, int Needs, string Text);

/// <summary>A place that must stay free for a task of a workload: room for a deployment.</summary>
/// <param name="Workload">The workload's place in the problem.</param>
/// <param name="Instance">The instance's place in the problem.</param>
public readonly record struct ReservedPlace(int Workload, int Instance);

/// <summary>How few instances would do, and where everything would be.</summary>
public sealed record PackingResult
{
    /// <summary>The problem.</summary>
    public required PackingProblem Problem { get; init; }

    /// <summary>The instances that stay, by their places in the problem.</summary>
    public required IReadOnlyList<int> Kept { get; init; }

    /// <summary>The instances that can go.</summary>
    public required IReadOnlyList<int> Emptied { get; init; }

    /// <summary>Where each task would be; <see cref="PackingTask.Nowhere"/> for one that finds no place.</summary>
    public required IReadOnlyList<int> Places { get; init; }

    /// <summary>Room for a deployment, where that was asked for.</summary>
    public IReadOnlyList<ReservedPlace> Reserved { get; init; } = [];

    /// <summary>No way to pack keeps fewer: the greatest of several bounds, each of one thing that is needed. The true minimum may be higher.</summary>
    public required int LowerBound { get; init; }

    /// <summary>How many tasks would move.</summary>
    public required int Moves { get; init; }

    /// <summary>Everything has a place, and the room that was asked for is there. Otherwise nothing is emptied, and what is lacking is named.</summary>
    public required bool IsPossible { get; init; }

    /// <summary>What keeps the rest, the most pressing first.</summary>
    public IReadOnlyList<PackingBlock> Blocks { get; init; } = [];
}
