using System.Collections.Frozen;

namespace Crowsnest.Core.Capacity.Packing;

/// <summary>An instance that tasks are placed on: one that is there, or one that a what-if would add.</summary>
public sealed record PackingInstance
{
    /// <summary>Its id: the container instance's, or a name of our own for one that is not there yet.</summary>
    public required string Id { get; init; }

    /// <summary>What it registered.</summary>
    public required Amounts Shape { get; init; }

    /// <summary>Its availability zone, or empty.</summary>
    public string Zone { get; init; } = "";

    /// <summary>Its type, such as <c>m6i.large</c>, or empty.</summary>
    public string Type { get; init; } = "";

    /// <summary>What is taken by nothing that is named: it goes with the instance.</summary>
    public Amounts Taken { get; init; }

    /// <summary>Something runs on it of which nothing is known, not even that somebody would start it anew: the instance stays.</summary>
    public bool HasUnknown { get; init; }

    /// <summary>Host ports that tasks cannot have.</summary>
    public IReadOnlyList<int> ReservedPorts { get; init; } = [];

    /// <summary>Its attributes, which placement constraints ask for.</summary>
    public FrozenDictionary<string, string> Attributes { get; init; } = FrozenDictionary<string, string>.Empty;

    /// <summary>It is DRAINING, or shall be: it takes no task, and those that it has must go.</summary>
    public bool IsDraining { get; init; }

    /// <summary>It is not there yet.</summary>
    public bool IsPlanned { get; init; }
}
