using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Webhook;

/// <summary>
/// A message as Alertmanager's webhook sends it, version 4 (prometheus/alertmanager, <c>notify/webhook</c> and <c>template.Data</c>): one incident is one alert.
/// Added to it: <c>notificationId</c>, and <c>remarks</c> where there is something to say of the message itself.
/// </summary>
internal static class WebhookPayload
{
    /// <summary>No body is larger.</summary>
    public const int BytesMax = 256 * 1024;

    // An alert is never under 256 bytes, so more than these would not fit.
    private const int AlertsMax = BytesMax / 256;

    // The second is for a single alert that is too large even alone. A character takes at most 6 bytes, and labels stand there three times (alert, common, group):
    //   3 x 64 x (64 + 64 + 1) x 6 = 149 KB, other texts 2 x 8 x 256 x 6 = 25 KB, head 3 x 256 x 6 = 5 KB, remarks 10 x 256 x 6 = 15 KB, links 2 x 2048 x 6 = 25 KB: within 256 KB.
    private static readonly Bounds[] Fits = [new(LabelsMax: 256, NameMax: 256, ValueMax: 1024, TextMax: 4096, TasksMax: 50), new(64, 64, 64, 256, 5)];

    // As Go does: "<", ">" and "&" are escaped, so that the body is harmless where it is shown as a page; other text stays readable.
    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    /// <summary>The body, at most <paramref name="bytesMax"/> long: where it would be longer it has fewer alerts, and <c>truncatedAlerts</c> says how many are left out.</summary>
    public static ReadOnlyMemory<byte> Write(Notification notification, Uri? externalUrl, int bytesMax = BytesMax)
    {
        var links = new MessageLinks(externalUrl);
        foreach (var bounds in Fits)
        {
            var count = Math.Min(notification.Incidents.Length, AlertsMax);
            while (true)
            {
                var body = Write(notification, links, count, bounds);
                if (body.Length <= bytesMax) return body;
                if (count <= 1) break;
                count = Math.Clamp((int)((long)count * bytesMax / body.Length), 1, count - 1);
            }
        }

        throw new UnreachableException("The bounds of a single alert keep it within the bounds of the body.");
    }

    private static ReadOnlyMemory<byte> Write(Notification notification, MessageLinks links, int count, Bounds bounds)
    {
        var alerts = notification.Incidents.Take(count).Select(i => Alert.Of(i, links, bounds)).ToList();
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("receiver", VisibleText.Cut(notification.Receiver, bounds.NameMax));
            json.WriteString("status", notification.IsResolved ? "resolved" : "firing");
            json.WriteStartArray("alerts");
            foreach (var alert in alerts) alert.WriteTo(json);
            json.WriteEndArray();
            WritePairs(json, "groupLabels", bounds.Labels(notification.GroupLabels));
            WritePairs(json, "commonLabels", Common(alerts, a => a.Labels));
            WritePairs(json, "commonAnnotations", Common(alerts, a => a.Annotations));
            json.WriteString("externalURL", links.Server);
            json.WriteString("version", "4");
            json.WriteString("groupKey", VisibleText.Cut(notification.GroupKey, bounds.TextMax));
            json.WriteNumber("truncatedAlerts", notification.Truncated + notification.Incidents.Length - count);
            if (!notification.Remarks.IsEmpty)
            {
                json.WriteStartArray("remarks");
                foreach (var remark in MessageText.Remarks(notification)) json.WriteStringValue(VisibleText.Cut(remark, bounds.TextMax));
                json.WriteEndArray();
            }

            json.WriteString("notificationId", VisibleText.Cut(notification.NotificationId, bounds.NameMax));
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    private static IEnumerable<(string, string)> Common(List<Alert> alerts, Func<Alert, (string, string)[]> of) =>
        alerts.Count == 0 ? [] : of(alerts[0]).Where(pair => alerts.TrueForAll(a => of(a).Contains(pair)));

    private static void WritePairs(Utf8JsonWriter json, string name, IEnumerable<(string Name, string Value)> pairs)
    {
        json.WriteStartObject(name);
        foreach (var pair in pairs) json.WriteString(pair.Name, pair.Value);
        json.WriteEndObject();
    }

    /// <summary>How much of an incident is told.</summary>
    private sealed record Bounds(int LabelsMax, int NameMax, int ValueMax, int TextMax, int TasksMax)
    {
        public (string, string)[] Labels(ImmutableSortedDictionary<string, string> labels) =>
            [.. labels.Where(l => l.Key.Length <= NameMax).Take(LabelsMax).Select(l => (l.Key, VisibleText.Cut(l.Value, ValueMax)))];
    }

    private sealed record Alert(NotifiedIncident Incident, (string Name, string Value)[] Labels, (string Name, string Value)[] Annotations, string GeneratorUrl)
    {
        public static Alert Of(NotifiedIncident incident, MessageLinks links, Bounds bounds)
        {
            string Text(string text) => VisibleText.Cut(text, bounds.TextMax);
            return new Alert(
                incident,
                bounds.Labels(incident.Labels),
                [
                    ("count", incident.Count.ToString(CultureInfo.InvariantCulture)),
                    ("description", Text(string.Join('\n', incident.Evidence.Prepend(incident.Summary)))),
                    ("incident", VisibleText.Cut(incident.Id, bounds.NameMax)),
                    .. incident.LogLines.IsEmpty ? Array.Empty<(string, string)>() : [("log", Text(string.Join('\n', incident.LogLines)))],
                    ("next_step", Text(incident.NextStep)),
                    .. incident.Note.Length > 0 ? [("note", Text(incident.Note))] : Array.Empty<(string, string)>(),
                    .. incident.IsResolved ? [("resolution", Text(incident.Resolution))] : Array.Empty<(string, string)>(),
                    ("summary", Text(incident.Summary)),
                    ("tasks", Text(string.Join(',', incident.Resources.Take(bounds.TasksMax)))),
                ],
                links.Page(incident) ?? "");
        }

        public void WriteTo(Utf8JsonWriter json)
        {
            json.WriteStartObject();
            json.WriteString("status", Incident.IsResolved ? "resolved" : "firing");
            WritePairs(json, "labels", Labels);
            WritePairs(json, "annotations", Annotations);
            json.WriteString("startsAt", Incident.FirstAt.UtcDateTime);

            // Go's zero time: what Alertmanager writes while an alert fires.
            if (Incident.ResolvedAt is { } over) json.WriteString("endsAt", over.UtcDateTime);
            else json.WriteString("endsAt", "0001-01-01T00:00:00Z");
            json.WriteString("generatorURL", GeneratorUrl);
            json.WriteString("fingerprint", Fingerprint.Of(Incident.Labels));
            json.WriteEndObject();
        }
    }
}
