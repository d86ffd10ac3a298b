using System.IO.Hashing;
using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>Gives the same string for the same UTF-8 bytes without allocating, as long as it is remembered; bounded, and forgets by being overwritten.</summary>
/// <remarks>Not thread-safe: one per decoder.</remarks>
internal sealed class StringCache(int size = 1 << 13)
{
    // Longer texts are rarely repeated word for word, and would be held for long.
    private const int LengthMax = 512;

    private readonly string?[] _slots = new string?[size];
    private readonly int _mask = size - 1;

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty) return "";
        if (utf8.Length > LengthMax) return Encoding.UTF8.GetString(utf8);

        var slot = (int)XxHash3.HashToUInt64(utf8) & _mask;
        var known = _slots[slot];
        if (known is not null && Ascii.Equals(utf8, known)) return known;

        // A second place, so that two strings of the same slot do not drive each other out for ever.
        var other = slot ^ 1;
        var second = _slots[other];
        if (second is not null && Ascii.Equals(utf8, second)) return second;

        var text = Encoding.UTF8.GetString(utf8);
        if (known is not null) _slots[other] = known;
        _slots[slot] = text;
        return text;
    }
}
