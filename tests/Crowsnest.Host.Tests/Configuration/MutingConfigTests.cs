using Crowsnest.Configuration;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Host.Tests.Configuration;

/// <summary>What mutes, as a file says it: Alertmanager's keys, and each mistake with its place.</summary>
public sealed class MutingConfigTests
{
    [Fact]
    public void Rules_of_inhibition_are_read_in_both_forms_and_take_the_place_of_the_shipped_one()
    {
        var config = Good("""
            inhibit_rules:
              - source_matchers: [severity="critical", kind!~"Image.*"]
                target_matchers: ['severity =~ "warning|error"']
                equal: [cluster, service, tag_team]
              - {source_match: {severity: critical}, source_match_re: {kind: 'Out.*'}, target_match: {cluster: prod}, target_match_re: {severity: warn.*}}
            """);

        Assert.Equal(
            ["severity=\"critical\" kind!~\"Image.*\" > severity=~\"warning|error\" [cluster service tag_team]", "severity=\"critical\" kind=~\"Out.*\" > cluster=\"prod\" severity=~\"warn.*\" []"],
            config.InhibitRules.Select(rule => $"{string.Join(' ', rule.Sources)} > {string.Join(' ', rule.Targets)} [{string.Join(' ', rule.Equal)}]"));
        Assert.Equal(InhibitRule.Shipped, Good("retention: {events: 30d}").InhibitRules);
        Assert.Empty(Good("inhibit_rules: []").InhibitRules);
    }

    [Fact]
    public void Intervals_are_read_under_both_names_and_a_route_has_only_its_own_hours()
    {
        var config = Good("""
            time_intervals:
              - name: office
                time_intervals:
                  - times: [{start_time: 08:00, end_time: '24:00'}]
                    weekdays: ['Monday:friday', sunday]
                    days_of_month: ['1:5', '-3:-1', 15]
                    months: ['1:3', may:august, december]
                    years: ['2026:2028', 2030]
                    location: Europe/Berlin
            mute_time_intervals: [{name: freeze, time_intervals: [{months: [december]}]}]
            route:
              receiver: console
              routes:
                - active_time_intervals: [office]
                  mute_time_intervals: [freeze]
                  routes: [{matchers: [severity=critical]}]
            """);

        var part = Assert.Single(config.TimeIntervals["office"].Parts);
        Assert.Equal(
            ["480-1440", "1-5 0-0", "1-5 -3--1 15-15", "1-3 5-8 12-12", "2026-2028 2030-2030", "Europe/Berlin"],
            [.. new[] { part.Times, part.Weekdays, part.DaysOfMonth, part.Months, part.Years }.Select(ranges => string.Join(' ', ranges.Select(range => $"{range.From}-{range.To}"))), part.Location.Id]);
        var branch = config.Route.Routes[0];
        Assert.Equal(("office", "freeze", 0), (branch.ActiveTimeIntervals.Single(), branch.MuteTimeIntervals.Single(), branch.Routes[0].MuteTimeIntervals.Length + branch.Routes[0].ActiveTimeIntervals.Length));
    }

    [Theory]
    [InlineData("times: [{start_time: '9:00', end_time: '10:00'}]", "'9:00' is not a time of day")]
    [InlineData("times: [{start_time: '22:00', end_time: '06:00'}]", "later than start_time")]
    [InlineData("times: [{start_time: '22:00', end_time: '24:30'}]", "'24:30' is not a time of day")]
    [InlineData("weekdays: [mon]", "'mon' is not a day")]
    [InlineData("weekdays: ['friday:monday']", "ends before it begins")]
    [InlineData("days_of_month: [0]", "'0' is not a day")]
    [InlineData("days_of_month: ['-1:-3']", "ends before it begins")]
    [InlineData("days_of_month: ['-31:5']", "ends there too")]
    [InlineData("months: [13]", "'13' is not a month")]
    [InlineData("years: ['2028:2026']", "ends before it begins")]
    [InlineData("location: Mars/Olympus", "no time zone")]
    [InlineData("weekday: [monday]", "did you mean 'weekdays'?")]
    public void A_wrong_interval_is_named_with_its_place(string part, string message)
    {
        var mistake = Assert.Single(Mistakes($"time_intervals:\n  - name: x\n    time_intervals:\n      - {part}"));
        Assert.Contains(message, mistake.Message, StringComparison.Ordinal);
        Assert.Equal(4, mistake.Line);
    }

    [Fact]
    public void All_mistakes_come_at_once()
    {
        var mistakes = Mistakes("""
            inhibit_rules: [{source_matchers: [severty=critical], equal: [clustr]}]
            time_intervals: [{name: a}, {name: a}]
            route: {receiver: console, mute_time_intervals: [a], routes: [{active_time_intervals: [b]}]}
            """);

        Assert.Equal(
            ["1 'severty' is not a label", "1 'clustr' is not a label", "1 'target_matchers' is missing", "2 two time intervals are named 'a'", "3 the root route has no hours", "3 no time interval is named 'b'"],
            mistakes.OrderBy(m => m.Line).Select(m => $"{m.Line} {m.Message}").Select(line => line.Split(';', ':', '(')[0].Trim()).Select(line => line.Split(", or")[0]).OrderBy(line => line[0]).ThenBy(line => line.Contains("missing", StringComparison.Ordinal) ? 1 : 0));
    }

    private static CrowsnestConfig Good(string yaml)
    {
        var (config, mistakes) = Parse(yaml);
        Assert.Empty(mistakes);
        return config;
    }

    private static IReadOnlyList<ConfigMistake> Mistakes(string yaml) => Parse(yaml).Mistakes;

    private static (CrowsnestConfig Config, IReadOnlyList<ConfigMistake> Mistakes) Parse(string yaml) => ConfigParser.Parse(yaml, new SecretReader(_ => null, Path.GetTempPath(), fetched: null));
}
