using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Incidents;

/// <summary>A message in words for a person, for media that show plain text. Event text cannot move a cursor, colour a terminal or begin a line of its own.</summary>
public static class MessageText
{
    private const int TextMax = 500;
    private const int EvidenceMax = 4;
    private const int ResourcesMax = 5;

    private const int RemarksMax = 10;
    private const int RemarkMax = 300;

    private static readonly string[] ZeroEnds = [" 0 h", " 0 min", " 0 s"];

    /// <summary>All of it: a line for each incident, and under it what is known, what to do and where to look. Every line ends.</summary>
    /// <param name="notification">The message.</param>
    /// <param name="links">Where it leads; <see langword="null"/>: nowhere.</param>
    public static string Of(Notification notification, MessageLinks? links = null)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var text = new StringBuilder();
        foreach (var remark in Remarks(notification)) text.Append(remark).Append('\n');
        foreach (var incident in notification.Incidents)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Title(incident)}: {Summary(incident)}\n");
            foreach (var (name, fact) in Facts(incident)) text.Append(name.Length > 0 ? $"    {name,-9} {fact}\n" : $"    {fact}".TrimEnd() + "\n");
            foreach (var link in links?.Of(incident) ?? []) text.Append(CultureInfo.InvariantCulture, $"    link      {link.Address}\n");
            text.Append(CultureInfo.InvariantCulture, $"    incident  {VisibleText.Of(incident.Id, 100)}, message {VisibleText.Of(notification.NotificationId, 40)} to {VisibleText.Of(notification.Receiver, 100)}\n");
        }

        if (notification.Truncated > 0) text.Append(CultureInfo.InvariantCulture, $"    and {Rest(notification.Truncated, links)}\n");
        return text.ToString();
    }

    /// <summary>Why the message is what it is (<see cref="Notification.Remarks"/>), each on one line and fit to be shown.</summary>
    public static IEnumerable<string> Remarks(Notification notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return notification.Remarks.Take(RemarksMax).Select(remark => VisibleText.Of(remark, RemarkMax));
    }

    /// <summary>How many incidents are not shown, and where all are: <c>12 incidents more: https://…/incidents</c>.</summary>
    public static string Rest(int count, MessageLinks? links) =>
        string.Create(CultureInfo.InvariantCulture, $"{count} incidents more{(links?.List is { } list ? $": {list}" : "")}");

    /// <summary>The whole message on one line, for a subject: <c>[ERROR] OutOfMemory in prod/api</c>, or how many incidents and the first that goes on.</summary>
    public static string Headline(Notification notification)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var first = notification.Incidents.FirstOrDefault(incident => !incident.IsResolved) ?? notification.Incidents[0];
        var all = notification.Incidents.Length + notification.Truncated;
        if (all == 1 && first.Words?.Title is { } title) return title;
        var what = $"{Label(first, "kind")} in {Where(first)}".TrimStart();
        return all == 1 ? $"[{Mark(first)}] {what}" : string.Create(CultureInfo.InvariantCulture, $"[{Mark(first)}] {all} incidents: {what} and others");
    }

    /// <summary>An incident on one line, without its summary: <c>[ERROR] OutOfMemory in prod/api (123456789012 eu-west-1)</c>.</summary>
    public static string Title(NotifiedIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.Words?.Title ?? $"[{Mark(incident)}] {Label(incident, "kind")} in {Place(incident)}";
    }

    /// <summary>What happened, in one sentence and on one line.</summary>
    public static string Summary(NotifiedIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        return incident.Words?.Lines is [var first, ..] ? first : Shown(incident.Summary);
    }

    /// <summary>What is known of an incident besides its title and summary, in the order of reading: a word for what it is, and a line that is fit to be shown. A line of a template has no word.</summary>
    public static IEnumerable<(string Name, string Fact)> Facts(NotifiedIncident incident)
    {
        ArgumentNullException.ThrowIfNull(incident);
        if (incident.Words?.Lines is { } lines)
        {
            foreach (var line in lines.Skip(1)) yield return ("", line);
            yield break;
        }

        if (incident.ResolvedAt is { } over)
            yield return ("resolved", string.Create(CultureInfo.InvariantCulture, $"{over.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC after {Took(over - incident.FirstAt)}: {Shown(incident.Resolution)}"));
        yield return ("when", When(incident));
        if (incident.Note.Length > 0) yield return ("note", Shown(incident.Note));
        foreach (var fact in incident.Evidence.Take(EvidenceMax)) yield return ("evidence", Shown(fact));
        foreach (var line in incident.LogLines) yield return ("log", Shown(line));
        if (incident is { NextStep.Length: > 0, IsResolved: false }) yield return ("next", Shown(incident.NextStep));
        yield return ("about", About(incident));
    }

    /// <summary>A length of time in its two largest units: <c>4 min</c>, <c>1 h 5 min</c>, <c>2 d 3 h</c>.</summary>
    public static string Took(TimeSpan time)
    {
        FormattableString words = time switch
        {
            { TotalDays: >= 1 } => $"{time.Days} d {time.Hours} h",
            { TotalHours: >= 1 } => $"{time.Hours} h {time.Minutes} min",
            { TotalMinutes: >= 1 } => $"{time.Minutes} min {time.Seconds} s",
            { TotalSeconds: > 0 } => $"{time.Seconds} s",
            _ => $"0 s",
        };
        var text = words.ToString(CultureInfo.InvariantCulture);
        return ZeroEnds.FirstOrDefault(end => text.EndsWith(end, StringComparison.Ordinal)) is { } zero ? text[..^zero.Length] : text;
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
            : Label(incident, "provider") is { Length: > 0 } provider ? "provider " + provider
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
