using Crowsnest.Core.Incidents;

namespace Crowsnest.Server;

/// <summary>An incident in a list.</summary>
/// <param name="Id">Its id, for good.</param>
/// <param name="State">firing, acknowledged, resolved, expired or synthetic.</param>
/// <param name="Severity">Of its worst failure.</param>
/// <param name="Labels">What routes and silences see of it.</param>
/// <param name="Summary">What happened, in a sentence.</param>
/// <param name="NextStep">What to do.</param>
/// <param name="FirstAt">When the first of it happened.</param>
/// <param name="LastAt">When the latest of it happened.</param>
/// <param name="Count">How many failures it has.</param>
/// <param name="Resources">Ids of the first tasks (or other resources) that failed.</param>
/// <param name="ToldAt">When somebody was first told.</param>
/// <param name="Untold">Why nobody was, or empty.</param>
/// <param name="ResolvedAt">When it was over.</param>
/// <param name="Resolution">What showed that, in words, or empty.</param>
/// <param name="AcknowledgedBy">Who has seen it, or empty.</param>
/// <param name="Assignee">Who sees to it, or empty.</param>
/// <param name="Muted">Of one that fires: the silence or the other incident that keeps it from being told, in words, or empty.</param>
internal sealed record IncidentItem(
    string Id, string State, string Severity, IReadOnlyDictionary<string, string> Labels, string Summary, string NextStep, DateTime FirstAt, DateTime LastAt, long Count,
    IReadOnlyList<string> Resources, DateTime? ToldAt, string Untold, DateTime? ResolvedAt, string Resolution, string AcknowledgedBy, string Assignee, string Muted)
{
    /// <summary>As the API shows it.</summary>
    public static IncidentItem Of(Incident incident) => new(
        incident.Id, StateOf(incident), incident.Lead.Severity.ToString().ToLowerInvariant(), incident.Lead.Labels, incident.Lead.Summary, incident.Lead.NextStep,
        incident.FirstAt.UtcDateTime, incident.LastAt.UtcDateTime, incident.Count, incident.Resources, incident.ToldAt?.UtcDateTime, incident.Untold,
        incident.ResolvedAt?.UtcDateTime, incident.Resolution, incident.AcknowledgedBy, incident.Assignee, incident is { State: IncidentState.Firing, Mute: { } mute } ? mute.Text : "");

    /// <summary>Its state's public name.</summary>
    public static string StateOf(Incident incident) =>
        incident is { State: IncidentState.Firing, AcknowledgedBy.Length: > 0 } ? "acknowledged" : incident.State.ToString().ToLowerInvariant();
}

/// <summary>An incident, whole.</summary>
/// <param name="Incident">What a list shows of it.</param>
/// <param name="Evidence">The facts that its summary rests on; they stay when the events have left.</param>
/// <param name="Steps">What became of it, in order.</param>
internal sealed record IncidentDetail(IncidentItem Incident, IReadOnlyList<string> Evidence, IReadOnlyList<IncidentStepItem> Steps)
{
    /// <summary>As the API shows it, with what became of its messages.</summary>
    public static async Task<IncidentDetail> OfAsync(Incident incident, IIncidentStore store, CancellationToken cancellationToken)
    {
        var sent = await MessagesAsync(incident, store, cancellationToken);
        return new IncidentDetail(IncidentItem.Of(incident), incident.Lead.Evidence, [.. incident.Steps.Select(step => IncidentStepItem.Of(step, sent[step.NotificationId]))]);
    }

    // The outbox is newest first, and knows messages by their integrations.
    private static async Task<ILookup<string, OutboxEntry>> MessagesAsync(Incident incident, IIncidentStore store, CancellationToken cancellationToken)
    {
        const int PagesMax = 10, Page = 1_000;
        var wanted = incident.Steps.Select(step => step.NotificationId).Where(id => id.Length > 0).ToHashSet(StringComparer.Ordinal);
        var (found, oldest) = (new List<OutboxEntry>(), incident.Steps.Where(step => step.NotificationId.Length > 0).Select(step => step.At).DefaultIfEmpty(DateTimeOffset.MaxValue).Min());
        long? before = null;
        for (var page = 0; page < PagesMax; page++)
        {
            var entries = await store.OutboxAsync(before, Page, cancellationToken);
            found.AddRange(entries.Select(one => one.Entry).Where(entry => wanted.Contains(entry.Notification.NotificationId)));
            if (entries.Count < Page || entries[^1].Entry.Notification.At < oldest) break;
            before = entries[^1].Place;
        }

        return found.OrderBy(entry => entry.Integration).ToLookup(entry => entry.Notification.NotificationId, StringComparer.Ordinal);
    }
}

/// <summary>Something that became of an incident.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">opened, told, acknowledged, assigned, commented, resolved, reopened, expired, muted or unmuted.</param>
/// <param name="By">Who did it; empty: the events.</param>
/// <param name="Text">A comment, the assignee, what resolved it; of a message its receiver.</param>
/// <param name="NotificationId">Of a message: its id; empty otherwise.</param>
/// <param name="Deliveries">Of a message: what became of it at each integration of the receiver, as far as that is still known.</param>
internal sealed record IncidentStepItem(DateTime At, string Kind, string By, string Text, string NotificationId, IReadOnlyList<DeliveryItem> Deliveries)
{
    /// <summary>As the API shows it.</summary>
    public static IncidentStepItem Of(IncidentStep step, IEnumerable<OutboxEntry> sent) => new(
        step.At.UtcDateTime, step.Kind.ToString().ToLowerInvariant(), step.By, step.Text, step.NotificationId, step.NotificationId.Length == 0 ? [] : [.. sent.Select(DeliveryItem.Of)]);
}

/// <summary>What became of a message at one integration.</summary>
/// <param name="Integration">The medium.</param>
/// <param name="State">waiting, sent, failed, or joined: told within another message.</param>
/// <param name="Attempts">Attempts so far.</param>
/// <param name="LastError">What went wrong last, or empty.</param>
/// <param name="At">When it arrived, failed or was joined; of one that waits, when it is tried next.</param>
/// <param name="ToldBy">The id of the message that tells it instead, to the fallback of its receiver or together with others; empty: none.</param>
internal sealed record DeliveryItem(string Integration, string State, int Attempts, string LastError, DateTime At, string ToldBy)
{
    /// <summary>As the API shows it.</summary>
    public static DeliveryItem Of(OutboxEntry entry) => new(entry.Kind, entry.State.ToString().ToLowerInvariant(), entry.Attempts, entry.LastError, entry.DueAt.UtcDateTime, entry.ToldBy);
}

/// <summary>What somebody does with an incident.</summary>
/// <param name="By">Who, where the caller has no token that says so.</param>
/// <param name="Text">A comment's text, or a remark.</param>
/// <param name="Assignee">Of an assignment: who sees to it; empty: nobody any more.</param>
internal sealed record IncidentWish(string? By = null, string? Text = null, string? Assignee = null);
