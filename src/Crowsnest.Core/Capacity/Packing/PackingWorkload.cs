namespace Crowsnest.Core.Capacity.Packing;

/// <summary>Tasks that are alike: those of a service, or of a group that no service has.</summary>
/// <remarks>How many there are is counted from <see cref="PackingProblem.Tasks"/>.</remarks>
public sealed record PackingWorkload
{
    /// <summary>ECS's default of <c>maximumPercent</c>. https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_definition_parameters.html</summary>
    public const int MaximumPercentDefault = 200;

    /// <summary>Its name: the service's, or the group's.</summary>
    public required string Name { get; init; }

    /// <summary>What one task takes.</summary>
    public required Amounts Size { get; init; }

    /// <summary>Placement constraint <c>distinctInstance</c>: no two of its tasks on one instance.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>
    /// Placement strategy <c>spread</c> by zone: of the zones where it may run, the one with most of its tasks has at most one more than the one with fewest, or
    /// no more than it has now. ECS does its best for it and no more, so room for a loss is not asked to keep it.
    /// </summary>
    public bool IsSpread { get; init; }

    /// <summary>Scheduling strategy <c>DAEMON</c>: one task on each instance where it may run, which comes and goes with the instance. Its tasks are not listed.</summary>
    public bool IsDaemon { get; init; }

    /// <summary>Somebody starts its tasks anew elsewhere when they are stopped. Of a task that <c>RunTask</c> started nobody does: its instance stays.</summary>
    public bool IsMovable { get; init; } = true;

    /// <summary>Placement constraints <c>memberOf</c>: all of them must hold.</summary>
    public IReadOnlyList<PlacementConstraint> Constraints { get; init; } = [];

    /// <summary>Host ports that each of its tasks takes, of its own choice; those that the instance chooses are never in the way.</summary>
    public IReadOnlyList<int> HostPorts { get; init; } = [];

    /// <summary>How many must run at any time; <see langword="null"/> for all of them, as <c>minimumHealthyPercent</c> 100.</summary>
    public int? MinimumRunning { get; init; }

    /// <summary>How many may run at a time, as a share of how many there are: ECS's <c>maximumPercent</c>, rounded down.</summary>
    public int MaximumPercent { get; init; } = MaximumPercentDefault;

    /// <summary>So many must run of so many.</summary>
    internal int MinimumOf(int count) => Math.Min(count, MinimumRunning ?? count);

    /// <summary>So many may run of so many.</summary>
    internal int MaximumOf(int count) => (int)Math.Max(count, (long)count * MaximumPercent / 100);
}
