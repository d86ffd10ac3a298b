using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Alertmanager;

/// <summary>Incidents as alerts of Alertmanager's API v2 (prometheus/alertmanager, <c>api/v2/openapi.yaml</c>, <c>postableAlerts</c>).</summary>
internal static class AlertmanagerPayload
{
    private const int LabelsMax = 64;
    private const int NameMax = 64;
    private const int TextMax = 2_000;

    // 25 incidents of the most that the bounds leave, at 6 bytes a character: 25 x 6 x (64 x (64 + 100) + 8 x 2,000) = 4 MB.
    private const int AlertsABody = 25;

    /// <summary>The bodies, each an array of alerts.</summary>
    public static IEnumerable<ReadOnlyMemory<byte>> Write(Notification notification, MessageLinks links, TimeSpan resolveTimeout) =>
        notification.Incidents.Chunk(AlertsABody).Select(alerts => JsonBody.Write(json =>
        {
            json.WriteStartArray();
            foreach (var incident in alerts) WriteAlert(json, incident, notification, links, resolveTimeout);
            json.WriteEndArray();
        }));

    private static void WriteAlert(Utf8JsonWriter json, NotifiedIncident incident, Notification of, MessageLinks links, TimeSpan resolveTimeout)
    {
        json.WriteStartObject();
        json.WriteStartObject("labels");
        foreach (var (name, value) in Labels(incident)) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteStartObject("annotations");
        json.WriteString("summary", VisibleText.Cut(MessageText.Summary(incident), TextMax));
        foreach (var facts in MessageText.Facts(incident).GroupBy(fact => fact.Name, fact => fact.Fact)) json.WriteString(facts.Key, VisibleText.Cut(string.Join('\n', facts), TextMax));
        if (!of.Remarks.IsEmpty) json.WriteString("remark", VisibleText.Cut(string.Join('\n', MessageText.Remarks(of)), TextMax));
        json.WriteString("incident", VisibleText.Of(incident.Id, 100));
        json.WriteString("count", incident.Count.ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteString("startsAt", incident.FirstAt.UtcDateTime);

        // Without an end an alert is over after Alertmanager's own five minutes, unless it is sent again and again as Prometheus does. And none may end before it began.
        var end = incident.ResolvedAt ?? of.At + resolveTimeout;
        json.WriteString("endsAt", (end > incident.FirstAt ? end : incident.FirstAt).UtcDateTime);
        if (links.Page(incident) is { } page) json.WriteString("generatorURL", page);
        json.WriteEndObject();
    }

    // Alertmanager refuses an alert for one name that is none, and one without labels; labels name an alert, so they must come out the same each time.
    private static Dictionary<string, string> Labels(NotifiedIncident incident)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, _) in incident.Labels.Where(label => label.Value.Length > 0).Take(LabelsMax)) labels.TryAdd(Name(name), MessageText.Label(incident, name));
        labels.TryAdd("alertname", "crowsnest");
        return labels;
    }

    private static string Name(string name)
    {
        var plain = string.Concat(name.Take(NameMax).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));
        return plain.Length == 0 || char.IsAsciiDigit(plain[0]) ? "_" + plain : plain;
    }
}
