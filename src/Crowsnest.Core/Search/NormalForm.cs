using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>The form in which values are compared, the same in every store.</summary>
/// <remarks>
/// Words: UTF-8, each character lower-cased by itself (invariant, so lengths in characters never change), cut to the field's bound. Numbers and times:
/// a double, for order also as eight bytes that compare as it does. A value of a number, time or bool field that is none is no value.
/// </remarks>
public static class NormalForm
{
    /// <summary>The longest value of an unlisted field, in characters.</summary>
    public const int UnlistedMax = 256;

    /// <summary>The longest value of a keyword field, in characters.</summary>
    public const int KeywordMax = 1024;

    /// <summary>The longest value of a text field, in characters.</summary>
    public const int TextMax = 8192;

    /// <summary>No normal form is longer than so many bytes.</summary>
    public const int BytesMax = TextMax * 4;

    /// <summary>How many characters of a value count, by the field's id.</summary>
    public static int LengthMax(int field) =>
        field >= SearchFields.FirstUnlisted ? UnlistedMax : SearchFields.All[field].Type == FieldType.Text ? TextMax : KeywordMax;

    /// <summary>
    /// Brings a value of a field to its normal form: lower-case words (keyword, text, unlisted, bool), or eight ordered bytes (number, time).
    /// Answers its length, or -1 when the value is none of that field. <paramref name="destination"/> of <see cref="BytesMax"/> always suffices; otherwise three times the value's length, and at least 8, do.
    /// </summary>
    public static int Normalize(int field, ReadOnlySpan<byte> value, Span<byte> destination)
    {
        var type = field >= SearchFields.FirstUnlisted ? FieldType.Keyword : SearchFields.All[field].Type;
        double number;
        switch (type)
        {
            case FieldType.Number:
                if (!TryNumber(value, out number)) return -1;
                WriteOrdered(number, destination);
                return 8;
            case FieldType.Time:
                if (!TryTime(value, out var milliseconds)) return -1;
                WriteOrdered(milliseconds, destination);
                return 8;
            case FieldType.Bool:
                var length = Lower(Cut(value, 8), destination);
                return destination[..length].SequenceEqual("true"u8) || destination[..length].SequenceEqual("false"u8) ? length : -1;
            default:
                return Lower(Cut(value, LengthMax(field)), destination);
        }
    }

    /// <summary>Lower-cases UTF-8 and answers the length; bytes that are no UTF-8 become U+FFFD.</summary>
    public static int Lower(ReadOnlySpan<byte> value, Span<byte> destination)
    {
        // The destination may be short for a hostile value only; ASCII, which nearly all are, goes through in one vectorised call.
        if (Ascii.IsValid(value))
        {
            Ascii.ToLower(value, destination, out var written);
            return written;
        }

        var length = 0;
        while (!value.IsEmpty)
        {
            Rune.DecodeFromUtf8(value, out var rune, out var consumed);
            value = value[consumed..];
            length += Rune.ToLowerInvariant(rune).EncodeToUtf8(destination[length..]);
        }

        return length;
    }

    /// <summary>Lower-cases a text of a query in the same way.</summary>
    public static string Lower(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text)) return text.ToLowerInvariant();
        var lower = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) lower.Append(Rune.ToLowerInvariant(rune).ToString());
        return lower.ToString();
    }

    /// <summary>The value's first characters, never part of one.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> value, int characters)
    {
        if (value.Length <= characters) return value;
        var count = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if ((value[i] & 0xC0) == 0x80) continue;
            if (count++ == characters) return value[..i];
        }

        return value;
    }

    /// <summary>The text's first characters (code points), never part of one.</summary>
    public static string Cut(string text, int characters)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= characters) return text;
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]) && i > 0 && char.IsHighSurrogate(text[i - 1])) continue;
            if (count++ == characters) return text[..i];
        }

        return text;
    }

    /// <summary>Reads a finite number: sign, digits, fraction, exponent, and nothing else.</summary>
    public static bool TryNumber(ReadOnlySpan<byte> value, out double number) =>
        Utf8Parser.TryParse(value, out number, out var consumed) && consumed == value.Length && double.IsFinite(number);

    /// <summary>Reads a moment: ISO 8601 with any number of fractional digits, with or without an offset, or RFC 1123; milliseconds since 1970 UTC.</summary>
    public static bool TryTime(ReadOnlySpan<byte> value, out long milliseconds)
    {
        milliseconds = 0;
        if (value.Length is < 10 or > 64) return false;
        if (TryIso(value, out milliseconds)) return true;
        Span<char> text = stackalloc char[64];
        if (Encoding.UTF8.GetCharCount(value) > text.Length) return false;
        var length = Encoding.UTF8.GetChars(value, text);
        if (!char.IsAsciiLetter(text[0])
            || !DateTimeOffset.TryParseExact(text[..length], "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)) return false;
        milliseconds = moment.ToUnixTimeMilliseconds();
        return true;
    }

    /// <summary>Writes a double as eight bytes that compare, as unsigned bytes, as it does; -0 is 0.</summary>
    public static void WriteOrdered(double number, Span<byte> destination)
    {
        // + 0.0 turns -0.0 into 0.0.
        var bits = BitConverter.DoubleToInt64Bits(number + 0.0);
        BinaryPrimitives.WriteUInt64BigEndian(destination, unchecked((ulong)(bits < 0 ? ~bits : bits ^ long.MinValue)));
    }

    /// <summary>Reads what <see cref="WriteOrdered"/> wrote.</summary>
    public static double ReadOrdered(ReadOnlySpan<byte> ordered)
    {
        var bits = unchecked((long)BinaryPrimitives.ReadUInt64BigEndian(ordered));
        return BitConverter.Int64BitsToDouble(bits < 0 ? bits ^ long.MinValue : ~bits);
    }

    /// <summary>The tokens of a text in normal form: its runs of letters and digits.</summary>
    public static TokenEnumerator Tokens(ReadOnlySpan<byte> normalized) => new(normalized);

    private static bool TryIso(ReadOnlySpan<byte> value, out long milliseconds)
    {
        milliseconds = 0;
        var at = 0;
        if (!Digits(value, ref at, 4, out var year) || !Is(value, ref at, (byte)'-') || !Digits(value, ref at, 2, out var month)
            || !Is(value, ref at, (byte)'-') || !Digits(value, ref at, 2, out var day)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;

        int hour = 0, minute = 0, second = 0, fraction = 0, offset = 0;
        if (at < value.Length)
        {
            if (!Is(value, ref at, (byte)'T') && !Is(value, ref at, (byte)'t') && !Is(value, ref at, (byte)' ')) return false;
            if (!Digits(value, ref at, 2, out hour) || !Is(value, ref at, (byte)':') || !Digits(value, ref at, 2, out minute)) return false;
            if (Is(value, ref at, (byte)':') && !Digits(value, ref at, 2, out second)) return false;
            if (Is(value, ref at, (byte)'.') && !Fraction(value, ref at, out fraction)) return false;
            if (!Offset(value, ref at, out offset)) return false;
        }

        // A leap second is the next one's start.
        if (at != value.Length || hour > 23 || minute > 59 || second > 60) return false;
        var days = new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc).Subtract(DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerDay;
        milliseconds = (((((days * 24) + hour) * 60) + minute - offset) * 60_000L) + (second * 1000L) + fraction;
        return true;
    }

    private static bool Fraction(ReadOnlySpan<byte> value, ref int at, out int milliseconds)
    {
        milliseconds = 0;
        var scale = 100;
        var start = at;
        for (; at < value.Length && value[at] is >= (byte)'0' and <= (byte)'9'; at++, scale /= 10) milliseconds += (value[at] - '0') * scale;
        return at > start;
    }

    private static bool Offset(ReadOnlySpan<byte> value, ref int at, out int minutes)
    {
        minutes = 0;
        if (at == value.Length || Is(value, ref at, (byte)'Z') || Is(value, ref at, (byte)'z')) return true;
        var sign = value[at] == '-' ? -1 : value[at] == '+' ? 1 : 0;
        at++;
        if (sign == 0 || !Digits(value, ref at, 2, out var hours)) return false;
        Is(value, ref at, (byte)':');
        var rest = 0;
        if (at < value.Length && !Digits(value, ref at, 2, out rest)) return false;
        minutes = sign * ((hours * 60) + rest);
        return hours <= 14 && rest <= 59;
    }

    private static bool Digits(ReadOnlySpan<byte> value, ref int at, int count, out int number)
    {
        number = 0;
        if (at + count > value.Length) return false;
        for (var end = at + count; at < end; at++)
        {
            if (value[at] is < (byte)'0' or > (byte)'9') return false;
            number = (number * 10) + value[at] - '0';
        }

        return true;
    }

    private static bool Is(ReadOnlySpan<byte> value, ref int at, byte expected)
    {
        if (at >= value.Length || value[at] != expected) return false;
        at++;
        return true;
    }
}

/// <summary>Goes through the tokens of a text in normal form.</summary>
public ref struct TokenEnumerator
{
    private static readonly SearchValues<byte> Plain = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"u8);

    private ReadOnlySpan<byte> _rest;

    internal TokenEnumerator(ReadOnlySpan<byte> text) => _rest = text;

    /// <summary>The token at hand.</summary>
    public ReadOnlySpan<byte> Current { get; private set; }

    /// <summary>For <c>foreach</c>.</summary>
    public readonly TokenEnumerator GetEnumerator() => this;

    /// <summary>Goes to the next token.</summary>
    public bool MoveNext()
    {
        var start = -1;
        var at = 0;
        while (at < _rest.Length)
        {
            int length;
            bool inside;
            if (_rest[at] < 0x80)
            {
                inside = Plain.Contains(_rest[at]);
                length = 1;
            }
            else
            {
                Rune.DecodeFromUtf8(_rest[at..], out var rune, out length);
                inside = Rune.IsLetterOrDigit(rune);
            }

            if (inside && start < 0) start = at;
            if (!inside && start >= 0) break;
            at += length;
        }

        if (start < 0)
        {
            _rest = default;
            return false;
        }

        Current = _rest[start..at];
        _rest = _rest[at..];
        return true;
    }
}
