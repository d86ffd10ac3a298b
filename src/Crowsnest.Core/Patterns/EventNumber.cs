using System.Globalization;

namespace Crowsnest.Core.Patterns;

/// <summary>
/// Numbers as EventBridge compares them: by value as doubles, and only those that a double holds as they are written.
/// </summary>
/// <remarks>
/// <c>300</c>, <c>300.0</c> and <c>3e2</c> are one number. <c>9007199254740993</c>, <c>1e309</c> and <c>0.12345678901234567890</c> are none: a literal counts only when it
/// equals the decimal that Java writes for the nearest double (<c>BigDecimal.valueOf(d).compareTo(literal) == 0</c>, observed of event-ruler).
/// </remarks>
internal static class EventNumber
{
    // Of any decimal so long, the nearest double has the same decimal again (IEEE 754, DBL_DIG), away from the ends of the range.
    private const int DigitsAlwaysHeld = 15;

    // No double needs more to be told from its neighbours.
    private const int DigitsMax = 17;

    private const int ExponentMax = 100_000;

    private static readonly double[] Powers = [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22];

    private static readonly ulong[] WholePowers = [.. Enumerable.Range(0, 20).Select(i => (ulong)UInt128.Parse("1" + new string('0', i), CultureInfo.InvariantCulture))];

    /// <summary>Reads a JSON number; false when it is none that can be compared. Zero has no sign.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        if (!TryDecimal(text, out var isNegative, out var digits, out var count, out var exponent)) return false;
        if (digits == 0) return true;
        if (count <= DigitsAlwaysHeld && Math.Abs(exponent) <= 22)
        {
            // Both are exact as doubles, so that one operation rounds correctly (Clinger).
            number = exponent < 0 ? digits / Powers[-exponent] : digits * Powers[exponent];
            if (isNegative) number = -number;
            return true;
        }

        if (exponent is <= 0 and >= -19 && TryHeld(digits, -exponent, out var isHeld, out number))
        {
            if (isNegative) number = -number;
            return isHeld;
        }

        return TryReadSlowly(text, digits, count, exponent, out number);
    }

    /// <summary>The same, by parsing and writing: for the ends of the range, and to hold the fast way to.</summary>
    public static bool TryReadSlowly(ReadOnlySpan<byte> text, out double number)
    {
        number = 0;
        return TryDecimal(text, out _, out var digits, out var count, out var exponent) && (digits == 0 || TryReadSlowly(text, digits, count, exponent, out number));
    }

    private static bool TryReadSlowly(ReadOnlySpan<byte> text, ulong digits, int count, int exponent, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number)
        && ((count <= DigitsAlwaysHeld && Math.Abs(exponent) < 280) || IsWrittenSo(number, digits, exponent));

    // Whether digits / 10^places is how the nearest double is written, in whole numbers of 128 bits; false when they do not suffice, or a case is not the common one.
    // With the double m / 2^k, all is multiplied by 2^k * 10^places: the literal is then digits * 2^k, the double m * 10^places, and it stands for whatever is less than half of 10^places away.
    private static bool TryHeld(ulong digits, int places, out bool isHeld, out double number)
    {
        (isHeld, number) = (false, digits / Powers[places]);
        var bits = BitConverter.DoubleToUInt64Bits(number);
        var (m, k) = ((bits & ((1UL << 52) - 1)) | (1UL << 52), 1075 - (int)(bits >> 52));
        if (k is < 0 or > 63) return false;
        var ten = WholePowers[places];
        var unit = Int128.One << k;
        var away = (Int128)((UInt128)digits << k) - (Int128)Math.BigMul(m, ten);

        // The quotient of two doubles is off by little: the digits themselves were rounded before.
        for (; 2 * away > ten; away -= ten) m++;
        for (; 2 * away < -(Int128)ten; away += ten) m--;
        var last = (Int128)(digits % 10);
        if (m is <= 1UL << 52 or >= 1UL << 53 || 2 * Int128.Abs(away) == ten || 2 * Int128.Abs(away) == unit) return false;
        number = BitConverter.UInt64BitsToDouble(((ulong)(1075 - k) << 52) | (m & ((1UL << 52) - 1)));

        // It is the nearest of as many digits, and with one digit less there is none that stands for the double.
        var (below, above) = (2 * Int128.Abs(away - (last * unit)), 2 * Int128.Abs(away + ((10 - last) * unit)));
        if (below == ten || above == ten) return false;
        isHeld = 2 * Int128.Abs(away) < unit && below > ten && above > ten;
        return true;
    }

    private static bool IsWrittenSo(double number, ulong digits, int exponent)
    {
        Span<byte> written = stackalloc byte[32];
        if (!number.TryFormat(written, out var length, "R", CultureInfo.InvariantCulture)) return false;
        if (!TryDecimal(written[..length], out _, out var ours, out var count, out var oursExponent)) return false;

        // Java writes two digits at least and takes the nearest such decimal: the smallest double is 4.9E-324 there and 5E-324 here.
        if (count == 1)
        {
            if (!number.TryFormat(written, out length, "E1", CultureInfo.InvariantCulture)) return false;
            if (!TryDecimal(written[..length], out _, out ours, out _, out oursExponent)) return false;
        }

        return ours == digits && oursExponent == exponent;
    }

    // The number as digits times ten to the exponent, with no zero at either end of the digits; false for more digits than any double needs.
    private static bool TryDecimal(ReadOnlySpan<byte> text, out bool isNegative, out ulong digits, out int count, out int exponent)
    {
        (digits, count, exponent) = (0, 0, 0);
        var i = 0;
        isNegative = text.Length > 0 && text[0] == (byte)'-';
        if (isNegative) i++;
        var (isFraction, zeros) = (false, 0);
        for (; i < text.Length; i++)
        {
            var c = text[i];
            if (c == (byte)'.')
            {
                isFraction = true;
                continue;
            }

            if (c is < (byte)'0' or > (byte)'9') break;
            if (isFraction) exponent--;
            if (c == (byte)'0')
            {
                if (digits != 0) zeros++;
                continue;
            }

            count += zeros + 1;
            if (count > DigitsMax) return false;
            for (; zeros > 0; zeros--) digits *= 10;
            digits = (digits * 10) + (uint)(c - '0');
        }

        exponent += zeros;
        if (i == text.Length || digits == 0) return true;
        if ((text[i] | 0x20) != 'e') return false;
        exponent += Exponent(text[(i + 1)..]);
        return true;
    }

    private static int Exponent(ReadOnlySpan<byte> text)
    {
        var isNegative = text.Length > 0 && text[0] == (byte)'-';
        if (text.Length > 0 && text[0] is (byte)'-' or (byte)'+') text = text[1..];
        var exponent = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit((char)c)) break;
            exponent = Math.Min((exponent * 10) + (c - '0'), ExponentMax);
        }

        return isNegative ? -exponent : exponent;
    }
}
