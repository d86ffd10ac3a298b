using Crowsnest.Core.Incidents;

namespace Crowsnest.Aws.DynamoDb.Incidents;

/// <summary>Incidents, groups and messages as items: the whole as Core writes it, and small items that say where it belongs, written with it in one transaction.</summary>
internal static class IncidentItems
{
    /// <summary>Partitions of small items: incidents that fire, that are over; groups; messages that wait, that are done.</summary>
    public const string Open = "open", Over = "over", Groups = "groups", Waiting = "waiting", Done = "done";

    /// <summary>The partition of silences.</summary>
    public const string Silences = "silences";

    /// <summary>Partitions of the index, of incidents by when something last happened, of messages by their places.</summary>
    public const string Incidents = "incidents", Messages = "messages";

    /// <summary>An incident.</summary>
    public static ItemKey OfIncident(string id) => new("incident#" + TableNames.Of(id), TableNames.Only);

    /// <summary>A group.</summary>
    public static ItemKey OfGroup(string key) => new("group#" + TableNames.Of(key), TableNames.Only);

    /// <summary>A message.</summary>
    public static ItemKey OfMessage(string id) => new("message#" + TableNames.Of(id), TableNames.Only);

    /// <summary>What has this small item: an incident, a group or a message.</summary>
    public static ItemKey Owner(Item small, string kind) => new(kind + "#" + small.Key.Sort, TableNames.Only);

    /// <summary>The partition of the incidents of a group.</summary>
    public static string OfGroupKey(string groupKey) => "group-incidents#" + TableNames.Of(groupKey);

    /// <summary>Writes an incident, or removes it.</summary>
    public static IEnumerable<TableWrite> Write(Incident incident, bool isRemoved, DateTimeOffset now)
    {
        var (whole, name) = (OfIncident(incident.Id), TableNames.Of(incident.Id));
        ItemKey ofGroup = new(OfGroupKey(incident.GroupKey), name), open = new(Open, name), over = new(Over, name);
        if (isRemoved) return [TableWrite.Delete(whole), TableWrite.Delete(ofGroup), TableWrite.Delete(open), TableWrite.Delete(over)];
        var lastAt = incident.LastAt.ToUnixTimeMilliseconds();
        return
        [
            TableWrite.Put(whole, item => item.Add("document", Packed.Of(IncidentDocument.Write(incident))).Add(TableNames.Listed, Incidents).Add(TableNames.ListedAt, lastAt)),
            TableWrite.Put(ofGroup, item => item.Add("firstAt", incident.FirstAt.ToUnixTimeMilliseconds()).Add("lastAt", lastAt)),
            incident.IsOpen
                ? TableWrite.Put(open, item => item.Add("state", incident.State.ToString()).Add("expiresAt", incident.ExpiresAt.ToUnixTimeMilliseconds()))
                : TableWrite.Put(over, item => item.Add("state", incident.State.ToString()).Add("writtenAt", now.ToUnixTimeMilliseconds())),
            TableWrite.Delete(incident.IsOpen ? over : open),
        ];
    }

    /// <summary>Writes a group, or removes it.</summary>
    public static IEnumerable<TableWrite> Write(NotificationGroup group, bool isRemoved)
    {
        var (whole, small) = (OfGroup(group.Key), new ItemKey(Groups, TableNames.Of(group.Key)));
        if (isRemoved) return [TableWrite.Delete(whole), TableWrite.Delete(small)];
        return
        [
            TableWrite.Put(whole, item => item.Add("document", Packed.Of(IncidentDocument.Write(group)))),
            TableWrite.Put(small, item => item.Add("dueAt", group.DueAt.ToUnixTimeMilliseconds()).Add("messages", group.Messages)),
        ];
    }

    /// <summary>Writes a silence, or removes it. They have one partition to themselves, whole: they are few, and read together.</summary>
    public static TableWrite Write(Silence silence, bool isRemoved)
    {
        ItemKey key = new(Silences, TableNames.Of(silence.Id));
        return isRemoved ? TableWrite.Delete(key) : TableWrite.Put(key, item => item.Add("document", Packed.Of(IncidentDocument.Write(silence))));
    }

    /// <summary>Writes a message.</summary>
    public static IEnumerable<TableWrite> Write(OutboxEntry entry, long place)
    {
        var name = TableNames.Of(entry.Id);
        ItemKey waiting = new(Waiting, name), done = new(Done, name);
        var isWaiting = entry.State == OutboxState.Waiting;
        return
        [
            TableWrite.Put(OfMessage(entry.Id), item => item.Add("state", entry.State.ToString()).Add("place", place).Add("document", Packed.Of(IncidentDocument.Write(entry)))
                .Add(TableNames.Listed, Messages).Add(TableNames.ListedAt, place)),
            TableWrite.Put(isWaiting ? waiting : done, item => item.Add("receiver", entry.Notification.Receiver).Add("state", entry.State.ToString())
                .Add("dueAt", entry.DueAt.ToUnixTimeMilliseconds()).Add("place", place)),
            TableWrite.Delete(isWaiting ? done : waiting),
        ];
    }

    /// <summary>The incident that an item has.</summary>
    public static Incident Incident(Item item) => IncidentDocument.ReadIncident(Packed.Read(item.Bytes("document")));

    /// <summary>The group that an item has.</summary>
    public static NotificationGroup Group(Item item) => IncidentDocument.ReadGroup(Packed.Read(item.Bytes("document")));

    /// <summary>The silence that an item has.</summary>
    public static Silence Silence(Item item) => IncidentDocument.ReadSilence(Packed.Read(item.Bytes("document")));

    /// <summary>The message that an item has.</summary>
    public static OutboxEntry Message(Item item) => IncidentDocument.ReadOutboxEntry(Packed.Read(item.Bytes("document")));
}
