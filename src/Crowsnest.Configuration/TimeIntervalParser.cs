using System.Collections.Immutable;
using System.Globalization;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Search;

namespace Crowsnest.Configuration;

/// <summary>Reads <c>time_intervals</c>, as an <c>alertmanager.yml</c> has them; <c>mute_time_intervals</c> is their older name.</summary>
internal static class TimeIntervalParser
{
    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    private static readonly string[] Months =
        ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"];

    /// <summary>All of them by their names.</summary>
    public static ImmutableDictionary<string, TimeInterval> Parse(YamlSection root)
    {
        var intervals = ImmutableDictionary.CreateBuilder<string, TimeInterval>(StringComparer.Ordinal);
        foreach (var key in (string[])["time_intervals", "mute_time_intervals"])
        {
            foreach (var section in root.Sections(key))
            {
                var name = section.Text("name", required: true);
                ImmutableArray<TimePart> parts = [.. section.Sections("time_intervals").Select(Part)];
                section.Done();
                if (name is null) continue;
                if (!intervals.TryAdd(name, new TimeInterval(name, parts))) section.Mistake("name", $"two time intervals are named '{name}'");
            }
        }

        return intervals.ToImmutable();
    }

    private static TimePart Part(YamlSection section)
    {
        var part = new TimePart
        {
            Times = [.. section.Sections("times").Select(Time).OfType<NumberRange>()],
            Weekdays = Ranges(section, "weekdays", "a day such as monday, or monday:friday", text => IndexOf(Days, text)),
            DaysOfMonth = Ranges(section, "days_of_month", "a day such as 1, 1:15 or -1 (the last)", Day),
            Months = Ranges(section, "months", "a month such as march, 3 or march:may", text => IndexOf(Months, text) + 1 ?? Number(text, 1, 12)),
            Years = Ranges(section, "years", "a year such as 2026, or 2026:2028", text => Number(text, 1, 9999)),
            Location = section.TimeZone("location"),
        };
        section.Done();
        return part;
    }

    private static NumberRange? Time(YamlSection section)
    {
        var (from, to) = (Minute(section, "start_time"), Minute(section, "end_time"));
        section.Done();
        if (from is not { } start || to is not { } end) return null;
        if (start < end) return new NumberRange(start, end);
        section.Mistake("end_time", "it must be later than start_time; what goes past midnight is two times, the first until 24:00");
        return null;
    }

    private static int? Minute(YamlSection section, string key)
    {
        if (section.Text(key, required: true) is not { } text) return null;
        if (text is [_, _, ':', _, _] && Number(text[..2], 0, 24) is { } hour && Number(text[3..], 0, 59) is { } minute && (hour < 24 || minute == 0)) return (hour * 60) + minute;
        section.Mistake(key, $"'{text}' is not a time of day; write 09:00, up to 24:00");
        return null;
    }

    // Each is one value, or two with a colon between; begin and end count as the longest month has them.
    private static ImmutableArray<NumberRange> Ranges(YamlSection section, string key, string form, Func<string, int?> read)
    {
        var ranges = ImmutableArray.CreateBuilder<NumberRange>();
        foreach (var text in section.Words(key) ?? [])
        {
            string[] ends = text.Split(':') is [var from, var to] ? [from, to] : [text, text];
            if (read(ends[0].Trim()) is not { } begin || read(ends[1].Trim()) is not { } end) section.Mistake(key, $"'{text}' is not {form}");
            else if (InLongest(begin) > InLongest(end)) section.Mistake(key, $"'{text}' ends before it begins");
            else if (begin < 0 && end > 0) section.Mistake(key, $"'{text}': what begins from the month's end ends there too");
            else ranges.Add(new NumberRange(begin, end));
        }

        return ranges.ToImmutable();

        int InLongest(int number) => key == "days_of_month" && number < 0 ? 32 + number : number;
    }

    private static int? Day(string text) => Number(text, -31, 31) is { } day and not 0 ? day : null;

    private static int? IndexOf(string[] names, string text) => Array.FindIndex(names, name => name.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? index : null;

    private static int? Number(string text, int least, int most) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    /// <summary>Reads the names of intervals that a route has.</summary>
    /// <param name="section">The route.</param>
    /// <param name="key">Its key.</param>
    /// <param name="known">The names that there are.</param>
    public static ImmutableArray<string> Names(YamlSection section, string key, IReadOnlyCollection<string> known)
    {
        var names = section.Words(key) ?? [];
        foreach (var name in names.Where(name => !known.Contains(name)))
        {
            section.Mistake(key, known.Count == 0
                ? $"no time interval is named '{name}': there is no time_intervals"
                : $"no time interval is named '{name}'{Spelling.Hint(name, known)} (known: {string.Join(", ", known.Order(StringComparer.Ordinal))})");
        }

        return names;
    }
}
