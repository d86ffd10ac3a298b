namespace Crowsnest.Core.Rules.Expected;

/// <summary>On which days: EventBridge's day of the month or day of the week, of which one is <c>?</c>.</summary>
internal sealed class CronDays
{
    private static readonly string[] WeekDays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

    private readonly Func<DateOnly, bool> _matches;

    private CronDays(Func<DateOnly, bool> matches) => _matches = matches;

    /// <summary>Whether a day is one of them.</summary>
    public bool Has(DateOnly day) => _matches(day);

    /// <summary>Reads both fields; what is wrong with them otherwise.</summary>
    public static string? Parse(string ofMonth, string ofWeek, out CronDays days)
    {
        days = new CronDays(_ => false);
        if ((ofMonth == "?") == (ofWeek == "?")) return "one of its day of the month and its day of the week is '?', and the other is not";
        var wrong = ofWeek == "?" ? OfMonth(ofMonth, out var matches) : OfWeek(ofWeek, out matches);
        days = new CronDays(matches);
        return wrong;
    }

    private static string? OfMonth(string text, out Func<DateOnly, bool> matches)
    {
        matches = day => day.Day == DateTime.DaysInMonth(day.Year, day.Month);
        if (text == "L") return null;
        if (text.EndsWith('W') && CronField.Number(text[..^1], 1, 31, [], out var near))
        {
            matches = day => IsNearest(day, near);
            return null;
        }

        var wrong = CronField.Parse(text, "days of the month", 1, 31, [], out var field);
        matches = day => field.Has(day.Day);
        return wrong;
    }

    private static string? OfWeek(string text, out Func<DateOnly, bool> matches)
    {
        matches = day => day.DayOfWeek == DayOfWeek.Saturday;
        if (text == "L") return null;
        if (text.EndsWith('L') && CronField.Number(text[..^1], 1, 7, WeekDays, out var last))
        {
            matches = day => Number(day) == last && day.Day > DateTime.DaysInMonth(day.Year, day.Month) - 7;
            return null;
        }

        if (text.IndexOf('#', StringComparison.Ordinal) is > 0 and var mark)
        {
            if (!CronField.Number(text[..mark], 1, 7, WeekDays, out var which) || !CronField.Number(text[(mark + 1)..], 1, 5, [], out var nth)) return $"'{text}' is no day of the week and which of the month, as 6#3";
            matches = day => Number(day) == which && (day.Day - 1) / 7 == nth - 1;
            return null;
        }

        var wrong = CronField.Parse(text, "days of the week", 1, 7, WeekDays, out var field);
        matches = day => field.Has(Number(day));
        return wrong;
    }

    private static int Number(DateOnly day) => (int)day.DayOfWeek + 1;

    // The working day nearest to a day of the month, within the month.
    private static bool IsNearest(DateOnly day, int near)
    {
        var days = DateTime.DaysInMonth(day.Year, day.Month);
        if (near > days) return false;
        var wanted = new DateOnly(day.Year, day.Month, near);
        var moved = wanted.DayOfWeek switch
        {
            DayOfWeek.Saturday => near > 1 ? -1 : 2,
            DayOfWeek.Sunday => near < days ? 1 : -2,
            _ => 0,
        };
        return day == wanted.AddDays(moved);
    }
}
