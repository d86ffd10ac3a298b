using System.Collections.Immutable;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Incidents;

public class CountedTimesTests
{
    // Goal: whatever order events come in, it is enough exactly when some window has enough of them. Method: drawn times within two windows, in drawn order,
    // against a look at every window after each.
    [Fact]
    public void It_is_enough_when_any_window_has_enough_in_whatever_order_they_come()
    {
        var (random, enough) = (new Random(5), 0);
        for (var round = 0; round < 2_000; round++)
        {
            var window = new CountWindow(random.Next(2, 6), TimeSpan.FromSeconds(10));
            var (kept, all) = (ImmutableArray<long>.Empty, new List<long>());
            for (var i = 0; i < 8; i++)
            {
                all.Add(random.Next(20_001));
                kept = CountedTimes.With(kept, all[^1], window);
                long[] firsts = [.. all.Where(first => all.Count(other => other >= first && other - first <= 10_000) >= window.AtLeast).Order()];
                Assert.Equal(firsts.Length == 0 ? null : firsts[0], CountedTimes.FirstOfEnough(kept, window));
                if (firsts.Length == 0) continue;
                enough++;
                break;
            }
        }

        Assert.InRange(enough, 500, 1_999);
    }

    [Fact]
    public void What_is_too_long_ago_to_count_is_not_kept_nor_more_than_twice_the_most()
    {
        var window = new CountWindow(3, TimeSpan.FromSeconds(10));
        Assert.Equal([100_000], CountedTimes.With([1, 2, 79_999], 100_000, window).AsEnumerable());
        var many = Enumerable.Range(0, 3_000).Aggregate(ImmutableArray<long>.Empty, (times, at) => CountedTimes.With(times, at, window));
        Assert.Equal((2 * CountWindow.Max, 2_999L), (many.Length, many[^1]));
    }
}
