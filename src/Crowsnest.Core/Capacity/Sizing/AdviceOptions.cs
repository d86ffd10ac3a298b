namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>What advice is made from, and what is too little to be said.</summary>
public sealed record AdviceOptions
{
    /// <summary>What an OOM kill adds to the limit at which it happened.</summary>
    public const double AfterOomShare = 0.25;

    /// <summary>What the greatest use of memory gets on top.</summary>
    public const double OverPeakShare = 0.15;

    /// <summary>So many points of usage are needed.</summary>
    public const int PointsMin = 100;

    /// <summary>Over so many days.</summary>
    public const double DaysMin = 3;

    /// <summary>How much of the past is evidence, in whole UTC days.</summary>
    public int WindowDays { get; init; } = 14;

    /// <summary>
    /// For so many days a need stands once it was there, so that advice does not follow every week's end down and up again: between an advice that rises and the next
    /// that falls lie at least so many days.
    /// </summary>
    public int HoldDays { get; init; } = 7;

    /// <summary>A limit at which a container was killed is not advised again for so many days: what takes memory once a month is not in a window of two weeks.</summary>
    public int OomDays { get; init; } = 90;

    /// <summary>So many restarts within the window are worth a word.</summary>
    public int RestartsMin { get; init; } = 10;

    /// <summary>Less saved CPU than this over all tasks of a service is not worth a deployment: CPU units.</summary>
    public long SavedCpuMin { get; init; } = 256;

    /// <summary>Less saved memory than this over all tasks of a service is not worth a deployment: MiB.</summary>
    public long SavedMemoryMin { get; init; } = 512;

    /// <summary>At most so many tasks stand as evidence of one advice; it says how many there are.</summary>
    public int EvidenceMax { get; init; } = 10;

    /// <summary>The prices; <see langword="null"/> where nobody gave any.</summary>
    public PriceTable? Prices { get; init; }
}
