using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>Why an incident is not told for now.</summary>
/// <param name="Kind">By what.</param>
/// <param name="By">The id of the silence, or of the incident that inhibits.</param>
/// <param name="Text">In words.</param>
/// <param name="Until">When that ends, where it is known.</param>
public sealed record Mute(MuteKind Kind, string By, string Text, DateTimeOffset? Until);

/// <summary>What keeps an incident from being told.</summary>
public enum MuteKind
{
    /// <summary>A silence.</summary>
    Silenced,

    /// <summary>Another incident that fires.</summary>
    Inhibited,
}

/// <summary>Says what is muted at one moment, and why: by silences, by incidents that fire, by the hours of a route.</summary>
/// <remarks>What tries the way is muted by nothing: whoever tries it wants to know whether a message arrives.</remarks>
/// <param name="options">Rules of inhibition, and time intervals.</param>
/// <param name="silences">All silences.</param>
/// <param name="firing">All incidents that fire; those that inhibit are looked for among them.</param>
/// <param name="now">The moment.</param>
public sealed class Muting(TellingOptions options, IEnumerable<Silence> silences, IEnumerable<Incident> firing, DateTimeOffset now)
{
    // Incidents that are looked at for what they inhibit.
    private const int FiringMax = 5_000;

    // The one that ends last speaks for all, since nothing is told before.
    private readonly ImmutableArray<Silence> _active = [.. silences.Where(one => one.StateAt(now) == SilenceState.Active).OrderByDescending(one => one.EndsAt).ThenBy(one => one.Id, StringComparer.Ordinal)];
    private readonly ImmutableArray<Incident> _firing = [.. firing.Where(one => one.State == IncidentState.Firing).OrderBy(one => one.FirstAt).ThenBy(one => one.Id, StringComparer.Ordinal)];

    /// <summary>Reads what it needs for these incidents: those that fire only where one of these may be inhibited.</summary>
    public static async ValueTask<Muting> ReadAsync(IIncidentPass pass, TellingOptions options, IEnumerable<Incident> incidents, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(pass);
        ArgumentNullException.ThrowIfNull(options);
        var silences = await pass.SilencesAsync(cancellationToken).ConfigureAwait(false);
        var isAsked = incidents.Any(one => options.InhibitRules.Any(rule => rule.IsTarget(one.Lead.Labels)));
        return new Muting(options, silences, isAsked ? await pass.OpenAsync(DateTimeOffset.MaxValue, FiringMax, cancellationToken).ConfigureAwait(false) : [], now);
    }

    /// <summary>The silences that hide an incident, the one that ends last first.</summary>
    public IReadOnlyList<Silence> SilencesOf(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.State == IncidentState.Synthetic ? [] : [.. _active.Where(one => one.Covers(incident.Lead.Labels))];
    }

    /// <summary>The incidents that inhibit one, the oldest first.</summary>
    public IReadOnlyList<Incident> InhibitorsOf(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return !IsTarget(incident) ? [] : [.. _firing.Where(one => one.Id != incident.Id && options.InhibitRules.Any(rule => rule.Inhibits(one.Lead.Labels, incident.Lead.Labels)))];
    }

    /// <summary>Why an incident is not told now; <see langword="null"/>: it is.</summary>
    public Mute? Of(Incident incident) =>
        SilencesOf(incident) is [var silence, ..] ? new Mute(MuteKind.Silenced, silence.Id, silence.InWords(), silence.EndsAt)
        : InhibitorsOf(incident) is [var other, ..] ? Inhibition(other)
        : null;

    private static Mute Inhibition(Incident other) => new(MuteKind.Inhibited, other.Id, $"Inhibited by incident {other.Id}: {VisibleText.Of(other.Lead.Summary, 200)}", null);

    /// <summary>Why an incident that begins is not told: another goes on, or of these that have just ended one did when it began.</summary>
    public Mute? InhibitedBy(Incident incident, IEnumerable<Incident> ended)
    {
        ArgumentNullException.ThrowIfNull(incident);
        if (incident.State == IncidentState.Synthetic) return null;
        var other = InhibitorsOf(incident) is [var firing, ..] ? firing
            : ended.FirstOrDefault(one => one.Id != incident.Id && one.FirstAt <= incident.FirstAt && one.ResolvedAt >= incident.FirstAt && options.InhibitRules.Any(rule => rule.Inhibits(one.Lead.Labels, incident.Lead.Labels)));
        return other is null ? null : Inhibition(other);
    }

    /// <summary>Whether another incident may come that inhibits this one.</summary>
    public bool IsTarget(Incident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.State != IncidentState.Synthetic && options.InhibitRules.Any(rule => rule.IsTarget(incident.Lead.Labels));
    }

    /// <summary>The intervals that keep a route quiet now: those that mute it, or those of which it must be in one and is in none; empty: it tells.</summary>
    public IReadOnlyList<string> QuietHours(Route route)
    {
        ArgumentNullException.ThrowIfNull(route);
        var muted = route.MuteTimeIntervals.Where(IsNow).ToList();
        return muted.Count > 0 || route.ActiveTimeIntervals.IsEmpty || route.ActiveTimeIntervals.Any(IsNow) ? muted : route.ActiveTimeIntervals;
    }

    private bool IsNow(string interval) => options.TimeIntervals.GetValueOrDefault(interval)?.Contains(now) == true;
}
