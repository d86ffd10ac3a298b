using System.Text.Json;
using Crowsnest.Core.Incidents;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>Incidents, groups and messages as documents: what is searched for beside the whole, as Core writes it. What is removed leaves a mark, since a document that is gone forgets its version.</summary>
internal static class IncidentRows
{
    public static void Write(Utf8JsonWriter json, Incident incident, bool isRemoved, DateTimeOffset writtenAt)
    {
        if (isRemoved)
        {
            WriteRemoved(json, incident, writtenAt);
            return;
        }

        json.WriteString("id", Documents.IdOf(incident.Id));
        json.WriteString("groupKey", Documents.IdOf(incident.GroupKey));
        json.WriteString("state", incident.State.ToString());
        json.WriteNumber("firstAt", incident.FirstAt.ToUnixTimeMilliseconds());
        json.WriteNumber("lastAt", incident.LastAt.ToUnixTimeMilliseconds());
        json.WriteNumber("expiresAt", incident.ExpiresAt.ToUnixTimeMilliseconds());
        json.WriteNumber("writtenAt", writtenAt.ToUnixTimeMilliseconds());
        json.WriteString("document", IncidentDocument.Write(incident));
    }

    public static void Write(Utf8JsonWriter json, NotificationGroup group, bool isRemoved)
    {
        if (isRemoved)
        {
            json.WriteBoolean("removed", true);
            json.WriteNumber("dueAt", group.DueAt.ToUnixTimeMilliseconds());
            return;
        }

        json.WriteString("key", Documents.IdOf(group.Key));
        json.WriteNumber("dueAt", group.DueAt.ToUnixTimeMilliseconds());
        json.WriteNumber("messages", group.Messages);
        json.WriteString("document", IncidentDocument.Write(group));
    }

    public static void Write(Utf8JsonWriter json, Silence silence, bool isRemoved)
    {
        json.WriteNumber("endsAt", silence.EndsAt.ToUnixTimeMilliseconds());
        if (isRemoved) json.WriteBoolean("removed", true);
        else json.WriteString("document", IncidentDocument.Write(silence));
    }

    public static void Write(Utf8JsonWriter json, OutboxEntry entry, long place)
    {
        json.WriteString("receiver", entry.Notification.Receiver);
        json.WriteString("state", entry.State.ToString());
        json.WriteNumber("dueAt", entry.DueAt.ToUnixTimeMilliseconds());
        json.WriteNumber("place", place);
        json.WriteString("document", IncidentDocument.Write(entry));
    }

    private static void WriteRemoved(Utf8JsonWriter json, Incident incident, DateTimeOffset writtenAt)
    {
        json.WriteString("id", Documents.IdOf(incident.Id));
        json.WriteBoolean("removed", true);
        json.WriteString("state", "Removed");
        json.WriteNumber("writtenAt", writtenAt.ToUnixTimeMilliseconds());
    }
}
