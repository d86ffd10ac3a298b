namespace Crowsnest.Core.Patterns;

/// <summary>Doubles as whole numbers of the same order, so that an open bound is the closed one beside it.</summary>
internal static class SortableNumber
{
    private const ulong Sign = 1UL << 63;

    /// <summary>The whole number of a double that is not NaN.</summary>
    public static ulong Of(double number)
    {
        var bits = BitConverter.DoubleToUInt64Bits(number);
        return (bits & Sign) != 0 ? ~bits : bits | Sign;
    }

    /// <summary>The bounds of a range, both closed.</summary>
    public static (ulong Low, ulong High) Bounds(ValueTest.Range range) => (Of(range.Low) + (range.LowIsOpen ? 1UL : 0), Of(range.High) - (range.HighIsOpen ? 1UL : 0));
}
