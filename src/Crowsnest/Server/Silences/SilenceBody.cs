using Crowsnest.Core.Incidents;

namespace Crowsnest.Server.Silences;

/// <summary>A silence.</summary>
/// <param name="Id">Its id, for good.</param>
/// <param name="State">pending, active or expired.</param>
/// <param name="Matchers">What the labels of an incident that it hides are like, all of them: <c>cluster="prod"</c>.</param>
/// <param name="StartsAt">From when on it hides.</param>
/// <param name="EndsAt">From when on it hides no more.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="Comment">Why.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
internal sealed record SilenceItem(string Id, string State, IReadOnlyList<string> Matchers, DateTime StartsAt, DateTime EndsAt, string CreatedBy, string Comment, DateTime UpdatedAt)
{
    /// <summary>As the API shows it.</summary>
    public static SilenceItem Of(Silence silence, DateTimeOffset now) => new(
        silence.Id, StateOf(silence, now), [.. silence.Matchers.Select(matcher => matcher.ToString())], silence.StartsAt.UtcDateTime, silence.EndsAt.UtcDateTime,
        silence.CreatedBy, silence.Comment, silence.UpdatedAt.UtcDateTime);

    /// <summary>Its state's public name.</summary>
    public static string StateOf(Silence silence, DateTimeOffset now) => silence.StateAt(now).ToString().ToLowerInvariant();
}

/// <summary>What somebody wants silenced. Of the end and the duration one is given; of a preview neither is needed.</summary>
/// <param name="Matchers">Conditions on labels, as in a route.</param>
/// <param name="Id">The silence to change; none: a new one.</param>
/// <param name="StartsAt">From when on; now unless given.</param>
/// <param name="EndsAt">Until when.</param>
/// <param name="Duration">How long: 2h, 30m.</param>
/// <param name="By">Who; a token's name takes its place.</param>
/// <param name="Comment">Why.</param>
internal sealed record SilenceBody(
    IReadOnlyList<string>? Matchers = null, string? Id = null, string? StartsAt = null, string? EndsAt = null, string? Duration = null, string? By = null, string? Comment = null);

/// <summary>What a silence with some matchers would hide.</summary>
/// <param name="Firing">Incidents that fire now, the latest first; the first hundred.</param>
/// <param name="FiringCount">How many fire now.</param>
/// <param name="LastWeek">How many there were in the last seven days, those that fire included.</param>
/// <param name="IsCut">There are more incidents than were looked at, so there may be more.</param>
internal sealed record SilencePreview(IReadOnlyList<IncidentItem> Firing, long FiringCount, long LastWeek, bool IsCut);
