using System.Globalization;

namespace Crowsnest.Core.Patterns;

/// <summary>A range of IP addresses: one, or those that share their first bits.</summary>
/// <param name="Low">The first, digits from the top.</param>
/// <param name="High">The last, digits from the top.</param>
/// <param name="Count">How many digits are compared: 8 or 32.</param>
internal readonly record struct IpRange(UInt128 Low, UInt128 High, int Count)
{
    /// <summary>One address.</summary>
    public static IpRange One(IpDigits address) => new(address.Key, address.Key, address.Count);

    /// <summary>Reads <c>address/bits</c>; false and what is wrong when it is none.</summary>
    /// <remarks>Masks are 0 to 31 and 0 to 127: event-ruler refuses the full ones.</remarks>
    public static bool TryParse(string text, out IpRange range, out string mistake)
    {
        range = default;
        // Java's split drops what is empty at the end.
        text = text.TrimEnd('/');
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || slash != text.LastIndexOf('/'))
        {
            mistake = $"'{text}' is no CIDR block: write an address, one '/', and the number of bits, as in 10.0.0.0/8";
            return false;
        }

        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bits) || bits < 0)
        {
            mistake = $"'{text[(slash + 1)..]}' is no number of bits";
            return false;
        }

        if (!IpDigits.TryAddress(JavaText.Utf8(text[..slash]), out var address))
        {
            mistake = $"'{text[..slash]}' is no IP address";
            return false;
        }

        if (bits >= 4 * address.Count)
        {
            mistake = $"a block of IPv{(address.Count == 8 ? 4 : 6)} addresses has less than {4 * address.Count} bits of network; write a single address as a plain string";
            return false;
        }

        var free = ((UInt128.One << ((4 * address.Count) - bits)) - 1) << (128 - (4 * address.Count));
        if (bits == 0 && address.Count == 32) free = UInt128.MaxValue;
        range = new IpRange(address.Key & ~free, address.Key | free, address.Count);
        mistake = "";
        return true;
    }

    /// <summary>Whether an address is within.</summary>
    /// <remarks>event-ruler compares digit by digit and does not tell the families apart: of a longer address the first digits count, and a shorter text is within when its digits alone decide.</remarks>
    public bool Takes(IpDigits digits)
    {
        if (digits.Count == 0) return false;
        var shift = 4 * (32 - Math.Min(Count, digits.Count));
        var (key, low, high) = (digits.Key >> shift, Low >> shift, High >> shift);
        return digits.Count >= Count ? low <= key && key <= high : low < key && key < high;
    }
}
