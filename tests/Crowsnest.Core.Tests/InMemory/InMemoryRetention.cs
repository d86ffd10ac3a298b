using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Tests.InMemory;

/// <summary>What retention leaves of an <see cref="InMemoryStore"/>'s tables, and which days of events go.</summary>
internal static class InMemoryRetention
{
    /// <param name="tables">As they are.</param>
    /// <param name="retention">What is kept.</param>
    /// <param name="now">Our clock.</param>
    /// <param name="bytes">How many bytes each day's events have; their sum is what the store takes.</param>
    public static (InMemoryTables After, IReadOnlySet<DateOnly> Days) Drop(InMemoryTables tables, Retention retention, DateTimeOffset now, IReadOnlyDictionary<DateOnly, long> bytes)
    {
        var days = OldDays(tables, retention, now, bytes);
        var after = tables with { DayWrites = tables.DayWrites.RemoveRange(days) };
        var states = retention.Events is { } kept
            ? tables.States.Values.Where(s => (s.IsStopped || s.Type is "service" or "tags") && s.Event.TimeMilliseconds < (now - kept).ToUnixTimeMilliseconds() && !after.DayWrites.ContainsKey(InMemoryTables.DayOf(s.Event))).Select(s => s.Key).ToList()
            : [];
        var quarantine = OldQuarantine(tables, retention, now);
        var incidents = tables.Incidents.Values.Where(i => i.State != IncidentState.Firing
            && (tables.IncidentWrites[i.Id] < now - retention.Incidents || (i.State == IncidentState.Synthetic && tables.IncidentWrites[i.Id] < now - Retention.SyntheticIncidents))).Select(i => i.Id).ToHashSet();
        after = after with
        {
            States = after.States.RemoveRange(states),
            Quarantine = after.Quarantine.RemoveRange(quarantine),
            Incidents = after.Incidents.RemoveRange(incidents),
            Firings = after.Firings.RemoveRange(after.Firings.Values.Where(f => !f.IsPending && f.Incident is { } of && incidents.Contains(of)).Select(f => f.Firing.Id)),
            Outbox = after.Outbox.RemoveRange(after.Outbox.Values.Where(o => o.Entry.State != OutboxState.Waiting && o.Entry.DueAt < now - retention.Incidents).Select(o => o.Entry.Id)),
            Dropped = after.Dropped + new Dropped(0, quarantine.Count, states.Count, incidents.Count),
        };
        return (after, days);
    }

    private static HashSet<DateOnly> OldDays(InMemoryTables tables, Retention retention, DateTimeOffset now, IReadOnlyDictionary<DateOnly, long> bytes)
    {
        DateTimeOffset Leaves(KeyValuePair<DateOnly, DateTimeOffset> day)
        {
            var end = new DateTimeOffset(day.Key.AddDays(1).ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
            return end > day.Value ? end : day.Value;
        }

        var left = new Queue<KeyValuePair<DateOnly, DateTimeOffset>>(tables.DayWrites.OrderBy(Leaves).ThenBy(d => d.Key));
        var old = new HashSet<DateOnly>();
        while (left.TryPeek(out var oldest)
            && ((retention.Events is { } kept && Leaves(oldest) < now - kept) || (left.Count > 1 && left.Sum(d => bytes.GetValueOrDefault(d.Key)) > retention.SizeBytes)))
        {
            old.Add(left.Dequeue().Key);
        }

        return old;
    }

    private static List<long> OldQuarantine(InMemoryTables tables, Retention retention, DateTimeOffset now)
    {
        var old = tables.Quarantine.Values.Where(q => q.ReceivedAt < now - retention.Quarantine).Select(q => q.Id).ToList();
        var rest = new Queue<QuarantineEntry>(tables.Quarantine.Values.Where(q => !old.Contains(q.Id)));
        while (rest.Sum(q => (long)q.Fault.Bytes.Length) > retention.QuarantineBytesMax) old.Add(rest.Dequeue().Id);
        return old;
    }
}
