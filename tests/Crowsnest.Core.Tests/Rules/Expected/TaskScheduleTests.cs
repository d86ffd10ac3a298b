using System.Globalization;
using Crowsnest.Core.Rules.Expected;

namespace Crowsnest.Core.Tests.Rules.Expected;

public class TaskScheduleTests
{
    // The first are examples of EventBridge's user guide with what it says of them.
    [Theory]
    [InlineData("cron(0 10 * * ? *)", "2026-03-02T09:59", "2026-03-01T10:00")]
    [InlineData("cron(0 10 * * ? *)", "2026-03-02T10:00", "2026-03-02T10:00")]
    [InlineData("cron(15 12 * * ? *)", "2026-03-02T12:14", "2026-03-01T12:15")]
    [InlineData("cron(0 18 ? * MON-FRI *)", "2026-03-01T23:00", "2026-02-27T18:00")]
    [InlineData("cron(0 8 1 * ? *)", "2026-03-31T23:00", "2026-03-01T08:00")]
    [InlineData("cron(0/15 * * * ? *)", "2026-03-02T10:44", "2026-03-02T10:30")]
    [InlineData("cron(0/10 * ? * MON-FRI *)", "2026-03-01T10:00", "2026-02-27T23:50")]
    [InlineData("cron(0/5 8-17 ? * MON-FRI *)", "2026-03-02T20:00", "2026-03-02T17:55")]
    [InlineData("cron(0/30 20-2 ? * MON-FRI *)", "2026-03-03T12:00", "2026-03-03T02:30")]
    [InlineData("cron(5,35 14 * * ? *)", "2026-03-02T14:34", "2026-03-02T14:05")]
    [InlineData("cron(15 10 ? * 6L 2022-2027)", "2026-03-31T00:00", "2026-03-27T10:15")]
    [InlineData("cron(15 10 ? * 6L 2019-2022)", "2026-03-31T00:00", "2022-12-30T10:15")]
    [InlineData("cron(0 9 ? * 2#1 *)", "2026-03-31T00:00", "2026-03-02T09:00")]
    [InlineData("cron(0 9 L * ? *)", "2026-03-15T00:00", "2026-02-28T09:00")]
    [InlineData("cron(0 9 15W * ? *)", "2026-02-28T00:00", "2026-02-16T09:00")]
    [InlineData("cron(0 9 1W * ? *)", "2026-02-28T00:00", "2026-02-02T09:00")]
    [InlineData("cron(0 9 31W * ? *)", "2026-05-31T23:00", "2026-05-29T09:00")]
    [InlineData("cron(0 9 ? * L *)", "2026-03-02T00:00", "2026-02-28T09:00")]
    [InlineData("cron(0 0 ? jan,jul sun *)", "2026-03-02T00:00", "2026-01-25T00:00")]
    [InlineData("cron(0 0 29 2 ? *)", "2026-03-02T00:00", "2024-02-29T00:00")]
    [InlineData("cron(0 0 30 2 ? *)", "2026-03-02T00:00", null)]
    [InlineData("cron(0 0 1 1 ? 2030)", "2026-03-02T00:00", null)]
    public void The_last_time_of_a_schedule(string text, string at, string? last) =>
        Assert.Equal(last, Last(text, TimeZoneInfo.Utc, at));

    [Theory]
    [InlineData("cron(30 3 * * ? *)", "2026-01-10T02:30", "2026-01-10T02:30")]
    [InlineData("cron(30 3 * * ? *)", "2026-07-10T01:29", "2026-07-09T01:30")]
    [InlineData("cron(0 0 * * ? *)", "2026-07-10T22:00", "2026-07-10T22:00")]
    // In the night to 29 March there is no half past two; in that to 25 October there are two, and the first counts.
    [InlineData("cron(30 2 * * ? *)", "2026-03-29T12:00", "2026-03-28T01:30")]
    [InlineData("cron(30 2 * * ? *)", "2026-10-25T00:29", "2026-10-24T00:30")]
    [InlineData("cron(30 2 * * ? *)", "2026-10-25T12:00", "2026-10-25T00:30")]
    public void Its_times_are_those_of_its_zone(string text, string at, string last) =>
        Assert.Equal(last, Last(text, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), at));

    [Theory]
    [InlineData("rate(5 minutes)", "2026-03-02T10:04", "2026-03-02T09:55")]
    [InlineData("rate(1 hour)", "2026-03-02T10:04", "2026-03-02T09:00")]
    [InlineData("rate(2 days)", "2026-03-04T10:04", "2026-03-02T00:00")]
    public void Of_a_rate_the_last_whole_interval_counts(string text, string at, string last)
    {
        var found = Last(text, TimeZoneInfo.Utc, at);
        Assert.Equal(last, found);
    }

    // Goal: whatever the fields say, the last time up to a moment is what counting back by minutes finds. Method: drawn fields, two days back.
    [Fact]
    public void It_is_what_counting_back_finds()
    {
        var random = new Random(7);
        var found = 0;
        for (var round = 0; round < 200; round++)
        {
            var (minute, hour, weekDay) = (random.Next(60), random.Next(24), random.Next(1, 8));
            var ofMonth = random.Next(2) == 0;
            var schedule = TaskSchedule.Parse($"cron({minute},{(minute + 7) % 60} {hour}/5 {(ofMonth ? "*/3" : "?")} * {(ofMonth ? "?" : $"{weekDay}")} *)", TimeZoneInfo.Utc, out var mistake);
            Assert.True(schedule is not null, mistake);
            var at = new DateTimeOffset(2026, 2, 25, 0, 0, 0, TimeSpan.Zero).AddMinutes(random.Next(20_000));
            var expected = Enumerable.Range(0, 2 * 1_440).Select(back => at.AddMinutes(-back)).FirstOrDefault(time =>
                (time.Minute == minute || time.Minute == (minute + 7) % 60) && time.Hour >= hour && (time.Hour - hour) % 5 == 0 && (ofMonth ? (time.Day - 1) % 3 == 0 : (int)time.DayOfWeek + 1 == weekDay));
            if (expected == default) continue;
            found++;
            Assert.Equal(expected, schedule.LastUpTo(at));
        }

        Assert.InRange(found, 50, 200);
    }

    [Theory]
    [InlineData("0 3 * * *", "neither")]
    [InlineData("cron(0 3 * * *)", "six fields")]
    [InlineData("cron(0 3 * * * *)", "'?'")]
    [InlineData("cron(0 3 ? * ? *)", "'?'")]
    [InlineData("cron(60 3 * * ? *)", "'60' is not in 0 to 59, which its minutes are")]
    [InlineData("cron(0 24 * * ? *)", "hours")]
    [InlineData("cron(0 0 0 * ? *)", "days of the month")]
    [InlineData("cron(0 0 ? * 0 *)", "days of the week")]
    [InlineData("cron(0 0 ? * 2#6 *)", "'2#6'")]
    [InlineData("cron(0 0 1 13 ? *)", "months")]
    [InlineData("cron(0/0 0 1 1 ? *)", "step")]
    [InlineData("cron(0 0 1 1 ? 1969)", "years")]
    [InlineData("cron(-5 0 1 1 ? *)", "minutes")]
    [InlineData("cron(, 0 1 1 ? *)", "minutes")]
    [InlineData("rate(5)", "rate(5 minutes)")]
    [InlineData("rate(0 minutes)", "rate(5 minutes)")]
    [InlineData("rate(5 weeks)", "rate(5 minutes)")]
    [InlineData("rate(99999999999 minutes)", "rate(5 minutes)")]
    public void What_is_no_schedule_is_said_to_be_none(string text, string words)
    {
        Assert.Null(TaskSchedule.Parse(text, TimeZoneInfo.Utc, out var mistake));
        Assert.Contains(words, mistake, StringComparison.Ordinal);
    }

    private static string? Last(string text, TimeZoneInfo zone, string at)
    {
        var schedule = TaskSchedule.Parse(text, zone, out var mistake);
        Assert.True(schedule is not null, mistake);
        return schedule.LastUpTo(DateTimeOffset.Parse(at + "Z", CultureInfo.InvariantCulture))?.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);
    }
}
