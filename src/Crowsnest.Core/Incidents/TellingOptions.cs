using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>Who is told, how messages are grouped, and what is too old to tell; Alertmanager's names and defaults.</summary>
public sealed record TellingOptions
{
    /// <summary>Who is told of what, and with what else: the root of the tree.</summary>
    public required Route Route { get; init; }

    /// <summary>Which incidents need no telling while others fire.</summary>
    public ImmutableArray<InhibitRule> InhibitRules { get; init; } = [];

    /// <summary>The times that routes name.</summary>
    public ImmutableDictionary<string, TimeInterval> TimeIntervals { get; init; } = ImmutableDictionary<string, TimeInterval>.Empty;

    /// <summary>Who is told of synthetic firings, and of nothing but these by this name; <see langword="null"/>: nobody.</summary>
    public string? SyntheticReceiver { get; init; }

    /// <summary>What happened longer ago is recorded and not told; a message that cannot be delivered for so long is given up.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(2);

    /// <summary>An incident is over when nothing more was heard of it for so long.</summary>
    public TimeSpan ExpireAfter { get; init; } = TimeSpan.FromHours(1);
}
