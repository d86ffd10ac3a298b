using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>Incidents that one receiver is told of together, and what it was told last (Alertmanager's aggregation group).</summary>
public sealed record NotificationGroup
{
    /// <summary>Receiver, route and labels: <c>ops {}:{alertname="task-failed", cluster="prod"}</c>.</summary>
    public required string Key { get; init; }

    /// <summary>The receiver's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>Its route's path in the tree (<see cref="Route.Of(ImmutableSortedDictionary{string, string})"/>).</summary>
    public string Route { get; init; } = "{}";

    /// <summary>The labels that its incidents share.</summary>
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    /// <summary>When it began; part of the ids of its messages.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it is looked at next.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Ids of its incidents.</summary>
    public required ImmutableArray<string> Incidents { get; init; }

    /// <summary>Ids of the incidents that it was told of, and not yet that they are over.</summary>
    public ImmutableArray<string> Told { get; init; } = [];

    /// <summary>When its last message was decided on.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Why it tells nobody at this time of day, in words; empty: it tells.</summary>
    public string QuietHours { get; init; } = "";

    /// <summary>Since when that is so, by our clock.</summary>
    public DateTimeOffset? QuietSince { get; init; }

    /// <summary>Ids of the incidents whose story says that its quiet hours hold them back.</summary>
    public ImmutableArray<string> Held { get; init; } = [];

    /// <summary>How many messages it had.</summary>
    public int Messages { get; init; }
}
