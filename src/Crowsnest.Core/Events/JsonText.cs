using System.Buffers;
using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>JSON's string escapes.</summary>
internal static class JsonText
{
    /// <summary>Takes the escapes out of a valid JSON string's inside; half a surrogate pair becomes U+FFFD. Returns the bytes written, never more than came in.</summary>
    public static int Unescape(ReadOnlySpan<byte> text, Span<byte> into)
    {
        var written = 0;
        while (true)
        {
            var slash = text.IndexOf((byte)'\\');
            if (slash < 0)
            {
                text.CopyTo(into[written..]);
                return written + text.Length;
            }

            text[..slash].CopyTo(into[written..]);
            written += slash;
            text = text[(slash + 1)..];
            if (text[0] != (byte)'u')
            {
                into[written++] = text[0] switch
                {
                    (byte)'b' => (byte)'\b',
                    (byte)'f' => (byte)'\f',
                    (byte)'n' => (byte)'\n',
                    (byte)'r' => (byte)'\r',
                    (byte)'t' => (byte)'\t',
                    var same => same,
                };
                text = text[1..];
                continue;
            }

            var unit = Unit(text);
            text = text[5..];
            var rune = Rune.ReplacementChar;
            if (char.IsHighSurrogate(unit) && text.Length >= 6 && text[0] == (byte)'\\' && text[1] == (byte)'u' && char.IsLowSurrogate(Unit(text[1..])))
            {
                rune = new Rune(unit, Unit(text[1..]));
                text = text[6..];
            }
            else if (!char.IsSurrogate(unit))
            {
                rune = new Rune(unit);
            }

            written += rune.EncodeToUtf8(into[written..]);
        }
    }

    /// <summary>The string at a range as text.</summary>
    public static string String(ReadOnlySpan<byte> bytes, JsonRange range)
    {
        if (!range.IsEscaped) return Encoding.UTF8.GetString(range.Of(bytes));
        var rented = ArrayPool<byte>.Shared.Rent(range.Length);
        var length = Unescape(range.Of(bytes), rented);
        var text = Encoding.UTF8.GetString(rented, 0, length);
        ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    /// <summary>Whether the string at a range says this; escapes are looked through.</summary>
    public static bool Is(ReadOnlySpan<byte> bytes, JsonRange range, ReadOnlySpan<byte> text, bool ignoreCase = false)
    {
        if (!range.IsEscaped) return Same(range.Of(bytes), text, ignoreCase);
        Span<byte> plain = stackalloc byte[256];
        return range.Length <= plain.Length && Same(plain[..Unescape(range.Of(bytes), plain)], text, ignoreCase);
    }

    private static bool Same(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, bool ignoreCase) =>
        ignoreCase ? System.Text.Ascii.EqualsIgnoreCase(left, right) : left.SequenceEqual(right);

    // The text stands at the u of \uXXXX.
    private static char Unit(ReadOnlySpan<byte> text) =>
        (char)ushort.Parse(text.Slice(1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
