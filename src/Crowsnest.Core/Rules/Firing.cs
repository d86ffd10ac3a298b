using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Rules;

/// <summary>A rule said yes to something. One per (rule, resource, stop): all the events of one stop give one firing, refined as evidence arrives.</summary>
public sealed record Firing
{
    /// <summary>Rule, resource and stop; the same for every event of one stop.</summary>
    public required string Id { get; init; }

    /// <summary>The rule's name.</summary>
    public required string Rule { get; init; }

    /// <summary>When it happened, by the events.</summary>
    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Labels as SURFACE lists them (<c>alertname severity kind outcome account region cluster service family instance provider synthetic</c>); none is empty.</summary>
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    /// <summary>The labels that make the incident: one incident per (rule, these values).</summary>
    public required ImmutableArray<string> GroupBy { get; init; }

    /// <summary>The task or other resource that it is about (id or ARN).</summary>
    public required string Resource { get; init; }

    /// <summary>The deployment of the service that it belongs to, <c>ecs-svc/N</c>; empty when the event names none.</summary>
    public string Deployment { get; init; } = "";

    /// <summary>One sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>What to do next.</summary>
    public required string NextStep { get; init; }

    /// <summary>The facts it rests on.</summary>
    public ImmutableArray<string> Evidence { get; init; } = [];

    /// <summary>How sure: a better diagnosis replaces one of lower rank until the group is first sent.</summary>
    public int Rank { get; init; }

    /// <summary>The event that showed it.</summary>
    public required EventKey Event { get; init; }

    /// <summary>Severity of it.</summary>
    public required Severity Severity { get; init; }

    /// <summary>How many of its group it takes until there is an incident; <see langword="null"/>: this one is enough.</summary>
    public CountWindow? Counted { get; init; }

    /// <summary>Nothing broke: it is told once, by itself, and then over.</summary>
    public bool IsNotice { get; init; }

    /// <summary>It stands for a condition that holds, and was not written by a worker: its incident ends when the condition does.</summary>
    public bool IsCondition { get; init; }

    /// <summary>Nothing failed: what its labels name (a service, a family, an instance) is well again, and incidents of it that last failed before this are over.</summary>
    public bool IsRecovery { get; init; }

    /// <summary>Only to try the way: it has an incident to itself, which nobody but the receiver for such hears of, and which counts nowhere.</summary>
    [JsonIgnore]
    public bool IsSynthetic => Labels.GetValueOrDefault("synthetic") == "true";
}
