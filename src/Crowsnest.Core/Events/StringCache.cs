using System.Buffers.Binary;
using System.Numerics;
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

        var slot = (int)Mix(utf8) & _mask;
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

    // Beginning, middle and end tell our strings apart: ARNs differ in their ends, reasons in their middles. Strings that collide only forget each other.
    private static uint Mix(ReadOnlySpan<byte> text)
    {
        ulong first, last;
        if (text.Length >= 8)
        {
            first = BinaryPrimitives.ReadUInt64LittleEndian(text);
            last = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
        }
        else
        {
            first = text[0] | ((uint)text[text.Length / 2] << 8);
            last = text[^1];
        }

        var mixed = ((first + (ulong)text.Length) * 0x9E3779B97F4A7C15) ^ last;
        if (text.Length > 16)
        {
            mixed = (mixed * 0xC2B2AE3D27D4EB4F) ^ BinaryPrimitives.ReadUInt64LittleEndian(text[^16..]);
            mixed = (BitOperations.RotateLeft(mixed, 29) * 0x9E3779B97F4A7C15) ^ BinaryPrimitives.ReadUInt64LittleEndian(text[((text.Length / 2) - 4)..]);
        }

        mixed *= 0xD6E8FEB86659FD93;
        return (uint)(mixed >> 32);
    }
}
