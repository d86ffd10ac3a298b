using System.Collections.Immutable;

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
public sealed class IncidentTick(TellingOptions options, IReadOnlyDictionary<string, ImmutableArray<string>> media)
{
    private const int FiringsAPass = 1_000;
    private const int DueAPass = 200;
    private const int IncidentsAMessage = 100;

    /// <summary>Passes until nothing is due.</summary>
    /// <param name="store">The store.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="watermark">Up to when everything that came in is stored; not after now. Silence is judged by it.</param>
    /// <param name="isLast">Nothing more will come (the end of a file), so groups do not wait for more before their first message.</param>
    /// <param name="cancellationToken">Stops between two passes.</param>
    public async ValueTask<TickReport> RunAsync(IIncidentStore store, DateTimeOffset now, DateTimeOffset watermark, bool isLast, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var report = default(TickReport);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pass = await store.BeginAsync(cancellationToken).ConfigureAwait(false);
            await using (pass.ConfigureAwait(false))
            {
                var (done, isMore) = await PassAsync(pass, now, watermark, isLast, cancellationToken).ConfigureAwait(false);
                await pass.CommitAsync(cancellationToken).ConfigureAwait(false);
                report += done;
                if (!isMore) return report;
            }
        }
    }

    private async ValueTask<(TickReport Done, bool IsMore)> PassAsync(IIncidentPass pass, DateTimeOffset now, DateTimeOffset watermark, bool isLast, CancellationToken cancellationToken)
    {
        var work = new IncidentWork(pass, options, now, watermark);
        var firings = await pass.PendingFiringsAsync(FiringsAPass, cancellationToken).ConfigureAwait(false);
        await pass.ExpectAsync(work.NeedsOf(firings), cancellationToken).ConfigureAwait(false);
        foreach (var (firing, incident) in firings) await work.TakeAsync(firing, incident, isLast, cancellationToken).ConfigureAwait(false);
        work.Flush();
        if (work.Report.TooOld > 0) pass.CountTooOld(work.Report.TooOld);

        // Messages only when all firings that are there have found their places, so that what happened together is told together.
        if (firings.Count == FiringsAPass) return (work.Report, true);
        var expired = await pass.ExpiredAsync(watermark, DueAPass, cancellationToken).ConfigureAwait(false);
        foreach (var incident in expired) pass.Save(incident with { State = IncidentState.Expired });
        var due = await pass.DueGroupsAsync(now, isLast, DueAPass, cancellationToken).ConfigureAwait(false);
        await pass.ExpectAsync(new IncidentNeeds { Incidents = [.. due.SelectMany(group => group.Incidents).Distinct(StringComparer.Ordinal)] }, cancellationToken).ConfigureAwait(false);
        var messages = 0;
        foreach (var group in due) messages += await TellAsync(pass, group, now, cancellationToken).ConfigureAwait(false);
        return (work.Report + new TickReport(0, messages, 0), expired.Count == DueAPass || due.Count == DueAPass);
    }

    private async ValueTask<int> TellAsync(IIncidentPass pass, NotificationGroup group, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var active = new List<Incident>();
        foreach (var id in group.Incidents)
        {
            if (await pass.IncidentAsync(id, cancellationToken).ConfigureAwait(false) is { } incident && (incident.State == IncidentState.Firing || incident.ToldAt is null))
            {
                active.Add(incident);
            }
        }

        if (active.Count == 0)
        {
            pass.Remove(group);
            return 0;
        }

        var isNews = active.Any(i => !group.Told.Contains(i.Id));
        var isRepeat = group.LastAt is { } last && now - last >= options.RepeatInterval;
        var kept = group with { Incidents = [.. active.Select(i => i.Id)], DueAt = now + options.GroupInterval };
        if (!isNews && !isRepeat)
        {
            pass.Save(kept);
            return 0;
        }

        var notification = Message(group, active, now);
        var integrations = media.GetValueOrDefault(group.Receiver, []);
        for (var i = 0; i < integrations.Length; i++)
        {
            pass.Enqueue(new OutboxEntry { Id = $"{notification.NotificationId}/{i}", Notification = notification, Integration = i, Kind = integrations[i], DueAt = now });
        }

        foreach (var incident in active) pass.Save(incident with { ToldAt = incident.ToldAt ?? now });
        pass.Save(kept with { Told = kept.Incidents, LastAt = now, Messages = group.Messages + 1 });
        return integrations.Length;
    }

    private static Notification Message(NotificationGroup group, List<Incident> incidents, DateTimeOffset now) => new()
    {
        NotificationId = IncidentKeys.Hash($"{group.Key}\n{group.CreatedAt.ToUnixTimeMilliseconds()}\n{group.Messages}"),
        Receiver = group.Receiver,
        GroupKey = IncidentKeys.GroupKey(group.Labels),
        GroupLabels = group.Labels,
        At = now,
        Incidents =
        [
            .. incidents.OrderBy(i => i.FirstAt).ThenBy(i => i.Id, StringComparer.Ordinal).Take(IncidentsAMessage).Select(i => new NotifiedIncident
            {
                Id = i.Id, Labels = i.Lead.Labels, Summary = i.Lead.Summary, NextStep = i.Lead.NextStep, Evidence = i.Lead.Evidence,
                FirstAt = i.FirstAt, LastAt = i.LastAt, Count = i.Count, Resources = i.Resources,
            }),
        ],
        Truncated = Math.Max(0, incidents.Count - IncidentsAMessage),
    };
}
