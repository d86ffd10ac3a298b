namespace Crowsnest.Core.Patterns;

/// <summary>The hexadecimal digits of an IP address, eight or thirty-two of them, by which addresses are compared.</summary>
/// <param name="Key">The digits from the top; below them zeros.</param>
/// <param name="Count">How many there are.</param>
internal readonly record struct IpDigits(UInt128 Key, int Count)
{
    private const int DigitsMax = 32;

    /// <summary>Reads a value as event-ruler does: a string that is an address, or the digits that a number's text begins with.</summary>
    /// <remarks>The latter is an accident of event-ruler's that we follow: <c>0.0.0.0/0</c> takes the number 1 there, because it compares digits and stops at the first that decides.</remarks>
    public static bool TryRead(in Leaf leaf, out IpDigits digits)
    {
        if (leaf.Kind == LeafKind.Text) return TryAddress(leaf.Bytes, out digits);
        digits = default;
        if (leaf.Kind != LeafKind.Number) return false;
        var (key, count) = (UInt128.Zero, 0);
        while (count < leaf.Bytes.Length && count < DigitsMax && UpperHex(leaf.Bytes[count]) is var digit and >= 0)
        {
            key = (key << 4) | (uint)digit;
            count++;
        }

        digits = new IpDigits(count == 0 ? key : key << (4 * (DigitsMax - count)), count);
        return count > 0;
    }

    /// <summary>Reads an address: four decimal parts, or IPv6 without a dotted part; an IPv4 address within IPv6 becomes IPv4.</summary>
    public static bool TryAddress(ReadOnlySpan<byte> text, out IpDigits digits)
    {
        digits = default;
        if (text.Length < 2 || !(char.IsAsciiHexDigit((char)text[0]) || text[0] == (byte)':')) return false;
        var separator = text.IndexOfAny((byte)'.', (byte)':');
        if (separator < 0) return false;
        return text[separator] == (byte)'.' ? TryFour(text, out digits) : TrySix(text, out digits);
    }

    // Java takes no text longer than 15 characters for an IPv4 address; leading zeros are decimal.
    private static bool TryFour(ReadOnlySpan<byte> text, out IpDigits digits)
    {
        digits = default;
        if (text.Length > 15) return false;
        var (address, part, parts, length) = (0u, 0u, 0, 0);
        foreach (var c in text)
        {
            if (c == (byte)'.')
            {
                if (length == 0 || ++parts > 3) return false;
                (address, part, length) = ((address << 8) | part, 0, 0);
                continue;
            }

            if (c is < (byte)'0' or > (byte)'9') return false;
            part = (part * 10) + (uint)(c - '0');
            if (part > 255) return false;
            length++;
        }

        if (parts != 3 || length == 0) return false;
        digits = Four((address << 8) | part);
        return true;
    }

    private static bool TrySix(ReadOnlySpan<byte> text, out IpDigits digits)
    {
        digits = default;
        var (before, after) = (UInt128.Zero, UInt128.Zero);
        var (groupsBefore, groupsAfter, isAfter, i) = (0, 0, false, 0);
        if (text[0] == (byte)':')
        {
            if (text[1] != (byte)':') return false;
            (isAfter, i) = (true, 2);
        }

        while (i < text.Length)
        {
            if (!TryGroup(text, ref i, out var group)) return false;
            if (isAfter) (after, groupsAfter) = ((after << 16) | group, groupsAfter + 1);
            else (before, groupsBefore) = ((before << 16) | group, groupsBefore + 1);
            if (groupsBefore + groupsAfter > 8) return false;
            if (i == text.Length) break;

            // At a colon: a second one stands for the groups that are left out, and the last character is no single one.
            if (++i == text.Length) return false;
            if (text[i] != (byte)':') continue;
            if (isAfter) return false;
            isAfter = true;
            i++;
        }

        var groups = groupsBefore + groupsAfter;
        if (isAfter ? groups > 7 : groups != 8) return false;
        var key = groupsBefore == 0 ? after : (before << (16 * (8 - groupsBefore))) | after;
        digits = key >> 32 == 0xffff ? Four((uint)key) : new IpDigits(key, DigitsMax);
        return true;
    }

    private static bool TryGroup(ReadOnlySpan<byte> text, ref int i, out uint group)
    {
        group = 0;
        var start = i;
        for (; i < text.Length && text[i] != (byte)':'; i++)
        {
            if (!char.IsAsciiHexDigit((char)text[i])) return false;
            group = (group << 4) | (uint)HexValue(text[i]);
            if (group > 0xffff) return false;
        }

        return i > start;
    }

    private static IpDigits Four(uint address) => new((UInt128)address << 96, 8);

    private static int HexValue(byte c) => c <= (byte)'9' ? c - '0' : (c | 0x20) - 'a' + 10;

    private static int UpperHex(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
