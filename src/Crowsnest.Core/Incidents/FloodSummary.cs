using System.Collections.Immutable;
using System.Globalization;

namespace Crowsnest.Core.Incidents;

/// <summary>One message instead of many that wait for the same integration: how much there is of what, and the worst of it.</summary>
internal static class FloodSummary
{
    /// <summary>As many may wait and be told one by one.</summary>
    public const int WaitingMax = 50;

    // What a person reads of a flood; the page has the rest.
    private const int IncidentsShown = 10;
    private const int KindsShown = 6;
    private const int PlacesShown = 4;
    private const int OwnRemarks = 2;

    private static readonly ImmutableArray<string> Severities = ["critical", "error", "warning", "info"];

    /// <summary>The summary of messages to one integration, oldest first, as an entry of the outbox that is due before them.</summary>
    public static OutboxEntry Of(IReadOnlyList<OutboxEntry> joined, DateTimeOffset now)
    {
        var (first, messages) = (joined[0], joined.Select(entry => entry.Notification).ToList());

        // Of an incident that is in several the latest word counts; that one of them was the first to tell of it stays true.
        var incidents = messages.SelectMany(message => message.Incidents).GroupBy(incident => incident.Id, StringComparer.Ordinal)
            .Select(words => words.Last() with { IsNews = words.Any(word => word.IsNews) })
            .OrderBy(incident => incident.IsResolved).ThenBy(Rank).ThenByDescending(incident => incident.LastAt).ThenBy(incident => incident.Id, StringComparer.Ordinal).ToList();
        var labels = incidents[0].Labels.Where(label => incidents.TrueForAll(incident => incident.Labels.GetValueOrDefault(label.Key) == label.Value)).ToImmutableSortedDictionary(StringComparer.Ordinal);
        var id = IncidentKeys.Hash(string.Join('\n', joined.Select(entry => entry.Id).Prepend("summary")));
        return new OutboxEntry
        {
            Id = OutboxEntry.IdOf(id, first.Integration), Integration = first.Integration, Kind = first.Kind, Joins = [.. joined.Select(entry => entry.Id)],
            DueAt = joined.Min(entry => entry.DueAt).AddMilliseconds(-1),
            Notification = new Notification
            {
                NotificationId = id, Receiver = first.Notification.Receiver, GroupKey = IncidentKeys.GroupKey("{}", labels) + "#" + id, GroupLabels = labels, At = now,
                Incidents = [.. incidents.Take(IncidentsShown)], Truncated = Math.Max(0, incidents.Count - IncidentsShown) + messages.Sum(message => message.Truncated),
                Remarks = [Head(joined.Count, incidents), .. Kinds(incidents), .. messages.SelectMany(message => message.Remarks).Distinct(StringComparer.Ordinal).Take(OwnRemarks)],
            },
        };
    }

    private static string Head(int messages, List<NotifiedIncident> incidents)
    {
        var over = incidents.Count(incident => incident.IsResolved);
        var worst = incidents.FirstOrDefault(incident => !incident.IsResolved) is { } first ? $", the worst of them {first.Labels.GetValueOrDefault("severity", "unknown")}" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{messages} messages waited at once and are told by this one: {incidents.Count - over} incidents go on{worst}, {over} are over.");
    }

    // By rule and cluster, and where in it.
    private static IEnumerable<string> Kinds(List<NotifiedIncident> incidents)
    {
        var kinds = incidents.GroupBy(incident => (Rule: incident.Labels.GetValueOrDefault("alertname", ""), Cluster: incident.Labels.GetValueOrDefault("cluster", "")))
            .OrderByDescending(kind => kind.Count()).ThenBy(kind => kind.Key).ToList();
        foreach (var kind in kinds.Take(KindsShown))
        {
            var places = kind.GroupBy(Place).Where(place => place.Key.Length > 0).OrderByDescending(place => place.Count()).ThenBy(place => place.Key, StringComparer.Ordinal).ToList();
            var named = string.Join(", ", places.Take(PlacesShown).Select(place => place.Count() == 1 ? place.Key : string.Create(CultureInfo.InvariantCulture, $"{place.Key} {place.Count()}")));
            if (places.Count > PlacesShown) named += string.Create(CultureInfo.InvariantCulture, $" and {places.Count - PlacesShown} more");
            yield return string.Create(CultureInfo.InvariantCulture, $"{kind.Count()} of {kind.Key.Rule}{(kind.Key.Cluster.Length > 0 ? $" in {kind.Key.Cluster}" : "")}{(named.Length > 0 ? $": {named}" : "")}");
        }

        if (kinds.Count > KindsShown) yield return string.Create(CultureInfo.InvariantCulture, $"{kinds.Skip(KindsShown).Sum(kind => kind.Count())} of {kinds.Count - KindsShown} other rules or clusters");
    }

    private static string Place(NotifiedIncident incident) =>
        ((string[])["service", "instance", "provider", "family"]).Select(label => incident.Labels.GetValueOrDefault(label, "")).FirstOrDefault(value => value.Length > 0) ?? "";

    private static int Rank(NotifiedIncident incident) => Severities.IndexOf(incident.Labels.GetValueOrDefault("severity", "")) is >= 0 and var rank ? rank : Severities.Length;
}
