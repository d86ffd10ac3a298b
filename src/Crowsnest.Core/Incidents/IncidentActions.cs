using System.Diagnostics;

namespace Crowsnest.Core.Incidents;

/// <summary>What people do with an incident.</summary>
public enum IncidentVerb
{
    /// <summary>Somebody has seen it: nobody is told of it again until it is resolved.</summary>
    Acknowledge,

    /// <summary>Somebody is to see to it.</summary>
    Assign,

    /// <summary>It is over.</summary>
    Resolve,

    /// <summary>It goes on after all.</summary>
    Reopen,

    /// <summary>Something to be said of it.</summary>
    Comment,
}

/// <summary>What somebody does with an incident.</summary>
/// <param name="Verb">What.</param>
/// <param name="By">Who.</param>
/// <param name="Text">A comment's text, the assignee, or a remark; may be empty but for a comment.</param>
public sealed record IncidentAction(IncidentVerb Verb, string By, string Text = "");

/// <summary>What became of an action.</summary>
/// <param name="Incident">The incident after it; <see langword="null"/> when there is none of this id.</param>
/// <param name="Refusal">Why nothing was done, in words for a person; empty when it was.</param>
public readonly record struct ActionResult(Incident? Incident, string Refusal = "");

/// <summary>Does what people ask for, each action in a pass of its own: by whoever holds the lease, so that it meets no tick half-way.</summary>
/// <param name="options">Who is told of one that goes on after all.</param>
public sealed class IncidentActions(TellingOptions options)
{
    /// <summary>Does it.</summary>
    /// <param name="store">Where incidents are.</param>
    /// <param name="id">Which incident.</param>
    /// <param name="action">What is done.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="cancellationToken">Ends it before it is written.</param>
    public async ValueTask<ActionResult> ApplyAsync(IIncidentStore store, string id, IncidentAction action, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(action);
        var pass = await store.BeginAsync(cancellationToken).ConfigureAwait(false);
        await using (pass.ConfigureAwait(false))
        {
            if (await pass.IncidentAsync(id, cancellationToken).ConfigureAwait(false) is not { } incident) return default;
            if (Refusal(incident, action) is { Length: > 0 } refusal) return new ActionResult(incident, refusal);
            var after = After(incident, action, now);
            if (action.Verb == IncidentVerb.Reopen)
            {
                var work = new IncidentWork(pass, options, now, now);
                after = await work.TellAnewAsync(after, cancellationToken).ConfigureAwait(false);
                work.Flush();
            }

            pass.Save(after);
            await pass.CommitAsync(cancellationToken).ConfigureAwait(false);
            return new ActionResult(after);
        }
    }

    private static string Refusal(Incident incident, IncidentAction action) => (action.Verb, incident.State) switch
    {
        (IncidentVerb.Acknowledge, IncidentState.Firing) when incident.AcknowledgedBy.Length > 0 => $"It is acknowledged already, by {incident.AcknowledgedBy}.",
        (IncidentVerb.Acknowledge or IncidentVerb.Resolve, not IncidentState.Firing) => "It is over; reopen it first.",
        (IncidentVerb.Reopen, IncidentState.Firing) => "It is not over.",
        (_, IncidentState.Pending) => "Its rule still waits for more of it.",
        (IncidentVerb.Reopen, IncidentState.Notice) => "It is a notice, and nothing broke.",
        (IncidentVerb.Reopen, IncidentState.Synthetic) => "It was only to try the way.",
        (IncidentVerb.Comment, _) when action.Text.Length == 0 => "A comment needs a text.",
        _ => "",
    };

    private Incident After(Incident incident, IncidentAction action, DateTimeOffset now) => action.Verb switch
    {
        IncidentVerb.Acknowledge => (incident with { AcknowledgedBy = action.By }).With(new IncidentStep(now, StepKind.Acknowledged, action.By, action.Text)),
        IncidentVerb.Assign => (incident with { Assignee = action.Text }).With(new IncidentStep(now, StepKind.Assigned, action.By, action.Text)),
        IncidentVerb.Comment => incident.With(new IncidentStep(now, StepKind.Commented, action.By, action.Text)),
        IncidentVerb.Resolve => incident.Resolve(now, action.Text.Length > 0 ? action.Text : $"Resolved by {action.By}.", action.By, now),
        IncidentVerb.Reopen => incident.Reopen(action.Text, action.By, now) with { ExpiresAt = now + options.ExpireAfter },
        _ => throw new UnreachableException(action.Verb.ToString()),
    };
}
