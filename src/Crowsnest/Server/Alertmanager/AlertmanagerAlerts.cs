using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Crowsnest.Core.Incidents;
using Crowsnest.Server.Silences;

namespace Crowsnest.Server.Alertmanager;

/// <summary>What is asked of alerts.</summary>
/// <param name="Active">Those that nothing suppresses too.</param>
/// <param name="Silenced">Those that are silenced too.</param>
/// <param name="Inhibited">Those that are inhibited too.</param>
/// <param name="Muted">Those outside their routes' hours too.</param>
/// <param name="Filter">What their labels are like.</param>
/// <param name="Receiver">What the whole name of one of their receivers is like, or <see langword="null"/>.</param>
internal sealed record AlertQuery(bool Active, bool Silenced, bool Inhibited, bool Muted, ImmutableArray<LabelMatcher> Filter, Regex? Receiver);

/// <summary>Incidents that fire, as alerts, with what mutes them at this moment.</summary>
/// <param name="store">Where they are.</param>
/// <param name="options">Who is told.</param>
/// <param name="external">Where people reach the page, or <see langword="null"/>.</param>
/// <param name="time">Our clock.</param>
internal sealed class AlertmanagerAlerts(IIncidentStore store, TellingOptions options, Uri? external, TimeProvider time)
{
    private const int ResourcesMax = 20;

    /// <summary>Alerts, by their fingerprints.</summary>
    public async Task<IReadOnlyList<AmAlert>> ListAsync(AlertQuery query, CancellationToken cancellationToken) =>
        [.. (await FindAsync(query, cancellationToken)).Select(one => one.Alert).OrderBy(alert => alert.Fingerprint, StringComparer.Ordinal)];

    /// <summary>Alerts by the groups that they are told in.</summary>
    public async Task<IReadOnlyList<AmAlertGroup>> GroupsAsync(AlertQuery query, CancellationToken cancellationToken)
    {
        var groups = new SortedDictionary<string, (string Receiver, ImmutableSortedDictionary<string, string> Labels, List<AmAlert> Alerts)>(StringComparer.Ordinal);
        foreach (var (incident, alert) in await FindAsync(query, cancellationToken))
        {
            foreach (var (route, path) in options.Route.Of(incident.Lead.Labels).Where(one => query.Receiver?.IsMatch(one.Route.Receiver) != false))
            {
                var labels = route.GroupLabels(incident.Lead.Labels);
                var key = string.Join('\n', labels.Select(label => $"{label.Key}={label.Value}")) + "\n" + route.Receiver + "\n" + path;
                if (!groups.TryGetValue(key, out var group)) groups[key] = group = (route.Receiver, labels, []);
                group.Alerts.Add(alert);
            }
        }

        return [.. groups.Values.Select(group => new AmAlertGroup([.. group.Alerts.OrderBy(alert => alert.Fingerprint, StringComparer.Ordinal)], group.Labels, new AmReceiver(group.Receiver)))];
    }

    /// <summary>Whether labels are like this. As Alertmanager has it, <c>=</c> and <c>=~</c> want the label to be there, but for the empty value.</summary>
    public static bool Fits(IReadOnlyDictionary<string, string> labels, ImmutableArray<LabelMatcher> filter) => filter.All(matcher =>
    {
        var isThere = labels.TryGetValue(matcher.Name, out var value);
        var isPositive = matcher.Kind is MatcherKind.Equal or MatcherKind.Matches;
        if (matcher.Value.Length == 0) return isPositive ? !isThere || matcher.HoldsFor(value!) : isThere || matcher.HoldsFor("");
        return (isThere || !isPositive) && matcher.HoldsFor(value ?? "");
    });

    private async Task<List<(Incident Incident, AmAlert Alert)>> FindAsync(AlertQuery query, CancellationToken cancellationToken)
    {
        var firing = await OpenIncidents.FiringAsync(store, cancellationToken);
        var muting = new Muting(options, await store.SilencesAsync(cancellationToken), firing, time.GetUtcNow());
        var found = new List<(Incident, AmAlert)>();
        foreach (var incident in firing.Where(one => Fits(one.Lead.Labels, query.Filter)))
        {
            var routes = options.Route.Of(incident.Lead.Labels).Select(one => one.Route).ToList();
            if (query.Receiver is { } wanted && !routes.Exists(route => wanted.IsMatch(route.Receiver))) continue;
            var (silences, inhibitors) = (muting.SilencesOf(incident), muting.InhibitorsOf(incident));

            // Muted by hours is what no route tells now.
            var hours = routes.TrueForAll(route => muting.QuietHours(route).Count > 0) ? routes.SelectMany(muting.QuietHours).Distinct(StringComparer.Ordinal).ToList() : [];
            var isActive = silences.Count + inhibitors.Count + hours.Count == 0;
            if ((isActive && !query.Active) || (silences.Count > 0 && !query.Silenced) || (inhibitors.Count > 0 && !query.Inhibited) || (hours.Count > 0 && !query.Muted)) continue;
            var status = new AmAlertStatus(isActive ? "active" : "suppressed", [.. silences.Select(one => one.Id)], [.. inhibitors.Select(one => one.Id)], hours);
            found.Add((incident, Alert(incident, routes, status)));
        }

        return found;
    }

    private AmAlert Alert(Incident incident, List<Core.Incidents.Route> routes, AmAlertStatus status)
    {
        var annotations = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["summary"] = incident.Lead.Summary,
            ["count"] = incident.Count.ToString(CultureInfo.InvariantCulture),
            ["resources"] = string.Join(", ", incident.Resources.Take(ResourcesMax)),
        };
        if (incident.Lead.NextStep.Length > 0) annotations["next_step"] = incident.Lead.NextStep;
        if (incident.AcknowledgedBy.Length > 0) annotations["acknowledged_by"] = incident.AcknowledgedBy;
        return new AmAlert(
            annotations, incident.ExpiresAt.UtcDateTime, incident.Id, [.. routes.Select(route => route.Receiver).Distinct(StringComparer.Ordinal).Select(name => new AmReceiver(name))],
            incident.FirstAt.UtcDateTime, status, incident.LastAt.UtcDateTime, incident.Lead.Labels)
        {
            GeneratorUrl = external is null ? null : new Uri(external, "incidents/" + incident.Id).AbsoluteUri,
        };
    }
}
