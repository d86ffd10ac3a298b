using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Crowsnest.Core.Incidents.Templates;

namespace Crowsnest.Core.Incidents;

/// <summary>One message to one receiver: the incidents that its group joins. What is sent, whatever the medium.</summary>
public sealed record Notification
{
    /// <summary>The same for every attempt to send it, also after a crash: receivers that can, drop a repeat by it.</summary>
    public required string NotificationId { get; init; }

    /// <summary>The receiver's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>The id of the message that the same group had before; empty: it is the group's first.</summary>
    public string PreviousId { get; init; } = "";

    /// <summary>What joins the incidents, as Alertmanager writes it: <c>{}:{alertname="task-failed", cluster="prod"}</c>.</summary>
    public required string GroupKey { get; init; }

    /// <summary>The labels that the incidents were joined by, and their values; labels that an incident lacks are missing.</summary>
    public required ImmutableSortedDictionary<string, string> GroupLabels { get; init; }

    /// <summary>When it was decided to send it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Why this message is what it is, a line each: for whom it was meant first, what it sums up; mostly none.</summary>
    public ImmutableArray<string> Remarks { get; init; } = [];

    /// <summary>The incidents, oldest first, of a summary the worst first; never empty.</summary>
    public required ImmutableArray<NotifiedIncident> Incidents { get; init; }

    /// <summary>How many incidents more the group has than are listed.</summary>
    public int Truncated { get; init; }

    /// <summary>All of it is over.</summary>
    [JsonIgnore]
    public bool IsResolved => Incidents.All(incident => incident.IsResolved);
}

/// <summary>An incident as a message shows it. Text in it came from events, and is hostile until it is escaped for the medium.</summary>
public sealed record NotifiedIncident
{
    /// <summary>The incident's id.</summary>
    public required string Id { get; init; }

    /// <summary>Its labels (SURFACE): <c>alertname severity kind outcome account region cluster service family instance provider synthetic</c>.</summary>
    public required ImmutableSortedDictionary<string, string> Labels { get; init; }

    /// <summary>What happened, in one sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>What to do next; may be empty.</summary>
    public required string NextStep { get; init; }

    /// <summary>The facts that it rests on.</summary>
    public required ImmutableArray<string> Evidence { get; init; }

    /// <summary>When the first of it happened, by the events.</summary>
    public required DateTimeOffset FirstAt { get; init; }

    /// <summary>When the latest of it happened, by the events.</summary>
    public required DateTimeOffset LastAt { get; init; }

    /// <summary>How many tasks or other resources it is about.</summary>
    public required long Count { get; init; }

    /// <summary>Some of them: ids of tasks, ARNs of others; those of the first that were known.</summary>
    public required ImmutableArray<string> Resources { get; init; }

    /// <summary>When it was over, by the events; <see langword="null"/> while it goes on.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>What showed that it is over, in words; empty while it goes on.</summary>
    public string Resolution { get; init; } = "";

    /// <summary>Of the first message after a silence or the like: that it was muted, by what and how long; empty otherwise.</summary>
    public string Note { get; init; } = "";

    /// <summary>The receiver is told of it for the first time.</summary>
    public bool IsNews { get; init; }

    /// <summary>The last lines that one of its tasks wrote, oldest first, where they were read when it was sent; they are kept nowhere.</summary>
    [JsonIgnore]
    public ImmutableArray<string> LogLines { get; init; } = [];

    /// <summary>The words of a template, where the integration has one; <see langword="null"/>: as always.</summary>
    [JsonIgnore]
    public IncidentWords? Words { get; init; }

    /// <summary>It is over.</summary>
    [JsonIgnore]
    public bool IsResolved => ResolvedAt is not null;
}
