using System.Collections.Immutable;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>Gives firings their places in incidents, and incidents theirs in notification groups, within one pass.</summary>
/// <remarks>
/// A firing joins the incident of its group that was within an hour of it by the events' own time, so that late and replayed events find the incident they
/// belong to. Until the incident is told, a better diagnosis may move a firing to another one; from then on it stays, and only what is shown changes.
/// What shows that something is well again resolves its incidents that last failed before, whichever of the two comes first.
/// </remarks>
internal sealed class IncidentWork(IIncidentPass pass, TellingOptions options, DateTimeOffset now, DateTimeOffset watermark)
{
    // Incidents that are looked at when something is well again. Of more, those that are left are looked at before they expire.
    private const int OpenMax = 5_000;

    private readonly Dictionary<string, Incident> _incidents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, NotificationGroup> _groups = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _opened = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Firing?> _recoveries = new(StringComparer.Ordinal);

    /// <summary>Incidents that began in this pass.</summary>
    public IEnumerable<Incident> Opened => _incidents.Values.Where(incident => _opened.Contains(incident.Id));

    /// <summary>Incidents of this pass that are over.</summary>
    public IEnumerable<Incident> Ended => _incidents.Values.Where(incident => incident.State == IncidentState.Resolved);

    /// <summary>What was done so far.</summary>
    public TickReport Report { get; private set; }

    /// <summary>What placing these firings asks for, as far as it can be known before.</summary>
    public IncidentNeeds NeedsOf(IReadOnlyList<(Firing Firing, string? Incident)> firings) => new()
    {
        Incidents = [.. firings.Select(one => one.Incident).OfType<string>().Distinct(StringComparer.Ordinal)],
        OfGroups = [.. firings.Where(one => one.Incident is null).Select(one => (IncidentKeys.OfIncidents(one.Firing), one.Firing.OccurredAt - Around(one.Firing), one.Firing.OccurredAt + Around(one.Firing))).Distinct()],
        Groups = [.. firings.Where(one => now - one.Firing.OccurredAt <= options.MaxAge).SelectMany(one => RoutesOf(one.Firing)).Select(route => route.Key).Distinct(StringComparer.Ordinal)],
    };

    /// <summary>Places a firing that is new or refined.</summary>
    public async ValueTask TakeAsync(Firing firing, string? belongsTo, bool isLast, CancellationToken cancellationToken)
    {
        var key = IncidentKeys.OfIncidents(firing);
        var known = belongsTo is null ? null : await IncidentAsync(belongsTo, cancellationToken).ConfigureAwait(false);
        if (known is not null && known.ToldAt is null && known.GroupKey != key)
        {
            await TakeOutAsync(known, firing, cancellationToken).ConfigureAwait(false);
            known = null;
        }

        var incident = known is not null
            ? Refine(known, firing)
            : await JoinAsync(key, firing, cancellationToken).ConfigureAwait(false);
        if (incident.State == IncidentState.Pending)
        {
            // Nobody is told before it came often enough.
        }
        else if (now - firing.OccurredAt > options.MaxAge)
        {
            Report += new TickReport(0, 0, known is null && !firing.IsSynthetic ? 1 : 0);
            if (incident.ToldAt is null && incident.Groups.IsEmpty)
                incident = incident with { Untold = "It happened longer ago than outbox.max_age." };
        }
        else if (incident.ToldAt is null || incident.Groups.IsEmpty)
        {
            incident = await RouteAsync(incident with { Untold = "" }, isLast, cancellationToken).ConfigureAwait(false);
        }

        Put(incident);
        pass.Assign(firing.Id, incident.Id);
    }

    /// <summary>Resolves what is over: by what just showed that something is well again, and by what had shown it before the failure was heard of.</summary>
    public async ValueTask ResolveAsync(IReadOnlyList<Firing> recoveries, CancellationToken cancellationToken)
    {
        foreach (var recovery in recoveries)
        {
            if (!_recoveries.TryGetValue(recovery.Id, out var other) || other!.OccurredAt < recovery.OccurredAt) _recoveries[recovery.Id] = recovery;
            pass.Assign(recovery.Id, recovery.Id);
        }

        foreach (var incident in _incidents.Values.Where(i => i.State == IncidentState.Firing).ToList())
        {
            if (_opened.Contains(incident.Id)) await LookUpAsync(incident, cancellationToken).ConfigureAwait(false);
            Put(Resolved(incident));
        }

        if (recoveries.Count == 0) return;
        foreach (var incident in await pass.OpenAsync(DateTimeOffset.MaxValue, OpenMax, cancellationToken).ConfigureAwait(false))
        {
            if (incident.State != IncidentState.Firing || _incidents.ContainsKey(incident.Id)) continue;
            if (Resolved(incident) is var after && !ReferenceEquals(after, incident)) Put(after);
        }
    }

    /// <summary>An incident of which nothing more was heard: resolved, where something shows that it is over.</summary>
    public async ValueTask<Incident> ResolvedAsync(Incident incident, CancellationToken cancellationToken)
    {
        await LookUpAsync(incident, cancellationToken).ConfigureAwait(false);
        return Resolved(incident);
    }

    /// <summary>Somebody said that it goes on: it is told as when it began.</summary>
    public async ValueTask<Incident> TellAnewAsync(Incident incident, CancellationToken cancellationToken) =>
        await RouteAsync(incident with { Groups = [] }, isLast: false, cancellationToken).ConfigureAwait(false);

    /// <summary>Hands what changed to the pass.</summary>
    public void Flush()
    {
        foreach (var id in _changed)
        {
            if (_incidents.TryGetValue(id, out var incident)) pass.Save(incident);
        }

        foreach (var group in _groups.Values) pass.Save(group);
    }

    // What a condition opened ends with the condition. What came back is over only when it has been well for a while: it is looked at again then.
    private Incident Resolved(Incident incident)
    {
        if (incident.Lead.IsCondition || Recoveries.IdFor(incident.Lead.Labels) is not { } id || _recoveries.GetValueOrDefault(id) is not { } recovery || recovery.OccurredAt <= incident.LastAt) return incident;
        var believedAt = incident.LastAt + incident.TrialTime(options.ExpireAfter);
        return believedAt <= watermark ? incident.Resolve(recovery.OccurredAt, recovery.Summary, "", now)
            : believedAt < incident.ExpiresAt ? incident with { ExpiresAt = believedAt }
            : incident;
    }

    // A recovery belongs to itself, which is how it is found again.
    private async ValueTask LookUpAsync(Incident incident, CancellationToken cancellationToken)
    {
        if (Recoveries.IdFor(incident.Lead.Labels) is { } id && !_recoveries.ContainsKey(id))
            _recoveries[id] = await pass.FiringsOfAsync(id, 1, cancellationToken).ConfigureAwait(false) is [var known] ? known : null;
    }

    private async ValueTask<Incident> JoinAsync(string key, Firing firing, CancellationToken cancellationToken)
    {
        var (from, to) = (firing.OccurredAt - Around(firing), firing.OccurredAt + Around(firing));
        var open = _incidents.Values.FirstOrDefault(i => i.GroupKey == key && i.FirstAt <= to && i.LastAt >= from)
            ?? await pass.IncidentOfGroupAsync(key, from, to, cancellationToken).ConfigureAwait(false);
        if (open is not null && _incidents.TryGetValue(open.Id, out var current)) open = current;

        // What it took to open one that is over has to come again.
        if (open?.State == IncidentState.Lapsed) open = null;
        if (firing.Counted is not null && open is { State: IncidentState.Resolved or IncidentState.Expired } && firing.OccurredAt > (open.ResolvedAt ?? open.LastAt)) open = null;
        var heard = firing.OccurredAt < now ? firing.OccurredAt : now;
        var expiresAt = heard + (firing.Counted is { } count && open is null or { State: IncidentState.Pending } ? count.Within : options.ExpireAfter);
        if (open is null)
        {
            if (firing is { IsSynthetic: false, IsNotice: false, Counted: null }) Report += new TickReport(1, 0, 0);
            var id = IncidentKeys.Hash(key + "\n" + firing.Id);
            _opened.Add(id);
            return new Incident
            {
                Id = id, GroupKey = key, Lead = firing, FirstAt = firing.OccurredAt, LastAt = firing.OccurredAt, Count = 1,
                Resources = [firing.Resource], ExpiresAt = expiresAt, State = firing.Counted is null ? StateOf(firing, expiresAt) : IncidentState.Pending,
                Times = firing.Counted is null ? [] : [firing.OccurredAt.ToUnixTimeMilliseconds()], Steps = [new IncidentStep(now, StepKind.Opened, "", firing.Summary)],
            };
        }

        expiresAt = expiresAt > open.ExpiresAt ? expiresAt : open.ExpiresAt;
        var joined = open with
        {
            Lead = Leads(firing, open.Lead) ? firing : open.Lead,
            FirstAt = firing.OccurredAt < open.FirstAt ? firing.OccurredAt : open.FirstAt,
            LastAt = firing.OccurredAt > open.LastAt ? firing.OccurredAt : open.LastAt,
            Count = open.Count + 1,
            Resources = open.Resources.Length < Incident.ResourcesMax && !open.Resources.Contains(firing.Resource) ? open.Resources.Add(firing.Resource) : open.Resources,
            ExpiresAt = expiresAt,
        };
        if (open.State == IncidentState.Pending) return Counted(joined, firing);
        if (open.State == IncidentState.Resolved)
            return firing.OccurredAt > open.ResolvedAt ? Reopened(joined) : joined;
        if (open.State == IncidentState.Expired && StateOf(firing, expiresAt) == IncidentState.Firing) return Reopened(joined);
        return joined with { State = StateOf(firing, expiresAt) };
    }

    // Once more of what is counted: from then on an incident like any other, when so many fit into the time.
    private Incident Counted(Incident incident, Firing firing)
    {
        var times = CountedTimes.With(incident.Times, firing.OccurredAt.ToUnixTimeMilliseconds(), firing.Counted!);
        if (CountedTimes.FirstOfEnough(times, firing.Counted!) is not { } first) return incident with { Times = times };
        Report += new TickReport(1, 0, 0);
        _opened.Add(incident.Id);
        var expiresAt = (incident.LastAt < now ? incident.LastAt : now) + options.ExpireAfter;
        return incident with
        {
            State = StateOf(firing, expiresAt), ExpiresAt = expiresAt, Times = [], FirstAt = DateTimeOffset.FromUnixTimeMilliseconds(first),
            Steps = [new IncidentStep(now, StepKind.Opened, "", incident.Lead.Summary)],
        };
    }

    // How far apart two of one incident may be.
    private TimeSpan Around(Firing firing) => firing.Counted is { } count && count.Within > options.ExpireAfter ? count.Within : options.ExpireAfter;

    // It is routed anew, since the groups that it was in may have gone.
    private Incident Reopened(Incident incident)
    {
        _opened.Add(incident.Id);
        return (incident with { Groups = [] }).Reopen("It failed again.", "", now);
    }

    private IncidentState StateOf(Firing firing, DateTimeOffset expiresAt) =>
        firing.IsSynthetic ? IncidentState.Synthetic : firing.IsNotice ? IncidentState.Notice : expiresAt > watermark ? IncidentState.Firing : IncidentState.Expired;

    private static Incident Refine(Incident incident, Firing firing) =>
        incident.Lead.Id == firing.Id || Leads(firing, incident.Lead) ? incident with { Lead = firing } : incident;

    private static bool Leads(Firing firing, Firing lead)
    {
        var order = firing.Severity.CompareTo(lead.Severity);
        if (order == 0) order = firing.Rank.CompareTo(lead.Rank);
        return order != 0 ? order > 0 : string.CompareOrdinal(firing.Id, lead.Id) < 0;
    }

    // Nobody was told of it yet, so it may become as if the firing had never been in it.
    private async ValueTask TakeOutAsync(Incident incident, Firing moved, CancellationToken cancellationToken)
    {
        if (incident.Count <= 1)
        {
            foreach (var key in incident.Groups) await LeaveAsync(key, incident.Id, cancellationToken).ConfigureAwait(false);
            _incidents.Remove(incident.Id);
            _changed.Remove(incident.Id);
            pass.Remove(incident);
            return;
        }

        var rest = (await pass.FiringsOfAsync(incident.Id, 1_000, cancellationToken).ConfigureAwait(false)).Where(f => f.Id != moved.Id).ToList();
        var lead = rest.Aggregate((Firing?)null, (best, f) => best is null || Leads(f, best) ? f : best) ?? incident.Lead;
        Put(incident with
        {
            Lead = incident.Lead.Id == moved.Id ? lead : incident.Lead,
            Count = incident.Count - 1,
            Times = incident.Times.Remove(moved.OccurredAt.ToUnixTimeMilliseconds()),
            Resources = [.. incident.Resources.Where(r => r != moved.Resource)],
        });
    }

    private async ValueTask<Incident> RouteAsync(Incident incident, bool isLast, CancellationToken cancellationToken)
    {
        var routes = RoutesOf(incident.Lead);
        if (routes.Count == 0) return incident with { Untold = "It is synthetic, and verify.receiver names nobody." };

        // A synthetic one has a group to itself, and waits for nobody.
        var isAtOnce = isLast || incident.Lead.IsSynthetic;
        if (incident.Lead.IsSynthetic) routes = routes.ConvertAll(one => (one.Route, one.Path, one.Labels, one.Key + "#" + incident.Id));
        foreach (var left in incident.Groups.Where(key => routes.TrueForAll(route => route.Key != key))) await LeaveAsync(left, incident.Id, cancellationToken).ConfigureAwait(false);
        foreach (var (route, path, labels, key) in routes)
        {
            var group = await GroupAsync(key, cancellationToken).ConfigureAwait(false) ?? new NotificationGroup
            {
                Key = key, Receiver = route.Receiver, Route = path, Labels = labels, CreatedAt = now, DueAt = isAtOnce ? now : now + route.GroupWait, Incidents = [],
            };
            _groups[key] = group.Incidents.Contains(incident.Id) ? group : group with { Incidents = group.Incidents.Add(incident.Id) };
        }

        return incident with { Groups = [.. routes.Select(route => route.Key)] };
    }

    // Who is told of it, and with what else.
    private List<(Route Route, string Path, ImmutableSortedDictionary<string, string> Labels, string Key)> RoutesOf(Firing lead)
    {
        IEnumerable<(Route Route, string Path)> routes = !lead.IsSynthetic ? options.Route.Of(lead.Labels)
            : options.SyntheticReceiver is { } receiver ? [(options.Route with { Receiver = receiver, Routes = [] }, "{}")]
            : [];
        return
        [
            .. routes.Select(found =>
            {
                var labels = found.Route.GroupLabels(lead.Labels);
                if (lead.IsSynthetic) labels = labels.SetItem("synthetic", "true");
                return (found.Route, found.Path, labels, found.Route.Receiver + " " + IncidentKeys.GroupKey(found.Path, labels));
            }).DistinctBy(one => one.Item4, StringComparer.Ordinal),
        ];
    }

    private async ValueTask LeaveAsync(string groupKey, string incident, CancellationToken cancellationToken)
    {
        if (await GroupAsync(groupKey, cancellationToken).ConfigureAwait(false) is not { } group) return;
        group = group with { Incidents = group.Incidents.Remove(incident) };
        if (group.Incidents.IsEmpty && group.Messages == 0)
        {
            _groups.Remove(groupKey);
            pass.Remove(group);
            return;
        }

        _groups[groupKey] = group;
    }

    private async ValueTask<Incident?> IncidentAsync(string id, CancellationToken cancellationToken) =>
        _incidents.TryGetValue(id, out var known) ? known : await pass.IncidentAsync(id, cancellationToken).ConfigureAwait(false);

    private async ValueTask<NotificationGroup?> GroupAsync(string key, CancellationToken cancellationToken) =>
        _groups.TryGetValue(key, out var known) ? known : await pass.GroupAsync(key, cancellationToken).ConfigureAwait(false);

    /// <summary>The incident is written so.</summary>
    public void Put(Incident incident)
    {
        _incidents[incident.Id] = incident;
        _changed.Add(incident.Id);
    }
}
