using System.Globalization;
using System.Text;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Slack;

/// <summary>Text of Slack's <c>mrkdwn</c> (https://docs.slack.dev/messaging/formatting-message-text): an incident as one block of it, and text from outside as nothing but text.</summary>
internal static class SlackText
{
    /// <summary>A section's text has at most 3,000 characters (https://docs.slack.dev/reference/block-kit/blocks/section-block), entities counted as they are written.</summary>
    public const int SectionMax = 3_000;

    private const int LineMax = 800;
    private const int LinksMax = 1_000;

    /// <summary>A longer link is left out.</summary>
    public const int LinkMax = LinksMax / 2;

    private const int NewsMax = 300;
    private const int RestMax = 50;

    /// <summary>Names that call people (<c>&lt;!channel&gt;</c>, <c>&lt;@U…&gt;</c>) and links begin with <c>&lt;</c>, so without <c>&amp;</c>, <c>&lt;</c> and <c>&gt;</c> there are none. Never longer than asked.</summary>
    public static string Escape(string text, int lengthMax)
    {
        var escaped = new StringBuilder(Math.Min(text.Length + 16, lengthMax));
        for (var i = 0; i < text.Length; i++)
        {
            var entity = text[i] switch { '&' => "&amp;", '<' => "&lt;", '>' => "&gt;", _ => null };
            var length = entity?.Length ?? (char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 2 : 1);
            if (escaped.Length + length > lengthMax - 1 && (escaped.Length + length > lengthMax || i + (entity is null ? length : 1) < text.Length))
            {
                return escaped.Append('…').ToString();
            }

            if (entity is not null) escaped.Append(entity);
            else escaped.Append(text, i, length);
            if (entity is null) i += length - 1;
        }

        return escaped.ToString();
    }

    /// <summary>An incident: what broke and where in bold, what is known, and where to go on.</summary>
    public static string Of(NotifiedIncident incident, MessageLinks links)
    {
        var places = Places(incident, links);
        var text = new StringBuilder($"{Sign(incident)} *{Escape(MessageText.Title(incident), LineMax)}*\n{Escape(MessageText.Summary(incident), LineMax)}");
        foreach (var (name, fact) in MessageText.Facts(incident))
        {
            var line = name.Length > 0 ? $"\n*{name}*  {Escape(fact, LineMax)}" : "\n" + Escape(fact, LineMax);
            if (text.Length + line.Length + places.Length > SectionMax) break;
            text.Append(line);
        }

        return text.Append(places).ToString();
    }

    /// <summary>Why the message is what it is, a line each; empty when there is nothing to say of that.</summary>
    public static string Remarks(Notification notification) => Escape(string.Join('\n', MessageText.Remarks(notification)), SectionMax);

    /// <summary>How many incidents are not shown, and where they are.</summary>
    public static string Rest(int count, MessageLinks links)
    {
        var words = string.Create(CultureInfo.InvariantCulture, $"{count} incidents more");
        return links.List is { Length: <= LinkMax } list ? $"and <{list.Replace("&", "&amp;", StringComparison.Ordinal)}|{words}>" : "and " + words;
    }

    /// <summary>What a message says that the one before did not: what began, what is over; or else that it goes on.</summary>
    public static string News(Notification notification)
    {
        var news = notification.Incidents.Where(incident => incident.IsNews || incident.IsResolved).ToList();
        var text = new StringBuilder();
        foreach (var (i, incident) in news.Index())
        {
            var end = incident.ResolvedAt is { } over ? $"{MessageText.Took(over - incident.FirstAt)}: {incident.Resolution}" : "";
            var line = $"{Sign(incident)} *{Escape(MessageText.Title(incident), NewsMax)}*{(incident.IsResolved ? " after " : ": ")}{Escape(incident.IsResolved ? VisibleText.Of(end, NewsMax) : MessageText.Summary(incident), NewsMax)}\n";
            if (text.Length + line.Length > SectionMax - RestMax) return text.Append(CultureInfo.InvariantCulture, $"and {news.Count - i} more").ToString();
            text.Append(line);
        }

        if (news.Count > 0) return text.ToString(0, text.Length - 1);
        var (first, count) = (notification.Incidents.Min(incident => incident.FirstAt), notification.Incidents.Sum(incident => incident.Count));
        return string.Create(CultureInfo.InvariantCulture, $":repeat: It goes on since {first.UtcDateTime:yyyy-MM-dd HH:mm} UTC: {count} {(count == 1 ? "failure" : "failures")} so far.");
    }

    private static string Places(NotifiedIncident incident, MessageLinks links)
    {
        var places = string.Join("  ·  ", links.Of(incident).Select(link => $"<{link.Address.Replace("&", "&amp;", StringComparison.Ordinal)}|{link.Name}>").Where(link => link.Length <= LinkMax));
        return places.Length > 0 ? "\n" + places : "";
    }

    private static string Sign(NotifiedIncident incident) => MessageText.Mark(incident) switch
    {
        "RESOLVED" => ":large_green_circle:",
        "WARNING" => ":large_orange_circle:",
        "INFO" => ":large_blue_circle:",
        _ => ":red_circle:",
    };
}
