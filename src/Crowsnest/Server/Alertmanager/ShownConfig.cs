using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Server.Alertmanager;

/// <summary>Who is told, as an <c>alertmanager.yml</c>: the tree, what inhibits and the hours. Of receivers their names alone, since the rest of them is secrets.</summary>
internal static class ShownConfig
{
    private static readonly string[] Days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

    /// <summary>The file.</summary>
    public static string Of(TellingOptions options, IEnumerable<string> receivers)
    {
        var text = new StringBuilder();
        text.Append("route:\n");
        Write(text, options.Route, "  ", "  ");
        if (options.InhibitRules.Length > 0) text.Append("inhibit_rules:\n");
        foreach (var rule in options.InhibitRules)
            text.Append(CultureInfo.InvariantCulture, $"- source_matchers: {List(rule.Sources.Select(one => one.ToString()))}\n  target_matchers: {List(rule.Targets.Select(one => one.ToString()))}\n  equal: {List(rule.Equal)}\n");
        text.Append("receivers:\n");
        foreach (var name in receivers) text.Append(CultureInfo.InvariantCulture, $"- name: {Quoted(name)}\n");
        if (!options.TimeIntervals.IsEmpty) text.Append("time_intervals:\n");
        foreach (var interval in options.TimeIntervals.Values.OrderBy(one => one.Name, StringComparer.Ordinal)) Write(text, interval);
        return text.ToString();
    }

    private static void Write(StringBuilder text, Core.Incidents.Route route, string first, string indent)
    {
        text.Append(CultureInfo.InvariantCulture, $"{first}receiver: {Quoted(route.Receiver)}\n{indent}group_by: {List(route.GroupBy)}\n");
        if (route.Matchers.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{indent}matchers: {List(route.Matchers.Select(one => one.ToString()))}\n");
        if (route.Continue) text.Append(CultureInfo.InvariantCulture, $"{indent}continue: true\n");
        text.Append(CultureInfo.InvariantCulture, $"{indent}group_wait: {Time(route.GroupWait)}\n{indent}group_interval: {Time(route.GroupInterval)}\n{indent}repeat_interval: {Time(route.RepeatInterval)}\n");
        if (route.MuteTimeIntervals.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{indent}mute_time_intervals: {List(route.MuteTimeIntervals)}\n");
        if (route.ActiveTimeIntervals.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{indent}active_time_intervals: {List(route.ActiveTimeIntervals)}\n");
        if (route.Routes.Length > 0) text.Append(CultureInfo.InvariantCulture, $"{indent}routes:\n");
        foreach (var branch in route.Routes) Write(text, branch, indent + "- ", indent + "  ");
    }

    private static void Write(StringBuilder text, TimeInterval interval)
    {
        text.Append(CultureInfo.InvariantCulture, $"- name: {Quoted(interval.Name)}\n  time_intervals:{(interval.Parts.IsEmpty ? " []" : "")}\n");
        foreach (var part in interval.Parts)
        {
            text.Append(CultureInfo.InvariantCulture, $"  - location: {Quoted(part.Location.Id)}\n");
            if (part.Times.Length > 0) text.Append(CultureInfo.InvariantCulture, $"    times: [{string.Join(", ", part.Times.Select(one => $"{{start_time: \"{Minute(one.From)}\", end_time: \"{Minute(one.To)}\"}}"))}]\n");
            Ranges(text, "weekdays", part.Weekdays, day => Days[day]);
            Ranges(text, "days_of_month", part.DaysOfMonth, Number);
            Ranges(text, "months", part.Months, Number);
            Ranges(text, "years", part.Years, Number);
        }
    }

    private static void Ranges(StringBuilder text, string key, ImmutableArray<NumberRange> ranges, Func<int, string> word)
    {
        if (ranges.Length > 0) text.Append(CultureInfo.InvariantCulture, $"    {key}: {List(ranges.Select(one => $"{word(one.From)}:{word(one.To)}"))}\n");
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Minute(int minute) => string.Create(CultureInfo.InvariantCulture, $"{minute / 60:d2}:{minute % 60:d2}");

    private static string Time(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMilliseconds}ms");

    private static string List(IEnumerable<string> words) => "[" + string.Join(", ", words.Select(Quoted)) + "]";

    // A text in JSON is one in YAML.
    private static string Quoted(string text) => "\"" + JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"";
}
