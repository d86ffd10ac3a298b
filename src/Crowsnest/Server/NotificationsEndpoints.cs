using System.Globalization;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Server;

/// <summary>A message as the API shows it.</summary>
/// <param name="NotificationId">The same in every attempt and at every integration of the receiver.</param>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Integration">The medium.</param>
/// <param name="State">waiting, sent, failed, or joined: told within another message.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="LastError">What went wrong last, or empty.</param>
/// <param name="DecidedAt">When it was decided to send it.</param>
/// <param name="DueAt">When it is tried next; of one that is done, when that was.</param>
/// <param name="GroupLabels">What joins its incidents.</param>
/// <param name="Incidents">What it is about; of a summary the worst.</param>
/// <param name="MoreIncidents">How many more it is about.</param>
/// <param name="ToldBy">The id of the message that tells it instead: to the fallback of its receiver, or together with others; empty: none.</param>
/// <param name="Remarks">Why it is what it is: for whom it was meant first, what it sums up.</param>
internal sealed record NotificationItem(
    string NotificationId, string Receiver, string Integration, string State, int Attempts, string LastError, DateTime DecidedAt, DateTime DueAt,
    IReadOnlyDictionary<string, string> GroupLabels, IReadOnlyList<NotificationIncident> Incidents, int MoreIncidents,
    string ToldBy, IReadOnlyList<string> Remarks)
{
    /// <summary>As the API shows it.</summary>
    public static NotificationItem Of(OutboxEntry entry)
    {
        var message = entry.Notification;
        return new NotificationItem(
            message.NotificationId, message.Receiver, entry.Kind, entry.State.ToString().ToLowerInvariant(), entry.Attempts, entry.LastError,
            message.At.UtcDateTime, entry.DueAt.UtcDateTime, message.GroupLabels, [.. message.Incidents.Select(NotificationIncident.Of)],
            message.Truncated, entry.ToldBy, message.Remarks);
    }
}

/// <summary>An incident in a message.</summary>
internal sealed record NotificationIncident(string Id, IReadOnlyDictionary<string, string> Labels, string Summary, long Count, DateTime FirstAt, DateTime LastAt)
{
    /// <summary>As the API shows it.</summary>
    public static NotificationIncident Of(NotifiedIncident incident) =>
        new(incident.Id, incident.Labels, incident.Summary, incident.Count, incident.FirstAt.UtcDateTime, incident.LastAt.UtcDateTime);
}

/// <summary>What was told, what waits to be, and what could not be delivered.</summary>
internal static class NotificationsEndpoints
{
    /// <summary>Maps <c>/notifications</c>.</summary>
    public static void MapNotifications(this IEndpointRouteBuilder routes, ServerParts parts) => routes.Map(
        new Operation(
            "GET", "/api/v1/notifications", Access.Viewer, "Messages, newest first: sent, waiting with what went wrong, and failed.",
            new Parameter("limit", "integer", "How many, 1 to 1000; 100 unless told."),
            new Parameter("cursor", "string", "Where to go on: next of the page before.")) { Answer = "NotificationPage" },
        async http =>
        {
            var limit = http.QueryInt("limit", 100, 1, 1_000);
            long? before = null;
            if (http.Query("cursor") is { } cursor)
            {
                if (!long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
                    throw ProblemException.BadRequest("The cursor is not one of ours; take it from 'next' of a page.");
                before = place;
            }

            var entries = await parts.Store.Incidents.OutboxAsync(before, limit, http.RequestAborted);
            var next = entries.Count == limit ? entries[^1].Place.ToString(CultureInfo.InvariantCulture) : null;
            return TypedResults.Json(new Page<NotificationItem>([.. entries.Select(e => NotificationItem.Of(e.Entry))], next), ApiJson.Default.PageNotificationItem);
        });
}
