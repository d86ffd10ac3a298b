using System.Collections.Immutable;

namespace Crowsnest.Core.Pipeline;

/// <summary>How long something took, counted by bounds as Prometheus' histograms are. From any thread.</summary>
public sealed class DurationHistogram
{
    /// <summary>The upper bounds in seconds, both a synced commit on a fast disk and one on a disk in trouble in between.</summary>
    public static readonly ImmutableArray<double> Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Lock _gate = new();
    private readonly long[] _counts = new long[Bounds.Length + 1];
    private double _seconds;

    /// <summary>Counts one.</summary>
    public void Add(TimeSpan duration)
    {
        var seconds = duration.TotalSeconds;
        var bucket = 0;
        while (bucket < Bounds.Length && seconds > Bounds[bucket]) bucket++;
        lock (_gate)
        {
            _counts[bucket]++;
            _seconds += seconds;
        }
    }

    /// <summary>As of one moment: for each bound how many took no longer, how many there were in all, and the seconds of all together.</summary>
    public (ImmutableArray<long> AtMost, long Count, double Seconds) Read()
    {
        lock (_gate)
        {
            var (atMost, sum) = (ImmutableArray.CreateBuilder<long>(Bounds.Length), 0L);
            for (var i = 0; i < Bounds.Length; i++) atMost.Add(sum += _counts[i]);
            return (atMost.MoveToImmutable(), sum + _counts[^1], _seconds);
        }
    }
}
