using System.Globalization;

namespace Crowsnest.Core.Incidents;

/// <summary>That an incident was muted, and since when; kept with it until that ends.</summary>
/// <param name="Kind">By what.</param>
/// <param name="By">The id of the silence, or of the incident that inhibits.</param>
/// <param name="Text">In words.</param>
/// <param name="Since">Since when, by our clock.</param>
public sealed record IncidentMute(MuteKind Kind, string By, string Text, DateTimeOffset Since);

/// <summary>Writes into an incident's story when it begins to be muted and when that ends.</summary>
internal static class MuteSteps
{
    /// <summary>The incident as it was looked at: the same one where nothing has changed.</summary>
    public static Incident Look(Incident incident, Mute? mute, DateTimeOffset now)
    {
        var known = incident.Mute;
        if (mute is not null && known is not null && mute.By == known.By) return incident;
        if (mute is not null)
        {
            var until = mute.Until is { } end ? $" (until {Moment(end)} UTC)" : "";
            return (incident with { Mute = new IncidentMute(mute.Kind, mute.By, mute.Text, known?.Since ?? now) }).With(new IncidentStep(now, StepKind.Muted, "", mute.Text + until));
        }

        return known is null ? incident : (incident with { Mute = null }).With(new IncidentStep(now, StepKind.Unmuted, "", $"{known.Text} ({Span(known.Since, now)})"));
    }

    /// <summary>The same for a group's quiet hours, which are the group's own.</summary>
    public static Incident LookAtHours(Incident incident, NotificationGroup before, NotificationGroup after, DateTimeOffset now)
    {
        var (was, isNow) = (before.Held.Contains(incident.Id), after.QuietHours.Length > 0);
        if (was == isNow) return incident;
        var step = isNow
            ? new IncidentStep(now, StepKind.Muted, "", after.QuietHours)
            : new IncidentStep(now, StepKind.Unmuted, "", $"{before.QuietHours} ({Span(before.QuietSince ?? now, now)})");
        return incident.With(step with { Group = before.Key });
    }

    /// <summary>What the first message of a group after a mute says of it; empty: nothing was muted since its last one.</summary>
    public static string Note(Incident incident, NotificationGroup group)
    {
        var ended = incident.Steps.LastOrDefault(step => step.Kind == StepKind.Unmuted && (step.Group.Length == 0 || step.Group == group.Key));
        return ended is not null && (group.LastAt is { } last ? ended.At > last : ended.At >= group.CreatedAt) ? ended.Text : "";
    }

    private static string Span(DateTimeOffset from, DateTimeOffset to) =>
        $"{Moment(from)} to {to.UtcDateTime.ToString(from.UtcDateTime.Date == to.UtcDateTime.Date ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC";

    private static string Moment(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
