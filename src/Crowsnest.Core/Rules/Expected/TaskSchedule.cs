using System.Globalization;

namespace Crowsnest.Core.Rules.Expected;

/// <summary>When EventBridge starts something: <c>cron(…)</c> with its six fields, or <c>rate(…)</c>.</summary>
/// <remarks>
/// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html. A time that the clock leaps over in spring is left out, and one that
/// it passes twice in autumn is the first of both, as in EventBridge Scheduler (https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html).
/// </remarks>
public sealed class TaskSchedule
{
    private static readonly string[] Months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];

    // Between two 29ths of February may lie eight years.
    private const int DaysBack = (366 * 8) + 2;

    private readonly TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private CronField _minutes, _hours, _months, _years;
    private CronDays? _days;

    private TaskSchedule(string text, TimeZoneInfo zone) => (Text, _zone) = (text, zone);

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Of <c>rate(…)</c>: how long from one time to the next; the times themselves are not known. <see langword="null"/> of <c>cron(…)</c>.</summary>
    public TimeSpan? Rate { get; private init; }

    /// <summary>Reads it.</summary>
    /// <param name="text">The schedule.</param>
    /// <param name="zone">In which the times of <c>cron(…)</c> are.</param>
    /// <param name="mistake">What is wrong with it; empty when nothing is.</param>
    public static TaskSchedule? Parse(string text, TimeZoneInfo zone, out string mistake)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(zone);
        mistake = "it is neither cron(minutes hours day-of-month month day-of-week year) nor rate(5 minutes)";
        if (!text.EndsWith(')')) return null;
        if (text.StartsWith("rate(", StringComparison.Ordinal)) return Every(text, text[5..^1], ref mistake);
        return text.StartsWith("cron(", StringComparison.Ordinal) ? Cron(text, text[5..^1], zone, ref mistake) : null;
    }

    /// <summary>
    /// The latest moment up to <paramref name="at"/> since when it must have started something: of <c>cron(…)</c> its latest time; of <c>rate(…)</c> the beginning of a
    /// whole interval that is over. <see langword="null"/>: none within eight years.
    /// </summary>
    public DateTimeOffset? LastUpTo(DateTimeOffset at)
    {
        if (Rate is { } rate)
        {
            var ticks = at.UtcTicks - (at.UtcTicks % rate.Ticks) - rate.Ticks;
            return new DateTimeOffset(ticks, TimeSpan.Zero);
        }

        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, _zone).DateTime);
        for (var back = 0; back < DaysBack && day > DateOnly.MinValue; back++, day = day.AddDays(-1))
        {
            if (!_years.Has(day.Year) || !_months.Has(day.Month) || !_days!.Has(day)) continue;
            if (LastOf(day, at) is { } found) return found;
        }

        return null;
    }

    private DateTimeOffset? LastOf(DateOnly day, DateTimeOffset at)
    {
        for (var hour = 23; hour >= 0; hour--)
        {
            if (!_hours.Has(hour)) continue;
            for (var minute = 59; minute >= 0; minute--)
            {
                if (!_minutes.Has(minute)) continue;
                var local = day.ToDateTime(new TimeOnly(hour, minute));
                if (_zone.IsInvalidTime(local)) continue;
                var offset = _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local).Max() : _zone.GetUtcOffset(local);
                if (new DateTimeOffset(local, offset) is var moment && moment <= at) return moment.ToUniversalTime();
            }
        }

        return null;
    }

    private static TaskSchedule? Every(string text, string inside, ref string mistake)
    {
        var parts = inside.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        mistake = "a rate is a number of minutes, hours or days, as rate(5 minutes)";
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count is 0 or > 100_000) return null;
        TimeSpan? rate = parts[1] switch
        {
            "minute" or "minutes" => TimeSpan.FromMinutes(count),
            "hour" or "hours" => TimeSpan.FromHours(count),
            "day" or "days" => TimeSpan.FromDays(count),
            _ => null,
        };
        if (rate is null) return null;
        mistake = "";
        return new TaskSchedule(text, TimeZoneInfo.Utc) { Rate = rate };
    }

    private static TaskSchedule? Cron(string text, string inside, TimeZoneInfo zone, ref string mistake)
    {
        var parts = inside.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        mistake = "cron has six fields: minutes hours day-of-month month day-of-week year";
        if (parts.Length != 6) return null;
        var schedule = new TaskSchedule(text, zone);
        var wrong = CronField.Parse(parts[0], "minutes", 0, 59, [], out schedule._minutes)
            ?? CronField.Parse(parts[1], "hours", 0, 23, [], out schedule._hours)
            ?? CronDays.Parse(parts[2], parts[4], out schedule._days)
            ?? CronField.Parse(parts[3], "months", 1, 12, Months, out schedule._months)
            ?? CronField.Parse(parts[5], "years", 1970, 2199, [], out schedule._years);
        mistake = wrong ?? "";
        return wrong is null ? schedule : null;
    }
}
