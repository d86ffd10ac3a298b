using System.Diagnostics;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Teams;

/// <summary>A message as a workflow's webhook takes it: an Adaptive Card (https://adaptivecards.io/explorer) in an attachment, with a container for each incident.</summary>
/// <remarks>All text stands in runs of a <c>RichTextBlock</c>, which knows no Markdown: event text cannot be a link, a picture or a mention there, and nothing has to be escaped.</remarks>
internal static class TeamsPayload
{
    /// <summary>A message has about 28 KB (https://learn.microsoft.com/en-us/connectors/teams/); a kilobyte is left for what the flow adds.</summary>
    public const int BytesMax = 27 * 1024;

    // The second is for an incident that is too large even alone. A character takes at most 6 bytes:
    //   (headline twice, title, 20 lines or fewer facts, 10 remarks, the rest) 34 x 75 x 6 = 15 KB, links 2 x 2 KB, the card around them 6 KB.
    private static readonly int[] LinesMax = [int.MaxValue, 75];

    /// <summary>The body, never longer than <see cref="BytesMax"/>: where it would be, it has fewer incidents, and says how many are left out.</summary>
    public static ReadOnlyMemory<byte> Write(Notification notification, MessageLinks links)
    {
        foreach (var lineMax in LinesMax)
        {
            var count = notification.Incidents.Length;
            while (true)
            {
                var body = Write(notification, links, count, lineMax);
                if (body.Length <= BytesMax) return body;
                if (count <= 1) break;
                count = Math.Clamp((int)((long)count * BytesMax / body.Length), 1, count - 1);
            }
        }

        throw new UnreachableException("The bounds of a single incident keep it within the bounds of a message.");
    }

    private static ReadOnlyMemory<byte> Write(Notification notification, MessageLinks links, int count, int lineMax) => JsonBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("type", "message");
        json.WriteString("summary", VisibleText.Cut(MessageText.Headline(notification), lineMax));
        json.WriteStartArray("attachments");
        json.WriteStartObject();
        json.WriteString("contentType", "application/vnd.microsoft.card.adaptive");
        json.WriteNull("contentUrl");
        json.WriteStartObject("content");
        json.WriteString("$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
        json.WriteString("type", "AdaptiveCard");
        json.WriteString("version", "1.4");
        json.WriteString("fallbackText", VisibleText.Cut(MessageText.Headline(notification), lineMax));
        json.WriteStartObject("msteams");
        json.WriteString("width", "Full");
        json.WriteEndObject();
        json.WriteStartArray("body");
        foreach (var remark in MessageText.Remarks(notification)) WriteLine(json, ("", remark), lineMax);
        foreach (var incident in notification.Incidents.Take(count)) WriteIncident(json, incident, links, lineMax);
        var rest = notification.Incidents.Length - count + notification.Truncated;
        if (rest > 0) WriteLine(json, ("", "and " + MessageText.Rest(rest, links)), lineMax);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    });

    private static void WriteIncident(Utf8JsonWriter json, NotifiedIncident incident, MessageLinks links, int lineMax)
    {
        json.WriteStartObject();
        json.WriteString("type", "Container");
        json.WriteBoolean("separator", true);
        json.WriteString("style", MessageText.Mark(incident) switch { "RESOLVED" => "good", "WARNING" => "warning", "INFO" => "accent", _ => "attention" });
        json.WriteStartArray("items");
        WriteLine(json, (MessageText.Title(incident), ""), lineMax);
        WriteLine(json, ("", MessageText.Summary(incident)), lineMax);
        foreach (var (name, fact) in MessageText.Facts(incident)) WriteLine(json, name.Length > 0 ? (name + "  ", fact) : ("", fact.Length > 0 ? fact : " "), lineMax);
        var places = links.Of(incident);
        if (places.Count > 0)
        {
            json.WriteStartObject();
            json.WriteString("type", "ActionSet");
            json.WriteStartArray("actions");
            foreach (var place in places)
            {
                json.WriteStartObject();
                json.WriteString("type", "Action.OpenUrl");
                json.WriteString("title", place.Name);
                json.WriteString("url", place.Address);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteLine(Utf8JsonWriter json, (string Bold, string Plain) line, int lineMax)
    {
        json.WriteStartObject();
        json.WriteString("type", "RichTextBlock");
        json.WriteString("spacing", "Small");
        json.WriteStartArray("inlines");
        if (line.Bold.Length > 0) WriteRun(json, VisibleText.Cut(line.Bold, lineMax), isBold: true);
        if (line.Plain.Length > 0) WriteRun(json, VisibleText.Cut(line.Plain, lineMax), isBold: false);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteRun(Utf8JsonWriter json, string text, bool isBold)
    {
        json.WriteStartObject();
        json.WriteString("type", "TextRun");
        json.WriteString("text", text);
        if (isBold) json.WriteString("weight", "Bolder");
        json.WriteEndObject();
    }
}
