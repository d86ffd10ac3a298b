using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.PagerDuty;

/// <summary>An incident as the Events API v2 takes it: https://developer.pagerduty.com/docs/events-api-v2/trigger-events/.</summary>
internal static class PagerDutyEvent
{
    /// <summary>No event has more.</summary>
    public const int BytesMax = 512 * 1024;

    /// <summary>No summary has more characters.</summary>
    public const int SummaryMax = 1024;

    /// <summary>No key that joins events has more characters.</summary>
    public const int DedupKeyMax = 255;

    private const int NameMax = 255;
    private const int FactMax = 4_000;
    private const int LabelsMax = 64;

    /// <summary>The events of a message: one for each incident, and for one that is over before anybody was told of it two.</summary>
    /// <remarks>All of an incident's have its id as <c>dedup_key</c>, so repeats and ends find it.</remarks>
    public static IEnumerable<(NotifiedIncident Incident, bool IsEnd)> Of(Notification notification)
    {
        foreach (var incident in notification.Incidents)
        {
            // PagerDuty drops the end of what it never heard of.
            if (!incident.IsResolved || incident.IsNews) yield return (incident, false);
            if (incident.IsResolved) yield return (incident, true);
        }
    }

    public static ReadOnlyMemory<byte> Write(NotifiedIncident incident, bool isEnd, string routingKey, MessageLinks links, string remark = "") => JsonBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("routing_key", routingKey);
        json.WriteString("event_action", isEnd ? "resolve" : "trigger");
        json.WriteString("dedup_key", VisibleText.Cut(VisibleText.Of(incident.Id, DedupKeyMax), DedupKeyMax));
        json.WriteString("client", "Crowsnest");
        if (links.Page(incident) is { } page) json.WriteString("client_url", page);
        json.WriteStartArray("links");
        foreach (var link in links.Of(incident))
        {
            json.WriteStartObject();
            json.WriteString("href", link.Address);
            json.WriteString("text", link.Name);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("payload");
        json.WriteString("summary", VisibleText.Cut($"{MessageText.Title(incident)}: {MessageText.Summary(incident)}", SummaryMax));
        json.WriteString("source", VisibleText.Cut(MessageText.Where(incident), NameMax));
        json.WriteString("severity", Severity(incident));
        json.WriteString("timestamp", incident.FirstAt.UtcDateTime);
        WriteName(json, "component", MessageText.Label(incident, "service"));
        WriteName(json, "group", MessageText.Label(incident, "cluster"));
        WriteName(json, "class", MessageText.Label(incident, "kind"));
        json.WriteStartObject("custom_details");
        if (remark.Length > 0) json.WriteString("remark", VisibleText.Cut(remark, FactMax));
        foreach (var facts in MessageText.Facts(incident).GroupBy(fact => fact.Name, fact => fact.Fact)) json.WriteString(facts.Key, VisibleText.Cut(string.Join('\n', facts), FactMax));
        json.WriteStartObject("labels");
        foreach (var name in incident.Labels.Keys.Where(name => name.Length <= NameMax).Take(LabelsMax)) json.WriteString(name, VisibleText.Cut(MessageText.Label(incident, name), NameMax));
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void WriteName(Utf8JsonWriter json, string name, string value)
    {
        if (value.Length > 0) json.WriteString(name, VisibleText.Cut(value, NameMax));
    }

    private static string Severity(NotifiedIncident incident) => incident.Labels.GetValueOrDefault("severity", "") is "critical" or "error" or "warning" or "info" ? incident.Labels["severity"] : "error";
}
