using System.Buffers;
using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Patterns;

/// <summary>
/// Text as event-ruler, a Java program, sees it: UTF-16 whose surrogates may stand alone, written to UTF-8 with <c>?</c> for each that does.
/// </summary>
internal static class JavaText
{
    /// <summary>The bytes of a text. A surrogate that stands alone becomes one <c>?</c>.</summary>
    public static byte[] Utf8(string text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> buffer = stackalloc byte[4];
        for (var i = 0; i < text.Length; i++)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(i), out var rune, out var consumed) != OperationStatus.Done)
            {
                bytes.Add((byte)'?');
                continue;
            }

            bytes.AddRange(buffer[..rune.EncodeToUtf8(buffer)]);
            i += consumed - 1;
        }

        return [.. bytes];
    }

    /// <summary>A JSON string's text, its escapes resolved; a lone surrogate is kept.</summary>
    /// <param name="escaped">What stands between the quotes, already checked by a JSON reader.</param>
    public static string Unescape(ReadOnlySpan<byte> escaped)
    {
        if (!escaped.Contains((byte)'\\')) return Encoding.UTF8.GetString(escaped);
        var text = new StringBuilder(escaped.Length);
        while (true)
        {
            var next = escaped.IndexOf((byte)'\\');
            if (next < 0) return text.Append(Encoding.UTF8.GetString(escaped)).ToString();
            text.Append(Encoding.UTF8.GetString(escaped[..next]));
            text.Append(Escape(escaped[next..], out var length));
            escaped = escaped[(next + length)..];
        }
    }

    /// <summary>Resolves the escapes of a JSON string into <paramref name="to"/>, which is at least as long, and gives the length.</summary>
    /// <remarks>Never fails: what is no escape of JSON is copied as it stands.</remarks>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> to)
    {
        var length = 0;
        while (true)
        {
            var next = escaped.IndexOf((byte)'\\');
            if (next < 0)
            {
                escaped.CopyTo(to[length..]);
                return length + escaped.Length;
            }

            escaped[..next].CopyTo(to[length..]);
            length += next;
            escaped = escaped[next..];
            var first = Escape(escaped, out var read);
            escaped = escaped[read..];
            if (!char.IsSurrogate(first))
            {
                length += new Rune(first).EncodeToUtf8(to[length..]);
                continue;
            }

            // A pair is written as two escapes, or it is no pair.
            if (char.IsHighSurrogate(first) && escaped.StartsWith("\\u"u8) && Escape(escaped, out read) is var second && char.IsLowSurrogate(second))
            {
                length += new Rune(first, second).EncodeToUtf8(to[length..]);
                escaped = escaped[read..];
                continue;
            }

            to[length++] = (byte)'?';
        }
    }

    private static char Escape(ReadOnlySpan<byte> escape, out int length)
    {
        length = Math.Min(2, escape.Length);
        if (length < 2) return '\\';
        if (escape[1] == (byte)'u' && escape.Length >= 6 && ushort.TryParse(escape.Slice(2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var unit))
        {
            length = 6;
            return (char)unit;
        }

        return (char)escape[1] switch
        {
            'b' => '\b',
            'f' => '\f',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            < '\x80' and var other => other,
            _ => '?',
        };
    }
}
