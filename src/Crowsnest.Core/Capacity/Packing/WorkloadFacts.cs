namespace Crowsnest.Core.Capacity.Packing;

/// <summary>What somebody knows of a service that no event says; what is <see langword="null"/> is read from what the events show.</summary>
public sealed record WorkloadFacts
{
    /// <summary>It has the placement constraint <c>distinctInstance</c>.</summary>
    public bool? IsDistinct { get; init; }

    /// <summary>It has the placement strategy <c>spread</c> by zone.</summary>
    public bool? IsSpread { get; init; }

    /// <summary>Its scheduling strategy is <c>DAEMON</c>.</summary>
    public bool? IsDaemon { get; init; }

    /// <summary>Its tasks may be moved.</summary>
    public bool? IsMovable { get; init; }

    /// <summary>Its placement constraints <c>memberOf</c>.</summary>
    public IReadOnlyList<PlacementConstraint>? Constraints { get; init; }

    /// <summary>Host ports of its task definition.</summary>
    public IReadOnlyList<int>? HostPorts { get; init; }

    /// <summary>GPUs a task.</summary>
    public int? Gpus { get; init; }

    /// <summary>Its <c>minimumHealthyPercent</c>.</summary>
    public int? MinimumHealthyPercent { get; init; }

    /// <summary>Its <c>maximumPercent</c>.</summary>
    public int? MaximumPercent { get; init; }
}
