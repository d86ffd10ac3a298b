using System.Numerics;

namespace Crowsnest.Core.Patterns;

/// <summary>Closed intervals, each with the field that it leads to; looked up are all those that hold a point.</summary>
/// <remarks>A balanced tree laid over an array sorted by lower bounds, each node with the highest upper bound below it: a look-up takes steps for what it finds and the depth of the tree.</remarks>
internal sealed class IntervalTable<T>
    where T : IComparisonOperators<T, T, bool>, IComparable<T>
{
    private readonly (T Low, T High, int Field)[] _intervals;
    private readonly T[] _highest;

    public IntervalTable(IEnumerable<(T Low, T High, int Field)> intervals)
    {
        _intervals = [.. intervals.OrderBy(i => i.Low)];
        _highest = new T[_intervals.Length];
        Fill(0, _intervals.Length);
    }

    /// <summary>Notes the fields of all intervals that hold the point.</summary>
    public void Find(T point, in MatchRun run) => Find(point, 0, _intervals.Length, run);

    private void Find(T point, int low, int high, in MatchRun run)
    {
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_highest[middle] < point) return;
            Find(point, low, middle, run);
            ref var interval = ref _intervals[middle];
            if (interval.Low > point) return;
            if (interval.High >= point) run.Hit(interval.Field);
            low = middle + 1;
        }
    }

    private T? Fill(int low, int high)
    {
        if (low >= high) return default;
        var middle = (low + high) >>> 1;
        var highest = _intervals[middle].High;
        if (low < middle && Fill(low, middle) is { } left && left > highest) highest = left;
        if (middle + 1 < high && Fill(middle + 1, high) is { } right && right > highest) highest = right;
        return _highest[middle] = highest;
    }
}
