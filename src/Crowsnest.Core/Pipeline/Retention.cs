namespace Crowsnest.Core.Pipeline;

/// <summary>How long and how much is kept. Ages count from the later of when it happened and when it was last written, so that a backfilled archive is not gone at once.</summary>
public sealed record Retention
{
    /// <summary>How long events are kept; <see langword="null"/>: for ever. They leave by whole days (UTC), and with them what is known of tasks that stopped then.</summary>
    public TimeSpan? Events { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long what could not be read is kept.</summary>
    public TimeSpan Quarantine { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long incidents, and the messages about them, are kept: longer than events, so that a link in a message still leads somewhere.</summary>
    public TimeSpan Incidents { get; init; } = TimeSpan.FromDays(400);

    /// <summary>How long incidents of synthetic events are kept. Their events leave with all others of their day.</summary>
    public static readonly TimeSpan SyntheticIncidents = TimeSpan.FromDays(1);

    /// <summary>
    /// How many bytes of disk everything may take; <see langword="null"/>: without bound. Over it the oldest days leave before their time, but never the newest day.
    /// </summary>
    public long? SizeBytes { get; init; }

    /// <summary>How many bytes the quarantine may hold, so that a flood of rubbish takes no event's place; the oldest leave first.</summary>
    public long QuarantineBytesMax => SizeBytes is { } size ? size / 10 : 1_000_000_000;
}

/// <summary>How much left by retention.</summary>
/// <param name="Events">Stored events.</param>
/// <param name="Quarantined">Entries of the quarantine.</param>
/// <param name="Resources">States of stopped tasks and instances.</param>
/// <param name="Incidents">Incidents.</param>
public readonly record struct Dropped(long Events, long Quarantined, long Resources, long Incidents)
{
    /// <summary>The sum of two.</summary>
    public static Dropped operator +(Dropped left, Dropped right) => Add(left, right);

    /// <summary>The sum of two.</summary>
    public static Dropped Add(Dropped left, Dropped right) => new(
        left.Events + right.Events, left.Quarantined + right.Quarantined, left.Resources + right.Resources, left.Incidents + right.Incidents);
}
