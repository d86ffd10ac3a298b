using System.Collections.Immutable;
using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.InMemory;

/// <summary>Everything but the events, as of one commit. Immutable and swapped whole: a reader keeps what it began with, and what fails half-way was never there.</summary>
internal sealed record InMemoryTables
{
    /// <summary>Counts up with each row that has a place, and never back: a place is never given again.</summary>
    public long LastPlace { get; init; }

    public ImmutableDictionary<string, ResourceState> States { get; init; } = ImmutableDictionary<string, ResourceState>.Empty.WithComparers(StringComparer.Ordinal);

    public ImmutableSortedDictionary<long, QuarantineEntry> Quarantine { get; init; } = ImmutableSortedDictionary<long, QuarantineEntry>.Empty;

    public ImmutableDictionary<string, Accounting> Accounting { get; init; } = ImmutableDictionary<string, Accounting>.Empty.WithComparers(StringComparer.Ordinal);

    public ImmutableDictionary<string, FiringRow> Firings { get; init; } = ImmutableDictionary<string, FiringRow>.Empty.WithComparers(StringComparer.Ordinal);

    public ImmutableDictionary<string, Incident> Incidents { get; init; } = ImmutableDictionary<string, Incident>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>When each incident was last saved, by our clock.</summary>
    public ImmutableDictionary<string, DateTimeOffset> IncidentWrites { get; init; } = ImmutableDictionary<string, DateTimeOffset>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>When an event of each day was last written, by the commits' own time.</summary>
    public ImmutableSortedDictionary<DateOnly, DateTimeOffset> DayWrites { get; init; } = ImmutableSortedDictionary<DateOnly, DateTimeOffset>.Empty;

    public Dropped Dropped { get; init; }

    /// <summary>All that ever came into quarantine, by reason.</summary>
    public ImmutableDictionary<QuarantineReason, long> Quarantined { get; init; } = ImmutableDictionary<QuarantineReason, long>.Empty;

    /// <summary>All messages that were ever done, by receiver and how they failed, if they did.</summary>
    public ImmutableDictionary<(string Receiver, SendFailure Failure), long> Sent { get; init; } = ImmutableDictionary<(string Receiver, SendFailure Failure), long>.Empty;

    /// <summary>All firings that were too old to be told.</summary>
    public long TooOld { get; init; }

    public ImmutableDictionary<string, NotificationGroup> Groups { get; init; } = ImmutableDictionary<string, NotificationGroup>.Empty.WithComparers(StringComparer.Ordinal);

    public ImmutableDictionary<string, Silence> Silences { get; init; } = ImmutableDictionary<string, Silence>.Empty.WithComparers(StringComparer.Ordinal);

    public ImmutableDictionary<string, OutboxRow> Outbox { get; init; } = ImmutableDictionary<string, OutboxRow>.Empty.WithComparers(StringComparer.Ordinal);

    /// <summary>With all of a commit but its events. What points into the pipeline's buffers is copied.</summary>
    public InMemoryTables With(Commit commit)
    {
        var after = this with { Accounting = Accounting.SetItem(commit.Source, Accounting.GetValueOrDefault(commit.Source) + commit.Accounting) };
        foreach (var day in commit.Events.Select(e => DayOf(e.Event.Key)).Distinct())
        {
            var before = after.DayWrites.GetValueOrDefault(day);
            after = after with { DayWrites = after.DayWrites.SetItem(day, before > commit.ReceivedAt ? before : commit.ReceivedAt) };
        }

        foreach (var state in commit.States) after = after with { States = after.States.SetItem(state.Key, state with { Document = state.Document.ToArray() }) };
        foreach (var fault in commit.Quarantine)
        {
            var entry = new QuarantineEntry(after.LastPlace + 1, commit.ReceivedAt, commit.Source, fault with { Bytes = fault.Bytes.ToArray() });
            after = after with
            {
                LastPlace = entry.Id, Quarantine = after.Quarantine.Add(entry.Id, entry),
                Quarantined = after.Quarantined.SetItem(fault.Reason, after.Quarantined.GetValueOrDefault(fault.Reason) + 1),
            };
        }

        foreach (var firing in commit.Firings) after = after.With(firing);
        return after;
    }

    /// <summary>The day that an event is kept under: that of its key's time.</summary>
    public static DateOnly DayOf(EventKey key) => DateOnly.FromDateTime(DateTimeOffset.FromUnixTimeMilliseconds(key.TimeMilliseconds).UtcDateTime);

    // A better diagnosis of the same stop takes the place of a lesser one; an equal or lesser one says nothing new.
    private InMemoryTables With(Firing firing)
    {
        if (!Firings.TryGetValue(firing.Id, out var known))
            return this with { LastPlace = LastPlace + 1, Firings = Firings.Add(firing.Id, new FiringRow(LastPlace + 1, firing, true, null)) };
        return firing.Rank > known.Firing.Rank ? this with { Firings = Firings.SetItem(firing.Id, known with { Firing = firing, IsPending = true }) } : this;
    }
}

internal sealed record FiringRow(long Place, Firing Firing, bool IsPending, string? Incident);

internal sealed record OutboxRow(long Place, OutboxEntry Entry);
