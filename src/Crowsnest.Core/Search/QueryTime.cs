using System.Globalization;

namespace Crowsnest.Core.Search;

/// <summary>Reads the times that people type: ISO dates with parts missing, <c>now-1h</c>, <c>now/d</c>, <c>2026-03-02||+1d/d</c>.</summary>
public static class QueryTime
{
    /// <summary>Reads a time. Where parts are missing, or it is rounded, it is the whole span from start to end (exclusive); otherwise one millisecond.</summary>
    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset start, out DateTimeOffset end)
    {
        ArgumentNullException.ThrowIfNull(text);
        start = end = default;
        try
        {
            string math;
            if (text.StartsWith("now", StringComparison.Ordinal))
            {
                start = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
                end = start.AddMilliseconds(1);
                math = text[3..];
            }
            else
            {
                var bars = text.IndexOf("||", StringComparison.Ordinal);
                if (!TryDate(bars < 0 ? text : text[..bars], out start, out end)) return false;
                math = bars < 0 ? "" : text[(bars + 2)..];
            }

            return math.Length == 0 || TryMath(math, ref start, out end);
        }
        catch (ArgumentOutOfRangeException)
        {
            // Before year 1 or after 9999.
            return false;
        }
    }

    private static bool TryMath(string math, ref DateTimeOffset start, out DateTimeOffset end)
    {
        end = start.AddMilliseconds(1);
        var at = 0;
        while (at < math.Length)
        {
            var sign = math[at++];
            if (sign is not ('+' or '-' or '/')) return false;
            var digits = at;
            while (at < math.Length && char.IsAsciiDigit(math[at])) at++;
            if (at == math.Length || at - digits > 9 || (sign == '/' && at > digits)) return false;
            var count = at == digits ? 1 : int.Parse(math.AsSpan(digits, at - digits), CultureInfo.InvariantCulture);
            var unit = math[at++];
            if (!"yMwdhHms".Contains(unit, StringComparison.Ordinal)) return false;
            if (sign == '/')
            {
                start = Floor(start, unit);
                end = Add(start, 1, unit);
            }
            else
            {
                start = Add(start, sign == '-' ? -count : count, unit);
                end = start.AddMilliseconds(1);
            }
        }

        return true;
    }

    private static DateTimeOffset Add(DateTimeOffset moment, int count, char unit) => unit switch
    {
        'y' => moment.AddYears(count),
        'M' => moment.AddMonths(count),
        'w' => moment.AddDays(7.0 * count),
        'd' => moment.AddDays(count),
        'm' => moment.AddMinutes(count),
        's' => moment.AddSeconds(count),
        _ => moment.AddHours(count),
    };

    private static DateTimeOffset Floor(DateTimeOffset moment, char unit)
    {
        var day = new DateTimeOffset(moment.Year, moment.Month, moment.Day, 0, 0, 0, TimeSpan.Zero);
        return unit switch
        {
            'y' => new DateTimeOffset(moment.Year, 1, 1, 0, 0, 0, TimeSpan.Zero),
            'M' => new DateTimeOffset(moment.Year, moment.Month, 1, 0, 0, 0, TimeSpan.Zero),
            // Weeks begin on Monday.
            'w' => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
            'd' => day,
            'm' => day.AddHours(moment.Hour).AddMinutes(moment.Minute),
            's' => day.AddHours(moment.Hour).AddMinutes(moment.Minute).AddSeconds(moment.Second),
            _ => day.AddHours(moment.Hour),
        };
    }

    private static bool TryDate(string text, out DateTimeOffset start, out DateTimeOffset end)
    {
        // A form with its missing parts; the unit that the last given part has.
        start = end = default;
        if (!text.All(char.IsAscii)) return false;
        if (text.Length is >= 11 and <= 15 && text.All(char.IsAsciiDigit))
        {
            start = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(text, CultureInfo.InvariantCulture));
            end = start.AddMilliseconds(1);
            return true;
        }

        var (full, unit) = text.Length switch
        {
            4 => ($"{text}-01-01", 'y'),
            7 => ($"{text}-01", 'M'),
            10 => (text, 'd'),
            13 => ($"{text}:00", 'h'),
            _ => (text, Unit(text)),
        };
        Span<byte> bytes = stackalloc byte[64];
        if (full.Length == 0 || full.Length > bytes.Length || !char.IsAsciiDigit(full[0])) return false;
        for (var i = 0; i < full.Length; i++) bytes[i] = (byte)full[i];
        if (!NormalForm.TryTime(bytes[..full.Length], out var milliseconds)) return false;
        start = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        end = unit == 'f' ? start.AddMilliseconds(1) : Add(start, 1, unit);
        return true;
    }

    private static char Unit(string text) => text.Contains('.', StringComparison.Ordinal) ? 'f' : text.Length > 18 && text[16] == ':' ? 's' : 'm';
}
