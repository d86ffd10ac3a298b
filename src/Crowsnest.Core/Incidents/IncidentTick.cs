using System.Collections.Immutable;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>What one or more passes did.</summary>
/// <param name="Opened">Incidents that are new.</param>
/// <param name="Messages">Messages put into the outbox.</param>
/// <param name="TooOld">Firings that were recorded and not told.</param>
public readonly record struct TickReport(int Opened, int Messages, int TooOld)
{
    /// <summary>The sum of two.</summary>
    public static TickReport operator +(TickReport left, TickReport right) =>
        new(left.Opened + right.Opened, left.Messages + right.Messages, left.TooOld + right.TooOld);

    /// <summary>The sum of two.</summary>
    public static TickReport Add(TickReport left, TickReport right) => left + right;
}

/// <summary>The pass over everything that is due: firings become incidents, incidents messages in the outbox, and what is over expires.</summary>
/// <param name="options">Who is told, and when.</param>
/// <param name="media">Each receiver's integrations, by their media, in order.</param>
/// <param name="clusters">What is known of the clusters beside incidents; <see langword="null"/>: nothing is.</param>
/// <param name="conditions">What holds of the clusters; <see langword="null"/> where they are not known.</param>
public sealed class IncidentTick(TellingOptions options, IReadOnlyDictionary<string, ImmutableArray<Medium>> media, IClusterFacts? clusters = null, ConditionWatch? conditions = null)
{
    private const int FiringsAPass = 1_000;
    private const int DueAPass = 500;
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(5);

    /// <summary>Whether there is something to do that no store knows of: how things are is not as incidents say.</summary>
    public async ValueTask<bool> HasNewsAsync(DateTimeOffset now, DateTimeOffset watermark, CancellationToken cancellationToken) =>
        conditions is not null && await conditions.NewsAsync(now, watermark, now - options.MaxAge, cancellationToken).ConfigureAwait(false) is not null;

    /// <summary>Another process may have told meanwhile.</summary>
    public void Forget() => conditions?.Forget();

    /// <summary>Passes until nothing is due.</summary>
    /// <param name="store">The store.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="watermark">Up to when everything that came in is stored; not after now. Silence is judged by it.</param>
    /// <param name="isLast">Nothing more will come (the end of a file), so groups do not wait for more before their first message.</param>
    /// <param name="cancellationToken">Stops between two passes.</param>
    /// <param name="onMessages">Hears of each pass that put messages into the outbox.</param>
    public async ValueTask<TickReport> RunAsync(IIncidentStore store, DateTimeOffset now, DateTimeOffset watermark, bool isLast, CancellationToken cancellationToken, Action? onMessages = null)
    {
        ArgumentNullException.ThrowIfNull(store);
        var report = default(TickReport);
        var held = conditions is null ? null : await conditions.NewsAsync(now, watermark, now - options.MaxAge, cancellationToken).ConfigureAwait(false);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pass = await store.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using (pass.ConfigureAwait(false))
            {
                var (done, isMore) = await PassAsync(pass, held, now, watermark, isLast, seen, cancellationToken).ConfigureAwait(false);
                report += done;
                if (done.Messages > 0) onMessages?.Invoke();
                if (!isMore) return report;
            }
        }
    }

    private async ValueTask<(TickReport Done, bool IsMore)> PassAsync(
        IIncidentPass pass, HeldConditions? held, DateTimeOffset now, DateTimeOffset watermark, bool isLast, HashSet<string> seen, CancellationToken cancellationToken)
    {
        var work = new IncidentWork(pass, options, now, watermark);
        var pending = await pass.PendingFiringsAsync(FiringsAPass, cancellationToken).ConfigureAwait(false);
        var firings = pending.Where(one => !one.Firing.IsRecovery).ToList();
        await pass.ExpectAsync(work.NeedsOf(firings), cancellationToken).ConfigureAwait(false);
        foreach (var (firing, incident) in firings) await work.TakeAsync(firing, incident, isLast, cancellationToken).ConfigureAwait(false);
        await work.ResolveAsync([.. pending.Where(one => one.Firing.IsRecovery).Select(one => one.Firing)], cancellationToken).ConfigureAwait(false);
        await MuteNewAsync(pass, work, now, cancellationToken).ConfigureAwait(false);
        work.Flush();
        if (work.Report.TooOld > 0) pass.CountTooOld(work.Report.TooOld);

        // Messages only when all firings that are there have found their places, so that what happened together is told together.
        if (pending.Count == FiringsAPass)
        {
            await pass.CommitAsync(cancellationToken).ConfigureAwait(false);
            return (work.Report, true);
        }

        var followed = held is null ? default : await new ConditionWork(pass, work, options, now).ApplyAsync(held, cancellationToken).ConfigureAwait(false);
        if (held is not null) work.Flush();
        var expired = await pass.OpenAsync(watermark, DueAPass, cancellationToken).ConfigureAwait(false);
        foreach (var incident in expired)
        {
            if (incident.State == IncidentState.Pending) pass.Save(incident with { State = IncidentState.Lapsed });
            else pass.Save(Expire(await work.ResolvedAsync(incident, cancellationToken).ConfigureAwait(false), now, watermark));
        }

        var due = await pass.DueGroupsAsync(now, isLast, DueAPass, cancellationToken).ConfigureAwait(false);
        var messages = due.Count == 0 ? 0 : await TellAsync(pass, due, now, isLast, cancellationToken).ConfigureAwait(false);

        // At a file's end a group whose incidents are muted has no first message, and is found again each time.
        var isNew = due.Aggregate(false, (any, group) => seen.Add(group.Key) || any);
        await pass.CommitAsync(cancellationToken).ConfigureAwait(false);
        if (held is not null) conditions!.Applied(held, followed.Open, followed.DueAt);
        return (work.Report + new TickReport(followed.Opened, messages, 0), expired.Count == DueAPass || (due.Count == DueAPass && isNew));
    }

    // What another inhibits is looked at when it begins too: when its group is looked at first, that other may be over already, and people heard of it.
    private async ValueTask MuteNewAsync(IIncidentPass pass, IncidentWork work, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var began = work.Opened.Where(incident => options.InhibitRules.Any(rule => rule.IsTarget(incident.Lead.Labels))).ToList();
        if (began.Count == 0) return;
        var muting = await Muting.ReadAsync(pass, options, began, now, cancellationToken).ConfigureAwait(false);
        foreach (var incident in began)
        {
            if (muting.InhibitedBy(incident, work.Ended) is { } mute) work.Put(MuteSteps.Look(incident, mute, now));
        }
    }

    private async ValueTask<int> TellAsync(IIncidentPass pass, IReadOnlyList<NotificationGroup> due, DateTimeOffset now, bool isLast, CancellationToken cancellationToken)
    {
        List<string> ids = [.. due.SelectMany(group => group.Incidents).Distinct(StringComparer.Ordinal)];
        await pass.ExpectAsync(new IncidentNeeds { Incidents = ids }, cancellationToken).ConfigureAwait(false);
        var incidents = new Dictionary<string, Incident>(ids.Count, StringComparer.Ordinal);
        foreach (var id in ids)
        {
            if (await pass.IncidentAsync(id, cancellationToken).ConfigureAwait(false) is { } incident) incidents.Add(id, incident);
        }

        var muting = await Muting.ReadAsync(pass, options, incidents.Values, now, cancellationToken).ConfigureAwait(false);
        var teller = new GroupTeller(pass, incidents, options.Route, media, muting, clusters, now, isLast);
        return due.Sum(teller.Tell);
    }

    // Silence is no sign that all is well while less runs than should.
    private Incident Expire(Incident incident, DateTimeOffset now, DateTimeOffset watermark) =>
        incident.State == IncidentState.Resolved ? incident
        : clusters?.IsShort(incident) == true
            ? incident with { ExpiresAt = watermark + LookAgain }
        : (incident with { State = IncidentState.Expired }).With(new IncidentStep(now, StepKind.Expired, "", "Nothing more was heard of it."));
}
