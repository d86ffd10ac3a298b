using System.Collections.Immutable;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents;

/// <summary>When each of a count rule's firings happened: in order, and no more than it takes to find that enough of them fit into the rule's time.</summary>
/// <remarks>Events come in any order, so twice the time is kept: every window that a late one may complete.</remarks>
internal static class CountedTimes
{
    /// <summary>With one more.</summary>
    public static ImmutableArray<long> With(ImmutableArray<long> times, long at, CountWindow window)
    {
        var all = times.IsDefault ? [] : times;
        var place = all.BinarySearch(at);
        all = all.Insert(place < 0 ? ~place : place, at);
        var oldest = all[^1] - (2 * (long)window.Within.TotalMilliseconds);
        var left = 0;
        while (all[left] < oldest || all.Length - left > 2 * CountWindow.Max) left++;
        return all[left..];
    }

    /// <summary>When the first of enough within the time happened; <see langword="null"/> while there are not enough.</summary>
    public static long? FirstOfEnough(ImmutableArray<long> times, CountWindow window)
    {
        for (var last = window.AtLeast - 1; last < times.Length; last++)
        {
            var first = times[last - window.AtLeast + 1];
            if (times[last] - first <= (long)window.Within.TotalMilliseconds) return first;
        }

        return null;
    }
}
