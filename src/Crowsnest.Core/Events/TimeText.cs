using System.Buffers.Text;

namespace Crowsnest.Core.Events;

/// <summary>The ways AWS writes times: ISO 8601 with 0 to 9 fraction digits and Z or an offset; in health events RFC 1123.</summary>
internal static class TimeText
{
    private static readonly int[] DaysBefore = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];

    public static bool TryParse(ReadOnlySpan<byte> text, out EventTime time)
    {
        if (TryIso(text, out var milliseconds))
        {
            time = new EventTime(milliseconds);
            return true;
        }

        if (Utf8Parser.TryParse(text, out DateTimeOffset date, out var used, 'R') && used == text.Length)
        {
            time = new EventTime(date.ToUnixTimeMilliseconds());
            return true;
        }

        time = default;
        return false;
    }

    private static bool TryIso(ReadOnlySpan<byte> text, out long milliseconds)
    {
        milliseconds = 0;
        if (text.Length < 20 || text[4] != (byte)'-' || text[7] != (byte)'-' || (text[10] | 0x20) is not ((byte)'t' or (byte)' ')
            || text[13] != (byte)':' || text[16] != (byte)':') return false;

        var wrong = 0;
        var year = (Two(text, 0, ref wrong) * 100) + Two(text, 2, ref wrong);
        var month = Two(text, 5, ref wrong);
        var day = Two(text, 8, ref wrong);
        var hour = Two(text, 11, ref wrong);
        var minute = Two(text, 14, ref wrong);
        var second = Two(text, 17, ref wrong);
        if (wrong != 0 || year == 0 || month is 0 or > 12 || day == 0 || hour > 23 || minute > 59 || second > 59) return false;

        var leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        if (day > DaysIn(month, leap)) return false;

        var i = 19;
        var fraction = 0;
        if (text[i] == (byte)'.')
        {
            var digits = 0;
            for (i++; i < text.Length && char.IsAsciiDigit((char)text[i]); i++, digits++)
            {
                if (digits < 3) fraction = (fraction * 10) + text[i] - '0';
            }

            if (digits is 0 or > 9) return false;
            for (; digits < 3; digits++) fraction *= 10;
        }

        if (!TryOffset(text[i..], out var offset)) return false;

        var before = year - 1;
        var days = (before * 365L) + (before / 4) - (before / 100) + (before / 400) + DaysBefore[month - 1] + (leap && month > 2 ? 1 : 0) + day - 1 - 719162;
        milliseconds = (((days * 86400) + (hour * 3600) + (minute * 60) + second - (offset * 60L)) * 1000) + fraction;

        // A date of the year 1 or 9999 with an offset may fall outside what a DateTimeOffset can say.
        return milliseconds is >= -62135596800000 and <= 253402300799999;
    }

    private static int DaysIn(int month, bool leap) => month switch
    {
        2 => leap ? 29 : 28,
        4 or 6 or 9 or 11 => 30,
        _ => 31,
    };

    private static bool TryOffset(ReadOnlySpan<byte> text, out int minutes)
    {
        minutes = 0;
        if (text.Length == 1) return (text[0] | 0x20) == (byte)'z';
        if (text.Length is not (3 or 5 or 6) || text[0] is not ((byte)'+' or (byte)'-')) return false;

        var wrong = 0;
        var hours = Two(text, 1, ref wrong);
        var rest = 0;
        if (text.Length == 6)
        {
            if (text[3] != (byte)':') return false;
            rest = Two(text, 4, ref wrong);
        }
        else if (text.Length == 5)
        {
            rest = Two(text, 3, ref wrong);
        }

        if (wrong != 0 || hours > 14 || rest > 59) return false;
        minutes = ((hours * 60) + rest) * (text[0] == (byte)'-' ? -1 : 1);
        return true;
    }

    private static int Two(ReadOnlySpan<byte> text, int at, ref int wrong)
    {
        var tens = (uint)(text[at] - '0');
        var ones = (uint)(text[at + 1] - '0');
        if (tens > 9 || ones > 9) wrong = 1;
        return (int)((tens * 10) + ones);
    }
}
