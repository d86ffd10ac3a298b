using Crowsnest.Core.Capacity.Sizing;

namespace Crowsnest.Core.Tests.Capacity.Sizing;

/// <summary>Advice stays the same from day to day as long as what it rests on does.</summary>
public class SteadyAdviceTests(ITestOutputHelper output)
{
    private const int Days = 100;

    // Goal: advice does not go up and down. Method: drawn histories of use with noise, weeks, leaps and rare peaks, and of kills; of each amount the advised one, day by day (what it is where
    // nothing is advised). After it rose it does not fall for as long as a need is held.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_rose_does_not_fall_for_as_long_as_a_need_is_held(bool isFargate)
    {
        var random = Seeds.Random(output, out var seed);
        var options = new AdviceOptions();
        var (rises, falls) = (0, 0);
        for (var round = 0; round < 40; round++)
        {
            var sizes = isFargate ? SomeHistory.OnFargate(1_024 << random.Next(2), 4_096) : SomeHistory.OnInstances(1_024, 2_048);
            var usage = new[] { SomeHistory.Usage(UsageKind.Cpu, 0, Days, Draw(random, sizes.Cpu!.Value)), SomeHistory.Usage(UsageKind.Memory, 0, Days, Draw(random, sizes.Memory!.Value)) };
            List<ContainerStop> kills = [.. Enumerable.Range(0, random.Next(3)).Select(_ => SomeHistory.Kill(random.Next(Days), sizes.Memory / random.Next(1, 3), ownLimit: !isFargate))];
            (long Cpu, long Memory)? last = null;
            var rose = new int[2];
            for (var day = 5; day < Days; day++)
            {
                var advised = Advised(SomeHistory.Used(sizes, Until(usage, day), kills), day, sizes, options);
                foreach (var (at, before, now) in ((int, long?, long)[])[(0, last?.Cpu, advised.Cpu), (1, last?.Memory, advised.Memory)])
                {
                    if (before is null || before == now) continue;
                    if (now > before) (rose[at], rises) = (day, rises + 1);
                    else
                    {
                        falls++;
                        Assert.True(rose[at] == 0 || day - rose[at] >= options.HoldDays, $"seed {seed} round {round}: {(at == 0 ? "CPU" : "memory")} rose on day {rose[at]} and fell from {before} to {now} on day {day}");
                    }
                }

                last = advised;
            }
        }

        output.WriteLine($"{rises} rises and {falls} falls");
        Assert.True(rises > 40 && falls > 40, $"{rises} rises and {falls} falls show too little");
    }

    // Goal: no state is needed, so that a restart or another worker says the same. Method: what lies before all windows is taken away.
    [Fact]
    public void What_is_older_than_it_looks_back_makes_no_difference()
    {
        var random = Seeds.Random(output, out var seed);
        var options = new AdviceOptions();
        for (var round = 0; round < 40; round++)
        {
            var sizes = SomeHistory.OnInstances(1_024, 2_048);
            var usage = new[] { SomeHistory.Usage(UsageKind.Cpu, 0, Days, Draw(random, 1_024)), SomeHistory.Usage(UsageKind.Memory, 0, Days, Draw(random, 2_048)) };
            var start = SomeHistory.Day(Days - options.WindowDays - options.HoldDays - 1);
            UsageSeries[] newer = [.. usage.Select(s => s with { Points = [.. s.Points.Where(p => p.At >= start).Reverse()] })];

            Assert.Equal(
                (seed, round, string.Join('\n', SomeHistory.Advise(SomeHistory.Used(sizes, usage), Days).Select(SomeHistory.Line))),
                (seed, round, string.Join('\n', SomeHistory.Advise(SomeHistory.Used(sizes, newer), Days).Select(SomeHistory.Line))));
        }
    }

    // Goal: who follows every advice at once is not sent to and fro. Method: a service whose use is noise below a steady peak, with rarer ones in some rounds; what exceeds the limit is a kill, and
    // use is never above it. Each day's advice is followed. Sizes come to rest, and no limit at which it was killed comes back within the time that it is remembered.
    [Fact]
    public void Following_it_day_by_day_comes_to_rest()
    {
        var random = Seeds.Random(output, out var seed);
        var options = new AdviceOptions();
        for (var round = 0; round < 30; round++)
        {
            var (peak, memory, changes, lastChange) = (random.Next(200, 3_000), (long)(64 * random.Next(2, 64)), 0, 0);
            var rare = round % 3 == 0 ? random.Next(25, 40) : int.MaxValue;
            var (points, kills) = (new List<UsagePoint>(), new List<ContainerStop>());
            for (var day = 0; day < 150; day++)
            {
                for (var n = 0; n < 12; n++)
                {
                    var use = peak * (0.7 + (0.3 * random.NextDouble())) * (day % rare == rare - 1 && n == 5 ? 1.4 : 1);
                    if (use > memory && (kills.Count == 0 || kills[^1].At != SomeHistory.Day(day).AddHours(-1))) kills.Add(SomeHistory.Kill(day, memory));
                    points.Add(new UsagePoint(SomeHistory.Day(day).AddHours((-2 * n) - 0.5), Math.Min(use, memory)));
                }

                if (day < 5) continue;
                var history = SomeHistory.Used(SomeHistory.OnInstances(0, memory), [new UsageSeries("api", "", UsageKind.Memory, points)], kills);
                if (SomeHistory.Advise(history, day, options: options) is not [{ To.Memory: { } to }, ..]) continue;
                Assert.True(
                    to > memory || !kills.Any(k => k.At > SomeHistory.Day(day - options.OomDays) && k.Limit >= to), $"seed {seed} round {round}: day {day} goes from {memory} to {to}, where it was killed");
                (memory, changes, lastChange) = (to, changes + 1, day);
            }

            // It doubles in four steps, and from 128 MiB to 4 GiB there are five doublings; a rare peak comes some times within the days. What was killed in the first days is forgotten once.
            Assert.True(changes <= 24 && (rare < int.MaxValue || lastChange < options.OomDays + 30), $"seed {seed} round {round}: {changes} changes, the last on day {lastChange}");
            Assert.True(memory >= peak || rare < int.MaxValue, $"seed {seed} round {round}: {memory} MiB for a peak of {peak}");
        }
    }

    private static (long Cpu, long Memory) Advised(AdviceHistory history, int day, TaskSizes sizes, AdviceOptions options)
    {
        var advised = (Cpu: sizes.Cpu!.Value, Memory: sizes.Memory!.Value);
        foreach (var one in SomeHistory.Advise(history, day, options: options)) advised = (one.To?.Cpu ?? advised.Cpu, one.To?.Memory ?? advised.Memory);
        return advised;
    }

    // As it was known at the end of that day.
    private static UsageSeries[] Until(UsageSeries[] usage, int day) => [.. usage.Select(s => s with { Points = [.. s.Points.Where(p => p.At <= SomeHistory.Day(day))] })];

    private static Func<int, double> Draw(Random random, long size)
    {
        var (level, noise, week) = (random.NextDouble(), random.NextDouble() * 0.4, random.NextDouble() * 0.3);
        var leaps = Enumerable.Range(0, random.Next(4)).Select(_ => (Day: random.Next(Days), Level: random.NextDouble())).ToList();
        var values = Enumerable.Range(0, Days + 1).Select(day =>
        {
            foreach (var leap in leaps.Where(l => l.Day == day)) level = leap.Level;
            var wave = day % 7 < 5 ? 0 : -week;
            return Math.Clamp((level + wave + (noise * (random.NextDouble() - 0.5))) * (random.Next(40) == 0 ? 1.5 : 1), 0.02, 1) * size;
        }).ToList();
        return day => values[day];
    }
}
