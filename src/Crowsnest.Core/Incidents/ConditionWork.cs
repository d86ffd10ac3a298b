using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>Opens incidents of conditions that have held for long enough, and ends those whose conditions hold no longer, within one pass.</summary>
/// <remarks>
/// One incident for each rule and group, with what holds of any of its resources. Where the state does not say since when it holds, a pending incident
/// remembers it; one that holds no longer ends when it has not held for as long as its rule says. Of a condition that held longest ago in a backlog nobody is told; one that holds still when the backlog is read is told then.
/// </remarks>
internal sealed class ConditionWork(IIncidentPass pass, IncidentWork work, TellingOptions options, DateTimeOffset now)
{
    // As many as a fleet may have wrong at once; of more, the rest waits for these to end.
    private const int OpenMax = 5_000;

    /// <summary>Brings incidents in line with what holds; answers how many are new, which groups have one, and when one that is pending has held for long enough.</summary>
    public async ValueTask<(int Opened, HashSet<string> Open, DateTimeOffset? DueAt)> ApplyAsync(HeldConditions held, CancellationToken cancellationToken)
    {
        var open = (await pass.OpenAsync(DateTimeOffset.MaxValue, OpenMax, cancellationToken).ConfigureAwait(false))
            .Where(incident => incident.Lead.IsCondition).GroupBy(incident => incident.GroupKey, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.First(), StringComparer.Ordinal);
        var (opened, going) = (0, new HashSet<string>(StringComparer.Ordinal));
        DateTimeOffset? dueAt = null;
        foreach (var group in ConditionGroup.Of(held))
        {
            open.Remove(group.Key, out var known);
            var before = known;
            known ??= await LatelyAsync(group, cancellationToken).ConfigureAwait(false);
            var after = known switch
            {
                { State: IncidentState.Firing } => Goes(known, group),
                { State: IncidentState.Pending } when group.KnownUntil - known.FirstAt < group.Rule.For => known,
                { State: IncidentState.Pending } => Opens(known, group),
                { State: IncidentState.Resolved or IncidentState.Expired } when group.IsDue => group.Since <= known.ResolvedAt ? known : Reopens(known, group),
                _ when group.IsDue => Opens(New(group), group),
                _ when group.Since is null => New(group),
                _ => null,
            };
            if (after is null) continue;
            if (after.State is IncidentState.Firing or IncidentState.Pending) going.Add(group.Key);
            if (after.State == IncidentState.Firing && before?.State != IncidentState.Firing) opened++;
            after = await ToldAsync(after, group, cancellationToken).ConfigureAwait(false);
            if (!ReferenceEquals(after, before)) pass.Save(after);
            if (after.State == IncidentState.Pending) dueAt = Sooner(dueAt, after.FirstAt + group.Rule.For + group.Rule.LookedAtLate);
        }

        foreach (var over in open.Values)
        {
            if (End(over, held) is not { } end) continue;
            going.Add(over.GroupKey);
            dueAt = Sooner(dueAt, end);
        }

        return (opened, going, dueAt);
    }

    // One that is over, and not for longer than a firing may be away.
    private async ValueTask<Incident?> LatelyAsync(ConditionGroup group, CancellationToken cancellationToken) =>
        group.IsDue
        && await pass.IncidentOfGroupAsync(group.Key, group.KnownUntil - options.ExpireAfter, DateTimeOffset.MaxValue, cancellationToken).ConfigureAwait(false) is { State: IncidentState.Resolved or IncidentState.Expired } found
            ? found : null;

    private static Incident New(ConditionGroup group) => new()
    {
        Id = IncidentKeys.Hash(group.Key + "\n" + (group.Since ?? group.KnownUntil).ToUnixTimeMilliseconds()),
        GroupKey = group.Key, State = IncidentState.Pending, Lead = group.Lead, FirstAt = group.Since ?? group.KnownUntil, LastAt = group.KnownUntil, Count = group.Count,
        Resources = group.Resources, ExpiresAt = DateTimeOffset.MaxValue,
    };

    private Incident Opens(Incident incident, ConditionGroup group) =>
        (Goes(incident, group) with { State = IncidentState.Firing, LastAt = group.KnownUntil }).With(new IncidentStep(now, StepKind.Opened, "", group.Lead.Summary));

    private Incident Reopens(Incident incident, ConditionGroup group) =>
        (Goes(incident, group) with { Groups = [], LastAt = group.KnownUntil, ExpiresAt = DateTimeOffset.MaxValue }).Reopen("It holds again.", "", now);

    // What it is about may change while it goes on; when it began does not.
    private static Incident Goes(Incident incident, ConditionGroup group) =>
        incident.PausedAt is null && incident.Count == group.Count && incident.Lead.Summary == group.Lead.Summary && incident.Resources.SequenceEqual(group.Resources) ? incident
        : incident with { Count = group.Count, Lead = group.Lead, Resources = group.Resources, PausedAt = null };

    // A backlog tells of nothing that was long ago; what still holds at its end is told then.
    private async ValueTask<Incident> ToldAsync(Incident incident, ConditionGroup group, CancellationToken cancellationToken)
    {
        if (incident.State != IncidentState.Firing || !incident.Groups.IsEmpty) return incident;
        if (now - group.KnownUntil > options.MaxAge)
            return incident.Untold.Length > 0 ? incident : incident with { Untold = "It held longer ago than outbox.max_age." };
        return await work.TellAnewAsync(incident with { Untold = "" }, cancellationToken).ConfigureAwait(false);
    }

    // How things are is told while they are so; what was over before anybody was told is no news.
    private static Incident Untold(Incident over) => over.ToldAt is null && over.Untold.Length == 0 ? over with { Untold = "It was over before anybody was told." } : over;

    // Answers when it will be over, if it is too early to say.
    private DateTimeOffset? End(Incident incident, HeldConditions held)
    {
        if (incident.State == IncidentState.Pending)
        {
            pass.Remove(incident);
            return null;
        }

        if (held.KnownUntil(incident.Lead) is not { } at)
        {
            pass.Save(Untold((incident with { State = IncidentState.Expired }).With(new IncidentStep(now, StepKind.Expired, "", "Nothing was heard of the cluster for long."))));
            return null;
        }

        var (since, rule) = (incident.PausedAt ?? at, held.RuleOf(incident.Lead));
        if (rule is not null && at - since < rule.KeptFiring)
        {
            if (incident.PausedAt is null) pass.Save(incident with { PausedAt = since });
            return since + rule.KeptFiring + rule.LookedAtLate;
        }

        pass.Save(Untold((incident with { LastAt = at, PausedAt = null }).Resolve(at, ConditionFiring.Over(rule), "", now)));
        return null;
    }

    private static DateTimeOffset Sooner(DateTimeOffset? known, DateTimeOffset other) => known < other ? known.Value : other;
}
