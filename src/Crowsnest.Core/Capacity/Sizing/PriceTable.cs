using System.Collections.Immutable;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>What capacity costs, as its user gave it: no price is known to the program.</summary>
public sealed record PriceTable
{
    /// <summary>Hours of a month, as AWS's own calculator counts them: 365 days of 24 hours in twelve parts.</summary>
    public const int HoursAMonth = 730;

    /// <summary>The currency, for people.</summary>
    public string Currency { get; init; } = "USD";

    /// <summary>A vCPU on Fargate, for an hour.</summary>
    public decimal? FargateCpuHour { get; init; }

    /// <summary>A GiB of memory on Fargate, for an hour.</summary>
    public decimal? FargateMemoryHour { get; init; }

    /// <summary>An instance of each type, for an hour.</summary>
    public ImmutableSortedDictionary<string, decimal> InstanceHour { get; init; } = ImmutableSortedDictionary<string, decimal>.Empty;

    /// <summary>What tasks on Fargate cost a month; <see langword="null"/> where a price of it is missing.</summary>
    /// <param name="cpu">CPU units, over all tasks.</param>
    /// <param name="memory">MiB, over all tasks.</param>
    public decimal? FargateMonth(long cpu, long memory) =>
        (cpu == 0 || FargateCpuHour is not null) && (memory == 0 || FargateMemoryHour is not null)
            ? HoursAMonth * ((cpu / 1024m * (FargateCpuHour ?? 0)) + (memory / 1024m * (FargateMemoryHour ?? 0)))
            : null;
}
