using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Email;

/// <summary>A message as a mail (RFC 5322): plain text, and the same as a page of HTML without anything that is loaded from elsewhere.</summary>
/// <remarks>Both parts are in base64, so no line of them is too long, begins with a full stop, or looks like a boundary.</remarks>
internal static class EmailMessage
{
    /// <summary>The bytes of a mail's HTML; with the text and base64 a mail has under a megabyte, and servers take ten or more.</summary>
    public const int HtmlMax = 256 * 1024;

    private const string Boundary = "=_crowsnest";

    /// <summary>The whole mail, every line ended by CR LF.</summary>
    public static string Write(Notification notification, EmailOptions options, MessageLinks links)
    {
        var (html, shown) = Html(notification, links);
        var text = MessageText.Of(notification with { Incidents = notification.Incidents[..shown], Truncated = notification.Truncated + notification.Incidents.Length - shown }, links);
        var mail = new StringBuilder();
        void Line(string line) => mail.Append(line).Append("\r\n");
        Line($"From: {EmailHeaders.Mailbox(options.From)}");
        Line($"To: {string.Join(",\r\n ", options.To.Select(EmailHeaders.Mailbox))}");
        Line($"Subject: {EmailHeaders.Text(VisibleText.Cut(MessageText.Headline(notification), 300))}");
        Line($"Date: {notification.At.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture)}");

        // The same for every attempt, so that a repeat is known as one; and all of a group lead back to a mail that never was, which is what joins them into one thread.
        Line($"Message-ID: <{Hash(notification.NotificationId)}@{options.From.Domain}>");
        Line($"References: <group-{Hash(notification.Receiver + "\n" + notification.GroupKey)}@{options.From.Domain}>");
        Line("Auto-Submitted: auto-generated");
        Line("MIME-Version: 1.0");
        Line($"Content-Type: multipart/alternative; boundary=\"{Boundary}\"");
        Line("");
        Part("plain", text);
        Part("html", html);
        Line($"--{Boundary}--");
        return mail.ToString();

        void Part(string kind, string content)
        {
            Line($"--{Boundary}");
            Line($"Content-Type: text/{kind}; charset=utf-8");
            Line("Content-Transfer-Encoding: base64");
            Line("");
            Line(Convert.ToBase64String(Encoding.UTF8.GetBytes(content), Base64FormattingOptions.InsertLineBreaks));
        }
    }

    /// <summary>The page, and how many incidents it shows.</summary>
    public static (string Html, int Shown) Html(Notification notification, MessageLinks links)
    {
        var html = new StringBuilder("<!DOCTYPE html>\n<html><body style=\"font-family:sans-serif\">\n");
        foreach (var remark in MessageText.Remarks(notification)) html.Append(CultureInfo.InvariantCulture, $"<p>{Shown(remark)}</p>\n");
        var (shown, bytes) = (0, 0);
        foreach (var incident in notification.Incidents)
        {
            var one = Of(incident, links);
            bytes += Encoding.UTF8.GetByteCount(one);
            if (shown > 0 && bytes > HtmlMax) break;
            html.Append(one);
            shown++;
        }

        var rest = notification.Incidents.Length - shown + notification.Truncated;
        var more = string.Create(CultureInfo.InvariantCulture, $"{rest} incidents more");
        if (rest > 0) html.Append(CultureInfo.InvariantCulture, $"<p>and {(links.List is { } list ? $"<a href=\"{Shown(list)}\">{more}</a>" : more)}</p>\n");
        return (html.Append(CultureInfo.InvariantCulture, $"<p style=\"color:#666\">Message {Shown(VisibleText.Of(notification.NotificationId, 40))} to {Shown(VisibleText.Of(notification.Receiver, 100))}</p>\n</body></html>\n").ToString(), shown);
    }

    private static string Of(NotifiedIncident incident, MessageLinks links)
    {
        var colour = MessageText.Mark(incident) switch { "RESOLVED" => "#2b8a3e", "WARNING" => "#e67700", "INFO" => "#1864ab", _ => "#c92a2a" };
        var html = new StringBuilder();
        html.Append(CultureInfo.InvariantCulture, $"<h3 style=\"color:{colour};margin-bottom:4px\">{Shown(MessageText.Title(incident))}</h3>\n<p>{Shown(MessageText.Summary(incident))}</p>\n<table cellpadding=\"2\">\n");
        foreach (var (name, fact) in MessageText.Facts(incident))
            html.Append(name.Length > 0 ? $"<tr><td valign=\"top\"><b>{name}</b></td><td>{Shown(fact)}</td></tr>\n" : $"<tr><td colspan=\"2\">{Shown(fact)}</td></tr>\n");
        html.Append("</table>\n");
        var places = links.Of(incident);
        if (places.Count > 0) html.Append(CultureInfo.InvariantCulture, $"<p>{string.Join(" · ", places.Select(place => $"<a href=\"{Shown(place.Address)}\">{place.Name}</a>"))}</p>\n");
        return html.ToString();
    }

    private static string Shown(string text) => WebUtility.HtmlEncode(text);

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
}
