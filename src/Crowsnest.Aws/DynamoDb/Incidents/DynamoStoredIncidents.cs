using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Shared;
using Crowsnest.Core.Rules;

namespace Crowsnest.Aws.DynamoDb.Incidents;

/// <summary>Incidents, groups and firings as the table has them now: found by small items in one partition each, read strongly.</summary>
internal sealed class DynamoStoredIncidents(Table table, DynamoFirings firings) : IStoredIncidents
{
    public Task<IReadOnlyList<(Firing Firing, string? Incident)>> PendingAsync(int limit, CancellationToken cancellationToken) => firings.PendingAsync(limit, cancellationToken);

    public Task<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken) => firings.OfAsync(incident, limit, cancellationToken);

    public async Task<IReadOnlyList<Firing>> FiringsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        [.. (await firings.GetAsync(ids, cancellationToken).ConfigureAwait(false)).Values.Select(DynamoFirings.Read)];

    public async Task<IReadOnlyList<Incident>> IncidentsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        [.. (await table.GetAsync([.. ids.Select(IncidentItems.OfIncident)], cancellationToken).ConfigureAwait(false)).Select(IncidentItems.Incident)];

    public async Task<IReadOnlyList<NotificationGroup>> GroupsAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        [.. (await table.GetAsync([.. keys.Select(IncidentItems.OfGroup)], cancellationToken).ConfigureAwait(false)).Select(IncidentItems.Group)];

    public async Task<IReadOnlyList<Incident>> IncidentsOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
    {
        var found = await SmallAsync(
            IncidentItems.OfGroupKey(groupKey), item => item.Number("lastAt") >= from.ToUnixTimeMilliseconds() && item.Number("firstAt") <= to.ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        var incidents = await OwnersAsync(found.OrderByDescending(item => item.Number("lastAt")).ThenBy(item => item.Key.Sort, StringComparer.Ordinal).Take(limit), "incident", cancellationToken).ConfigureAwait(false);
        return [.. incidents.Select(IncidentItems.Incident).OrderByDescending(incident => incident.LastAt.ToUnixTimeMilliseconds()).ThenBy(incident => incident.Id, StringComparer.Ordinal)];
    }

    public async Task<IReadOnlyList<Incident>> OpenAsync(DateTimeOffset expiringBy, int limit, CancellationToken cancellationToken)
    {
        var found = await SmallAsync(IncidentItems.Open, item => item.Number("expiresAt") <= expiringBy.ToUnixTimeMilliseconds(), cancellationToken).ConfigureAwait(false);
        return [.. (await OwnersAsync(found.Take(limit), "incident", cancellationToken).ConfigureAwait(false)).Select(IncidentItems.Incident)];
    }

    public async Task<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) =>
        [.. (await SmallAsync(IncidentItems.Silences, static _ => true, cancellationToken).ConfigureAwait(false)).Select(IncidentItems.Silence)];

    public async Task<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset now, bool unsent, int limit, CancellationToken cancellationToken)
    {
        var found = await SmallAsync(
            IncidentItems.Groups, item => item.Number("dueAt") <= now.ToUnixTimeMilliseconds() || (unsent && item.Number("messages") == 0), cancellationToken).ConfigureAwait(false);
        var groups = await OwnersAsync(found.OrderBy(item => item.Number("dueAt")).ThenBy(item => item.Key.Sort, StringComparer.Ordinal).Take(limit), "group", cancellationToken).ConfigureAwait(false);
        return [.. groups.Select(IncidentItems.Group).OrderBy(group => group.DueAt.ToUnixTimeMilliseconds()).ThenBy(group => group.Key, StringComparer.Ordinal)];
    }

    /// <summary>The small items of a partition that are meant.</summary>
    public async Task<List<Item>> SmallAsync(string partition, Func<Item, bool> isMeant, CancellationToken cancellationToken)
    {
        var found = new List<Item>();
        await foreach (var item in table.QueryAsync(partition, cancellationToken).ConfigureAwait(false))
        {
            if (isMeant(item)) found.Add(item);
        }

        return found;
    }

    /// <summary>What these small items belong to, in no order.</summary>
    public Task<List<Item>> OwnersAsync(IEnumerable<Item> small, string kind, CancellationToken cancellationToken) =>
        table.GetAsync([.. small.Select(item => IncidentItems.Owner(item, kind))], cancellationToken);
}
