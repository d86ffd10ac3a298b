using Crowsnest.Core.Incidents;

namespace Crowsnest.Rehearsal;

/// <summary>What a rehearsal would have told.</summary>
/// <param name="Events">How many events it went through.</param>
/// <param name="From">The first of them.</param>
/// <param name="To">The last of them.</param>
/// <param name="Incidents">How many incidents opened.</param>
/// <param name="Messages">How many messages left.</param>
/// <param name="Told">What was in them, oldest first: an item for each incident of each message.</param>
/// <param name="More">Further items that are not listed.</param>
internal sealed record Rehearsed(long Events, DateTime? From, DateTime? To, long Incidents, long Messages, IReadOnlyList<RehearsedItem> Told, long More)
{
    /// <summary>In a sentence.</summary>
    public string InWords => Events == 0 ? "there is no event in this time" : FormattableString.Invariant($"{Events:N0} events from {From:yyyy-MM-dd HH:mm:ss} to {To:yyyy-MM-dd HH:mm:ss} UTC: {Incidents:N0} incidents, {Messages:N0} messages");
}

/// <summary>An incident in a message.</summary>
/// <param name="At">When the message would have left.</param>
/// <param name="Receiver">To whom.</param>
/// <param name="NotificationId">The message.</param>
/// <param name="Incident">The incident's id.</param>
/// <param name="State"><c>firing</c> or <c>resolved</c>.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Count">How many it had by then.</param>
/// <param name="FirstAt">When the first of it happened.</param>
/// <param name="Summary">What happened.</param>
internal sealed record RehearsedItem(
    DateTime At, string Receiver, string NotificationId, string Incident, string State, IReadOnlyDictionary<string, string> Labels, long Count, DateTime FirstAt, string Summary)
{
    /// <summary>All of a message.</summary>
    public static IEnumerable<RehearsedItem> Of(Notification notification) => notification.Incidents.Select(incident => new RehearsedItem(
        notification.At.UtcDateTime, notification.Receiver, notification.NotificationId, incident.Id, incident.IsResolved ? "resolved" : "firing", incident.Labels, incident.Count,
        incident.FirstAt.UtcDateTime, MessageText.Summary(incident)));
}
