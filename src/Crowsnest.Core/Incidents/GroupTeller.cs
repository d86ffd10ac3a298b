using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>An integration of a receiver, as far as it decides what is sent.</summary>
/// <param name="Kind">Its medium: <c>webhook</c>, …</param>
/// <param name="SendResolved">Whether it is told that something is over.</param>
public readonly record struct Medium(string Kind, bool SendResolved = true);

/// <summary>Puts the messages of groups that are due into the outbox.</summary>
/// <remarks>
/// A group is told of what it was not told of yet: that an incident is there, and that one it was told of is over. What goes on is told again after the repeat
/// interval, unless somebody has acknowledged it. An incident is told at least once, also when it is over by then; one that only expired is told no end. What is
/// muted is left out and stays: when that ends, it is told that it goes on, or of one that was told before, that it is over; one that nobody was told of and that
/// is over by then says for itself why nobody was.
/// </remarks>
/// <param name="pass">What is written.</param>
/// <param name="incidents">The incidents of these groups, by id; kept as they are written.</param>
/// <param name="root">The routes.</param>
/// <param name="media">Each receiver's integrations, in order.</param>
/// <param name="muting">What is muted now.</param>
/// <param name="clusters">What is known of the clusters beside incidents.</param>
/// <param name="now">Our clock.</param>
/// <param name="isLast">Nothing more will come.</param>
internal sealed class GroupTeller(
    IIncidentPass pass, Dictionary<string, Incident> incidents, Route root, IReadOnlyDictionary<string, ImmutableArray<Medium>> media, Muting muting, IClusterFacts? clusters, DateTimeOffset now, bool isLast)
{
    private const int IncidentsAMessage = 100;

    /// <summary>Tells it, or finds that there is nothing to tell; answers how many messages were made.</summary>
    public int Tell(NotificationGroup group)
    {
        // A route that is gone leaves its groups to the root's times.
        var route = root.At(group.Route) ?? root;
        var before = group;
        group = AtThisHour(group, route);
        var (members, held, lookAt) = (new List<Incident>(), new HashSet<string>(StringComparer.Ordinal), now + route.GroupInterval);
        foreach (var id in group.Incidents)
        {
            if (!incidents.TryGetValue(id, out var stored) || !Belongs(group, stored)) continue;
            var mute = muting.Of(stored);
            var incident = MuteSteps.LookAtHours(MuteSteps.Look(stored, mute, now), before, group, now);
            var isMuted = mute is not null || group.QuietHours.Length > 0;

            // Also what was muted when it was looked at last, and is over by now: nobody was told that it began.
            var why = WhyMuted(mute?.Text, group) ?? WhyMuted(stored.Mute?.Text, before, id);
            var isOverUntold = why is not null && incident.State != IncidentState.Firing && !group.Told.Contains(id);
            if (isOverUntold) incident = incident with { Untold = why!, Mute = null };
            if (!ReferenceEquals(incident, stored)) Save(incident);
            if (isOverUntold) continue;
            members.Add(incident);
            if (isMuted || WaitsForAnother(group, route, incident) is not null) held.Add(id);
            if ((isMuted ? mute?.Until : WaitsForAnother(group, route, incident)) is { } end && end < lookAt) lookAt = end;
        }

        if (members.Count == 0)
        {
            pass.Remove(group);
            return 0;
        }

        var told = members.Where(i => !held.Contains(i.Id) && IsToldNow(group, i)).ToList();
        var isNews = told.Exists(i => !group.Told.Contains(i.Id) || i.State == IncidentState.Resolved);
        var isRepeat = group.LastAt is { } last && now - last >= route.RepeatInterval && told.Exists(i => i.State == IncidentState.Firing);
        var kept = group with
        {
            Incidents = [.. members.Select(i => i.Id)], Told = [.. group.Told.Where(id => members.Exists(i => i.Id == id))], DueAt = lookAt,
            Held = group.QuietHours.Length > 0 ? [.. members.Select(i => i.Id)] : [],
        };
        if (!isNews && !isRepeat)
        {
            pass.Save(kept);
            return 0;
        }

        told = told.ConvertAll(WithDeployed);
        var messages = Enqueue(group, told, isRepeat);
        foreach (var incident in told)
        {
            var step = new IncidentStep(now, StepKind.Told, "", group.Receiver, NotificationId(group));
            Save((incident with { ToldAt = incident.ToldAt ?? now, Untold = "" }).With(step));
        }

        var over = told.Where(i => i.State != IncidentState.Firing).Select(i => i.Id).ToHashSet(StringComparer.Ordinal);
        pass.Save(kept with
        {
            Incidents = [.. kept.Incidents.Where(id => !over.Contains(id))],
            Told = [.. group.Told.Union(told.Select(i => i.Id), StringComparer.Ordinal).Where(id => !over.Contains(id) && kept.Incidents.Contains(id))],
            LastAt = now, Messages = group.Messages + 1,
        });
        return messages;
    }

    private void Save(Incident incident)
    {
        incidents[incident.Id] = incident;
        pass.Save(incident);
    }

    // By whom, or at which hours; of a group as it was before, only what its hours held back then.
    private static string? WhyMuted(string? mute, NotificationGroup group, string? held = null) =>
        mute ?? (group.QuietHours.Length > 0 && (held is null || group.Held.Contains(held)) ? group.QuietHours : null);

    // What was deployed is the first question, and is known only now: when the event came, the new tasks had not been heard of.
    private Incident WithDeployed(Incident incident) =>
        incident.ToldAt is null && clusters?.Deployed(incident).RemoveRange(incident.Lead.Evidence) is { IsEmpty: false } lines
            ? incident with { Lead = incident.Lead with { Evidence = incident.Lead.Evidence.InsertRange(0, lines) } }
            : incident;

    private NotificationGroup AtThisHour(NotificationGroup group, Route route)
    {
        // What tries the way waits for no hour, as it is silenced by nothing.
        var hours = group.Labels.ContainsKey("synthetic") ? [] : muting.QuietHours(route);
        if (hours.Count == 0) return group.QuietHours.Length == 0 ? group : group with { QuietHours = "", QuietSince = null };
        var words = $"Not told to {VisibleText.Of(group.Receiver, 100)} at this time: {string.Join(", ", hours.Select(name => VisibleText.Of(name, 100)))}";
        return group with { QuietHours = words, QuietSince = group.QuietSince ?? now };
    }

    // What another may inhibit waits for that other as long as a group waits for more, also where its group was told before.
    private DateTimeOffset? WaitsForAnother(NotificationGroup group, Route route, Incident incident)
    {
        if (isLast || group.Told.Contains(incident.Id) || !muting.IsTarget(incident)) return null;
        var began = incident.Steps.LastOrDefault(step => step.Kind is StepKind.Opened or StepKind.Reopened)?.At ?? incident.FirstAt;
        return began + route.GroupWait is var until && until > now ? until : null;
    }

    // What goes on; what nobody was told of or has seen yet; and what this group was told of and not yet that it is over.
    private static bool Belongs(NotificationGroup group, Incident incident) =>
        incident.State == IncidentState.Firing || incident is { ToldAt: null, AcknowledgedBy.Length: 0, Untold.Length: 0 } || (incident.State == IncidentState.Resolved && group.Told.Contains(incident.Id));

    // Acknowledged means quiet until it is over; and whoever was not told that it began is not told that it ended.
    private static bool IsToldNow(NotificationGroup group, Incident incident) =>
        incident.AcknowledgedBy.Length == 0 || (incident.State == IncidentState.Resolved && group.Told.Contains(incident.Id));

    private int Enqueue(NotificationGroup group, List<Incident> told, bool isRepeat)
    {
        var integrations = media.GetValueOrDefault(group.Receiver, []);
        var messages = 0;
        for (var i = 0; i < integrations.Length; i++)
        {
            // Who wants no ends hears of what began all the same, though it ended meanwhile.
            var shown = integrations[i].SendResolved ? told : told.FindAll(one => one.State != IncidentState.Resolved || !group.Told.Contains(one.Id));
            if (!integrations[i].SendResolved && !isRepeat && shown.TrueForAll(one => group.Told.Contains(one.Id))) continue;
            var notification = Message(group, shown);
            pass.Enqueue(new OutboxEntry { Id = OutboxEntry.IdOf(notification.NotificationId, i), Notification = notification, Integration = i, Kind = integrations[i].Kind, DueAt = now });
            messages++;
        }

        return messages;
    }

    private static string NotificationId(NotificationGroup group) => NotificationId(group, group.Messages);

    private static string NotificationId(NotificationGroup group, int message) => IncidentKeys.Hash($"{group.Key}\n{group.CreatedAt.ToUnixTimeMilliseconds()}\n{message}");

    private Notification Message(NotificationGroup group, List<Incident> incidents) => new()
    {
        NotificationId = NotificationId(group),
        PreviousId = group.Messages > 0 ? NotificationId(group, group.Messages - 1) : "",
        Receiver = group.Receiver,
        GroupKey = IncidentKeys.GroupKey(group.Route, group.Labels),
        GroupLabels = group.Labels,
        At = now,
        Incidents =
        [
            .. incidents.OrderBy(i => i.FirstAt).ThenBy(i => i.Id, StringComparer.Ordinal).Take(IncidentsAMessage).Select(i => new NotifiedIncident
            {
                Id = i.Id, Labels = i.Lead.Labels, Summary = i.Lead.Summary, NextStep = i.Lead.NextStep, Evidence = i.Lead.Evidence,
                FirstAt = i.FirstAt, LastAt = i.LastAt, Count = i.Count, Resources = i.Resources, ResolvedAt = i.ResolvedAt, Resolution = i.Resolution,
                Note = MuteSteps.Note(i, group), IsNews = !group.Told.Contains(i.Id),
            }),
        ],
        Truncated = Math.Max(0, incidents.Count - IncidentsAMessage),
    };
}
