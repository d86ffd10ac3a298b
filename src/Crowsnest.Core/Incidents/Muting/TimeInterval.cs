using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>Times that have a name, for routes that tell only then, or never then: Alertmanager's time interval. A moment belongs to it when it is in one of the parts.</summary>
public sealed record TimeInterval(string Name, ImmutableArray<TimePart> Parts)
{
    /// <summary>Whether a moment belongs to it.</summary>
    public bool Contains(DateTimeOffset moment) => Parts.Any(part => part.Contains(moment));
}

/// <summary>From one number to another, both included.</summary>
public readonly record struct NumberRange(int From, int To)
{
    /// <summary>Whether it is between them.</summary>
    public bool Contains(int number) => number >= From && number <= To;
}

/// <summary>Part of a <see cref="TimeInterval"/>: what is empty says nothing, and all that is said must hold.</summary>
public sealed record TimePart
{
    /// <summary>Minutes of the day, the end not included.</summary>
    public ImmutableArray<NumberRange> Times { get; init; } = [];

    /// <summary>Days of the week; Sunday is 0.</summary>
    public ImmutableArray<NumberRange> Weekdays { get; init; } = [];

    /// <summary>Days of the month; -1 is the last.</summary>
    public ImmutableArray<NumberRange> DaysOfMonth { get; init; } = [];

    /// <summary>Months; January is 1.</summary>
    public ImmutableArray<NumberRange> Months { get; init; } = [];

    /// <summary>Years.</summary>
    public ImmutableArray<NumberRange> Years { get; init; } = [];

    /// <summary>Whose clock and calendar are meant.</summary>
    public TimeZoneInfo Location { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Whether a moment belongs to it.</summary>
    public bool Contains(DateTimeOffset moment)
    {
        var local = TimeZoneInfo.ConvertTime(moment, Location);
        var minute = (local.Hour * 60) + local.Minute;
        return (Times.IsEmpty || Times.Any(range => minute >= range.From && minute < range.To))
            && Holds(Weekdays, (int)local.DayOfWeek)
            && (DaysOfMonth.IsEmpty || DaysOfMonth.Any(range => IsDay(range, local)))
            && Holds(Months, local.Month)
            && Holds(Years, local.Year);
    }

    private static bool Holds(ImmutableArray<NumberRange> ranges, int number) => ranges.IsEmpty || ranges.Any(range => range.Contains(number));

    // As Alertmanager has it: what begins after the month's last day is not in this month; what ends after it ends with it.
    private static bool IsDay(NumberRange range, DateTimeOffset local)
    {
        var days = DateTime.DaysInMonth(local.Year, local.Month);
        var from = range.From < 0 ? days + range.From + 1 : range.From;
        var to = range.To < 0 ? days + range.To + 1 : range.To;
        return from <= days && local.Day >= from && local.Day <= Math.Min(to, days);
    }
}
