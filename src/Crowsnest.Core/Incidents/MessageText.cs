using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Incidents;

/// <summary>A message in words for a person, for media that show plain text. Event text cannot move a cursor, colour a terminal or begin a line of its own.</summary>
public static class MessageText
{
    private const int TextMax = 500;
    private const int EvidenceMax = 4;
    private const int ResourcesMax = 5;

    /// <summary>All of it: a line for each incident, and under it what is known and what to do. Every line ends.</summary>
    public static string Of(Notification notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var text = new StringBuilder();
        foreach (var incident in notification.Incidents)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{Mark(incident)}] {Label(incident, "kind")} in {Place(incident)}: {Shown(incident.Summary)}\n");
            if (incident.ResolvedAt is { } over) text.Append(CultureInfo.InvariantCulture, $"    resolved  {over.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC: {Shown(incident.Resolution)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    when      {When(incident)}\n");
            foreach (var fact in incident.Evidence.Take(EvidenceMax)) text.Append(CultureInfo.InvariantCulture, $"    evidence  {Shown(fact)}\n");
            if (incident is { NextStep.Length: > 0, IsResolved: false }) text.Append(CultureInfo.InvariantCulture, $"    next      {Shown(incident.NextStep)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    about     {About(incident)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    incident  {VisibleText.Of(incident.Id, 100)}, message {VisibleText.Of(notification.NotificationId, 40)} to {VisibleText.Of(notification.Receiver, 100)}\n");
        }

        if (notification.Truncated > 0) text.Append(CultureInfo.InvariantCulture, $"    and {notification.Truncated} incidents more\n");
        return text.ToString();
    }

    /// <summary>How bad it is, or that it is over, in capitals: <c>ERROR</c>, <c>RESOLVED</c>.</summary>
    public static string Mark(NotifiedIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.IsResolved ? "RESOLVED" : Label(incident, "severity").ToUpperInvariant();
    }

    /// <summary>Which cluster and what in it: <c>prod/api</c>.</summary>
    public static string Where(NotifiedIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        var cluster = Label(incident, "cluster");
        var inside = Label(incident, "service") is { Length: > 0 } service ? service
            : Label(incident, "instance") is { Length: > 0 } instance ? "instance " + instance
            : Label(incident, "family");
        return string.Join('/', new[] { cluster, inside }.Where(part => part.Length > 0)) is { Length: > 0 } named ? named : "an unnamed place";
    }

    // Every account has a cluster "default" in every region.
    private static string Place(NotifiedIncident incident)
    {
        var around = string.Join(' ', new[] { Label(incident, "account"), Label(incident, "region") }.Where(part => part.Length > 0));
        return around.Length > 0 ? $"{Where(incident)} ({around})" : Where(incident);
    }

    private static string When(NotifiedIncident incident)
    {
        var (first, last) = (incident.FirstAt.UtcDateTime, incident.LastAt.UtcDateTime);
        var since = first.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return first == last ? $"{since} UTC" : $"{since} to {last.ToString(first.Date == last.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC";
    }

    private static string About(NotifiedIncident incident)
    {
        var named = incident.Resources.Take(ResourcesMax).Select(r => VisibleText.Of(r, 100)).ToList();
        var more = incident.Count - named.Count;
        return string.Join(", ", named) + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "");
    }

    /// <summary>A label's value, fit to be shown; empty when the incident lacks it.</summary>
    public static string Label(NotifiedIncident incident, string name) => VisibleText.Of(incident?.Labels.GetValueOrDefault(name, ""), 100);

    private static string Shown(string text) => VisibleText.Of(text, TextMax);
}
