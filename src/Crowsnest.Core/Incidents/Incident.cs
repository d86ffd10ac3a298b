using System.Collections.Immutable;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>What a rule's firings of one group have in common, from the first to an hour after the last: the thing that people are told of, once.</summary>
public sealed record Incident
{
    /// <summary>Resources that are named; the count goes on.</summary>
    public const int ResourcesMax = 20;

    /// <summary>Its id: 16 hexadecimal digits.</summary>
    public required string Id { get; init; }

    /// <summary>The rule and the values of the labels that it groups by. Frozen when the incident is first told.</summary>
    public required string GroupKey { get; init; }

    /// <summary>Where it stands.</summary>
    public required IncidentState State { get; init; }

    /// <summary>The firing that speaks for it: of its members the most severe, of these the surest, of these the first by id.</summary>
    public required Firing Lead { get; init; }

    /// <summary>When the first of it happened, by the events.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>When the latest of it happened, by the events.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How many firings it has.</summary>
    public required long Count { get; init; }

    /// <summary>What the first of them are about.</summary>
    public required ImmutableArray<string> Resources { get; init; }

    /// <summary>When it expires, if nothing more happens.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>Keys of the notification groups that it is in.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>When a message with it was first put into the outbox; <see langword="null"/> before.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>Why it was recorded and not told, or empty.</summary>
    public string Untold { get; init; } = "";
}

/// <summary>Where an incident stands.</summary>
public enum IncidentState
{
    /// <summary>It goes on, as far as is known.</summary>
    Firing,

    /// <summary>Nothing more was heard of it for an hour.</summary>
    Expired,

    /// <summary>It tried the way, and was over when it was told: it counts neither as firing nor as expired, and leaves after a day.</summary>
    Synthetic,
}
