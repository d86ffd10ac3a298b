using System.Numerics;

namespace Crowsnest.Core.Capacity.Sizing;

/// <summary>The steps that advised amounts are rounded up to, so that a little more or less of use is not another advice.</summary>
internal static class SizeSteps
{
    /// <summary>The least step of memory, in MiB.</summary>
    public const long MemoryLeast = 64;

    /// <summary>The least step of CPU, in units.</summary>
    public const long CpuLeast = 32;

    /// <summary>The step at an amount: the power of two between a sixteenth and an eighth of it, and not less than the least.</summary>
    public static long At(double amount, long least) => Math.Max(least, (long)BitOperations.RoundUpToPowerOf2((ulong)(amount / 8) + 1) / 2);

    /// <summary>The amount, rounded up to its step.</summary>
    public static long Up(double amount, long least)
    {
        var step = At(amount, least);
        return Math.Max(least, (long)Math.Ceiling(amount / step) * step);
    }
}
