namespace Crowsnest.Core.History;

/// <summary>How checkpoints are made and used.</summary>
public sealed record HistoryOptions
{
    /// <summary>A checkpoint each so many events: what is read beside one is at most that.</summary>
    public int EventsApart { get; init; } = 1_000;

    /// <summary>When more events than this came late for a checkpoint, those that they belong into are made anew; fewer are folded in whenever one is used.</summary>
    public int LateMax { get; init; } = 2_500;

    /// <summary>How many events are read at most for one moment, while checkpoints are still to be made.</summary>
    public int EventsMax { get; init; } = 20_000;

    /// <summary>
    /// What was received this long before the watermark is taken to be stored, and seen by searches: more where other processes write too, whose watermarks
    /// nobody here knows.
    /// </summary>
    public TimeSpan Slack { get; init; } = TimeSpan.FromSeconds(10);
}
