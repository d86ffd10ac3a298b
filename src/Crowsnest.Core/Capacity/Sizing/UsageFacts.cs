using System.Globalization;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>What measurements of one container or task come to.</summary>
internal sealed record UsageFacts
{
    /// <summary>The greatest use of memory, in MiB; <see langword="null"/> when too little is known.</summary>
    public double? MemoryPeak { get; init; }

    /// <summary>The CPU that nineteen of twenty points stay below, in units; <see langword="null"/> when too little is known.</summary>
    public double? CpuHigh { get; init; }

    /// <summary>How much was seen, in words.</summary>
    public string Seen { get; init; } = "";

    /// <summary>Why it is too little to advise a size, in words; empty when it is enough.</summary>
    public string Lacks { get; init; } = "";

    /// <summary>Of measurements of one container or task.</summary>
    public static UsageFacts Of(IReadOnlyList<UsageSeries> series, AdviceDays days)
    {
        var memory = Sorted(series, UsageKind.Memory);
        var cpu = Sorted(series, UsageKind.Cpu);
        var (seenMemory, seenCpu) = (NewestOf(memory, days), NewestOf(cpu, days));
        var lacks = !seenMemory.IsEnough && !seenCpu.IsEnough ? seenMemory.Points >= seenCpu.Points ? seenMemory : seenCpu : (Extent?)null;

        // What was seen today only adds to a peak, so it counts at once.
        var today = days.PeakWithToday((from, to) => Greatest(memory, from, to));
        var whole = days.PeakOfWholeDays((from, to) => ExtentOf(memory, from, to).IsEnough ? Greatest(memory, from, to) : null);
        return new UsageFacts
        {
            MemoryPeak = seenMemory.IsEnough && whole is { } peak ? Math.Max(peak, today ?? 0) : null,
            CpuHigh = seenCpu.IsEnough ? days.PeakOfWholeDays((from, to) => ExtentOf(cpu, from, to).IsEnough ? High(cpu, from, to) : null) : null,
            Seen = (seenMemory.Points >= seenCpu.Points ? seenMemory : seenCpu).Text,
            Lacks = lacks is { } few ? few.Text : "",
        };
    }

    /// <summary>How many tasks there were, on average of the window that had most; <see langword="null"/> when nobody counted.</summary>
    public static double? TasksOf(IReadOnlyList<UsageSeries> series, AdviceDays days)
    {
        var tasks = Sorted(series, UsageKind.Tasks);
        return days.PeakOfWholeDays((from, to) => Between(tasks, from, to) is { Count: > 0 } points ? points.Average(p => p.Value) : null);
    }

    /// <summary>The nineteenth of twenty, by nearest rank.</summary>
    internal static double? High(IReadOnlyList<UsagePoint> sorted, DateTimeOffset from, DateTimeOffset to)
    {
        var values = Between(sorted, from, to).Select(p => p.Value).Order().ToList();
        return values.Count == 0 ? null : values[(int)Math.Ceiling(0.95 * values.Count) - 1];
    }

    private static double? Greatest(List<UsagePoint> sorted, DateTimeOffset from, DateTimeOffset to) => Between(sorted, from, to) is { Count: > 0 } points ? points.Max(p => p.Value) : null;

    private static Extent NewestOf(List<UsagePoint> sorted, AdviceDays days) => ExtentOf(sorted, days.NewestWhole.From, days.NewestWhole.To);

    private static Extent ExtentOf(List<UsagePoint> sorted, DateTimeOffset from, DateTimeOffset to) =>
        Between(sorted, from, to) is { Count: > 0 } points ? new Extent(points.Count, points[^1].At - points[0].At) : default;

    private static List<UsagePoint> Sorted(IReadOnlyList<UsageSeries> series, UsageKind kind) => [.. series.Where(s => s.Kind == kind).SelectMany(s => s.Points).Where(p => double.IsFinite(p.Value) && p.Value >= 0).OrderBy(p => p.At)];

    private static IReadOnlyList<UsagePoint> Between(IReadOnlyList<UsagePoint> sorted, DateTimeOffset from, DateTimeOffset to) => [.. sorted.SkipWhile(p => p.At < from).TakeWhile(p => p.At < to)];

    private readonly record struct Extent(int Points, TimeSpan Span)
    {
        public bool IsEnough => Points >= AdviceOptions.PointsMin && Span.TotalDays >= AdviceOptions.DaysMin;

        public string Text => string.Create(CultureInfo.InvariantCulture, $"{Points} points over {Span.TotalDays:0.#} days");
    }
}
