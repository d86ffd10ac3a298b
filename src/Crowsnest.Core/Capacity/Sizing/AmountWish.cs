namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>Why an amount should be another.</summary>
internal enum WishCause
{
    /// <summary>It should not.</summary>
    None,

    /// <summary>Something was killed for its memory.</summary>
    Killed,

    /// <summary>What is used has come too near to what there is.</summary>
    Short,

    /// <summary>What is used never came near.</summary>
    Spare,
}

/// <summary>How much of something a container or task should have.</summary>
/// <param name="Cause">Why.</param>
/// <param name="Need">So much, before it is rounded up to a step; as it is where nothing is wished.</param>
/// <param name="Formula">How that was come to, with the numbers in it.</param>
internal readonly record struct AmountWish(WishCause Cause, double Need, string Formula)
{
    // After memory was lowered to the peak and 15 %, the peak is at 87 % of it; only when it comes to 95 % is it raised again. What lies between is the band in which nothing is said.
    private const double MemoryShortAt = 0.95;

    // Of what was lowered to what 95 % of the points are below, a tenth more must be used before it is raised again.
    private const double CpuShortAt = 1.1;

    // On Fargate a task cannot have more than its size, so that what is short shows only near to it, and what is lowered must leave room.
    private const double FargateCpuShortAt = 0.95;
    private const double FargateCpuRoom = 0.85;

    /// <summary>The least share that is worth to be lowered by; less is within the band.</summary>
    private const double LoweredToMax = 0.9;

    /// <summary>It should stay as it is.</summary>
    public static AmountWish Stay(long? current) => new(WishCause.None, current ?? 0, "");

    /// <summary>Whether going down to that is worth a word at all.</summary>
    public static bool IsLower(long to, long from) => to <= LoweredToMax * from;

    /// <summary>Of memory.</summary>
    /// <param name="current">What there is, in MiB.</param>
    /// <param name="kills">The OOM kills that are evidence.</param>
    /// <param name="usage">What was measured, or <see langword="null"/>.</param>
    public static AmountWish OfMemory(long? current, OomKills kills, UsageFacts? usage)
    {
        if (kills.Recent.Count > 0 && kills.RecentLimit is { } limit)
        {
            var need = limit * (1 + AdviceOptions.AfterOomShare);
            var formula = $"{AdviceWords.Memory(limit)}, at which it was killed, + 25 % = {AdviceWords.Memory(need)}";
            return usage?.MemoryPeak * (1 + AdviceOptions.OverPeakShare) is { } used && used > need
                ? new AmountWish(WishCause.Killed, used, $"{formula}; {OverPeak(usage!.MemoryPeak!.Value, used)}, which is more") // used is made of it.
                : new AmountWish(WishCause.Killed, need, formula);
        }

        if (current is not { } now || usage?.MemoryPeak is not { } peak) return Stay(current);
        var wanted = peak * (1 + AdviceOptions.OverPeakShare);
        if (peak > MemoryShortAt * now) return new AmountWish(WishCause.Short, wanted, OverPeak(peak, wanted));
        if (kills.Floor is { } floor && floor > wanted)
            return new AmountWish(WishCause.Spare, floor, $"{OverPeak(peak, wanted)}; but it was killed at {AdviceWords.Memory(floor / (1 + AdviceOptions.AfterOomShare))}, and that + 25 % = {AdviceWords.Memory(floor)}");
        return new AmountWish(WishCause.Spare, wanted, OverPeak(peak, wanted));
    }

    /// <summary>Of CPU.</summary>
    public static AmountWish OfCpu(long? current, bool isFargate, UsageFacts? usage)
    {
        if (current is not { } now || now <= 0 || usage?.CpuHigh is not { } high) return Stay(current);
        var formula = $"95 % of the points are at most {AdviceWords.Cpu(high)}";
        if (!isFargate) return new AmountWish(high > CpuShortAt * now ? WishCause.Short : WishCause.Spare, high, formula);

        // At its size nobody sees how much more it would take, so the next size is tried.
        if (high >= FargateCpuShortAt * now) return new AmountWish(WishCause.Short, now + 1, $"{formula}, which is all it has");
        return new AmountWish(WishCause.Spare, high / FargateCpuRoom, $"{formula}, which may be 85 % of a size on Fargate: {AdviceWords.Cpu(high / FargateCpuRoom)}");
    }

    private static string OverPeak(double peak, double wanted) => $"greatest use {AdviceWords.Memory(peak)} + 15 % = {AdviceWords.Memory(wanted)}";
}

/// <summary>OOM kills of a container or task.</summary>
/// <param name="Recent">Those within the window at the present limit or above it, the newest first: what was killed at less has been given more since.</param>
/// <param name="RecentLimit">The greatest limit among these; <see langword="null"/> where no event says one.</param>
/// <param name="Floor">The greatest limit of all that are remembered, and a quarter more: less is not advised.</param>
internal sealed record OomKills(IReadOnlyList<ContainerStop> Recent, long? RecentLimit, double? Floor)
{
    public static OomKills Of(IEnumerable<ContainerStop> stops, long? current, AdviceDays days)
    {
        var kills = stops.Where(s => s.IsOutOfMemory && s.At >= days.OomStart && s.At <= days.Now).OrderByDescending(s => s.At).ThenBy(s => s.TaskId, StringComparer.Ordinal).ToList();
        var start = days.WindowStart;
        var recent = kills.Where(s => s.At >= start && (current is null || s.Limit is null || s.Limit >= current)).ToList();
        return new OomKills(recent, recent.Max(s => s.Limit), kills.Max(s => s.Limit) * (1 + AdviceOptions.AfterOomShare));
    }
}
