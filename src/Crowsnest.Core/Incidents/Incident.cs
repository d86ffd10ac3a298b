using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>What a rule's firings of one group have in common, from the first to an hour after the last: the thing that people are told of, once.</summary>
public sealed record Incident
{
    /// <summary>Resources that are named; the count goes on.</summary>
    public const int ResourcesMax = 20;

    private static readonly TimeSpan FirstTrial = TimeSpan.FromMinutes(5);

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

    /// <summary>While it is <see cref="IncidentState.Pending"/> for a count: when each of it happened, milliseconds since 1970 UTC, in order.</summary>
    public ImmutableArray<long> Times { get; init; } = [];

    /// <summary>Keys of the notification groups that it is in.</summary>
    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>When a message with it was first put into the outbox; <see langword="null"/> before.</summary>
    public DateTimeOffset? ToldAt { get; init; }

    /// <summary>Why it was recorded and not told, or empty.</summary>
    public string Untold { get; init; } = "";

    /// <summary>When it was over, by the events or by whoever said so; <see langword="null"/> while it is not resolved.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Of a condition: since when it holds no longer, while it is too early to call it over; <see langword="null"/> while it holds.</summary>
    public DateTimeOffset? PausedAt { get; init; }

    /// <summary>What showed that it is over, in words; empty while it is not resolved.</summary>
    public string Resolution { get; init; } = "";

    /// <summary>Who has seen it: nobody is told of it again until it is resolved. Empty: nobody.</summary>
    public string AcknowledgedBy { get; init; } = "";

    /// <summary>What mutes it, as of when its groups were last looked at; <see langword="null"/>: nothing.</summary>
    public IncidentMute? Mute { get; init; }

    /// <summary>Who sees to it, or empty.</summary>
    public string Assignee { get; init; } = "";

    /// <summary>What became of it, in order: the first step, and the latest of the others.</summary>
    public ImmutableArray<IncidentStep> Steps { get; init; } = [];

    /// <summary>It waits for its end, or for more: it goes on, or is pending.</summary>
    [JsonIgnore]
    public bool IsOpen => State is IncidentState.Firing or IncidentState.Pending;

    /// <summary>It is of those that people look at: something broke, whatever became of it.</summary>
    [JsonIgnore]
    public bool IsListed => State is IncidentState.Firing or IncidentState.Expired or IncidentState.Resolved;

    /// <summary>
    /// How long it must not have failed before it is believed to be over: nothing the first time; of what came back five minutes, and twice as long each time that it
    /// came back again. So a service that fails every few minutes is one incident that goes on, and not one that ends and begins all day.
    /// </summary>
    /// <param name="longest">It is never longer than this.</param>
    public TimeSpan TrialTime(TimeSpan longest)
    {
        var returns = Steps.Count(step => step is { Kind: StepKind.Reopened, By: "" });
        if (returns == 0) return TimeSpan.Zero;
        var trial = FirstTrial * Math.Pow(2, Math.Min(returns - 1, 10));
        return trial < longest ? trial : longest;
    }

    /// <summary>With one step more.</summary>
    public Incident With(IncidentStep step) => this with { Steps = Steps.Length < IncidentStep.Max ? Steps.Add(step) : [Steps[0], .. Steps[2..], step] };

    /// <summary>It is over since a moment.</summary>
    /// <param name="at">When it was over.</param>
    /// <param name="resolution">What shows it, in words.</param>
    /// <param name="by">Who says so; empty: the events.</param>
    /// <param name="now">Our clock.</param>
    public Incident Resolve(DateTimeOffset at, string resolution, string by, DateTimeOffset now) =>
        (this with { State = IncidentState.Resolved, ResolvedAt = at, Resolution = resolution }).With(new IncidentStep(now, StepKind.Resolved, by, resolution));

    /// <summary>It goes on after all.</summary>
    /// <param name="why">Why, in words.</param>
    /// <param name="by">Who says so; empty: the events.</param>
    /// <param name="now">Our clock.</param>
    public Incident Reopen(string why, string by, DateTimeOffset now) =>
        (this with { State = IncidentState.Firing, ResolvedAt = null, Resolution = "", AcknowledgedBy = "" }).With(new IncidentStep(now, StepKind.Reopened, by, why));
}

/// <summary>Something that became of an incident.</summary>
/// <param name="At">When, by our clock.</param>
/// <param name="Kind">What.</param>
/// <param name="By">Who did it; empty: the program, by the events.</param>
/// <param name="Text">In words: a comment's text, who was told, what resolved it.</param>
/// <param name="NotificationId">Of a message: its id in the outbox (<see cref="Notification.NotificationId"/>), which says whether it arrived.</param>
public sealed record IncidentStep(DateTimeOffset At, StepKind Kind, string By, string Text, string NotificationId = "")
{
    /// <summary>How many are kept.</summary>
    public const int Max = 200;

    /// <summary>Of what concerns one notification group alone: its key; empty otherwise.</summary>
    public string Group { get; init; } = "";
}

/// <summary>What became of an incident.</summary>
public enum StepKind
{
    /// <summary>Its first firing came.</summary>
    Opened,

    /// <summary>A message with it was put into the outbox.</summary>
    Told,

    /// <summary>Somebody has seen it.</summary>
    Acknowledged,

    /// <summary>Somebody is to see to it.</summary>
    Assigned,

    /// <summary>Somebody said something.</summary>
    Commented,

    /// <summary>It is over.</summary>
    Resolved,

    /// <summary>It goes on after all.</summary>
    Reopened,

    /// <summary>Nothing more was heard of it.</summary>
    Expired,

    /// <summary>A silence, another incident or the hours of a route keep it from being told.</summary>
    Muted,

    /// <summary>That ended.</summary>
    Unmuted,
}

/// <summary>Where an incident stands.</summary>
public enum IncidentState
{
    /// <summary>It goes on, as far as is known.</summary>
    Firing,

    /// <summary>Nothing more was heard of it for an hour.</summary>
    Expired,

    /// <summary>It is over: something newer than its last failure shows it, or somebody said so.</summary>
    Resolved,

    /// <summary>Nobody is told yet: its rule waits until it came often enough or held for long enough (Prometheus' word).</summary>
    Pending,

    /// <summary>It was pending, and did not come to more.</summary>
    Lapsed,

    /// <summary>A rule's notice: it was over when it happened, is told once and counts nowhere.</summary>
    Notice,

    /// <summary>It tried the way, and was over when it was told: it counts neither as firing nor as expired, and leaves after a day.</summary>
    Synthetic,
}
