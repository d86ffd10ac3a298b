using System.Collections.Immutable;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>Makers of what incidents are made of; a test names only what matters to it.</summary>
public static class SomeIncident
{
    /// <summary>What event text may hold: separators, quotes, controls, other scripts.</summary>
    public const string Hostile = "a\0b\n\r\t\"'\\%_*;--<b>ß東🚀\u2028\ufffd ";

    public static Firing Firing(string id, int rank = 10, string summary = "It stopped.") => new()
    {
        Id = id,
        Rule = "task-failed",
        OccurredAt = Some.Noon,
        Labels = ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal).Add("alertname", "task-failed"),
        GroupBy = ["alertname"],
        Resource = "task-of-" + id,
        Summary = summary,
        NextStep = "Look at its log.",
        Rank = rank,
        Event = new EventKey(Some.Noon.ToUnixTimeMilliseconds(), 7),
        Severity = Severity.Error,
    };

    public static Incident Of(string id, int minute = 0, IncidentState state = IncidentState.Firing, string group = "g", int minutes = 0) => new()
    {
        Id = id,
        GroupKey = group,
        State = state,
        Lead = Firing("lead of " + id),
        FirstAt = Some.Noon.AddMinutes(minute),
        LastAt = Some.Noon.AddMinutes(minute + minutes),
        Count = 1,
        Resources = [],
        ExpiresAt = Some.Noon.AddMinutes(minute + minutes + 60),
    };

    public static NotificationGroup Group(string key, int dueMinute = 0, int messages = 0) => new()
    {
        Key = key, Receiver = "ops", Labels = ImmutableSortedDictionary<string, string>.Empty, CreatedAt = Some.Noon, DueAt = Some.Noon.AddMinutes(dueMinute), Incidents = [], Messages = messages,
    };

    public static Silence Silence(string id, params IEnumerable<LabelMatcher> matchers) => new()
    {
        Id = id, Matchers = [.. matchers], StartsAt = Some.Noon, EndsAt = Some.Noon.AddHours(1), CreatedBy = "anna", Comment = "deploy", UpdatedAt = Some.Noon,
    };

    public static OutboxEntry Message(string id, int dueMinute = 0, string receiver = "ops", OutboxState state = OutboxState.Waiting) => new()
    {
        Id = id,
        Integration = 0,
        Kind = "webhook",
        State = state,
        DueAt = Some.Noon.AddMinutes(dueMinute),
        Notification = new Notification
        {
            NotificationId = "n-" + id, Receiver = receiver, GroupKey = "{}", GroupLabels = ImmutableSortedDictionary<string, string>.Empty, At = Some.Noon, Incidents = [],
        },
    };
}
