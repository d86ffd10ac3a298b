namespace Crowsnest.Core.Capacity.Scaling;

/// <summary>What instances of a capacity provider cost and did over a time.</summary>
/// <param name="InstanceHours">Hours of instances, those on their way up too.</param>
/// <param name="MinutesShort">Minutes in which there were fewer than the tasks needed.</param>
/// <param name="IdleHours">Hours of instances beyond what the tasks needed.</param>
/// <param name="Most">The most instances at once.</param>
/// <param name="Outs">How often some were added.</param>
/// <param name="Ins">How often some were taken away.</param>
public readonly record struct ScalingOutcome(double InstanceHours, double MinutesShort, double IdleHours, int Most, int Outs, int Ins);

/// <summary>What managed scaling with a target would have done with the tasks that there were, beside what was.</summary>
/// <remarks>
/// Pure. What the tasks need at each moment is <see cref="ScalingSample.Needed"/>, as if they were always packed as well as their amounts allow: a lower bound, so that a real group of
/// instances has more. Whatever another number of instances would have done to the tasks themselves is left out.
/// </remarks>
public static class ScalingReplay
{
    /// <summary>What was.</summary>
    /// <param name="samples">In equal steps, in the order of time.</param>
    public static ScalingOutcome Was(IReadOnlyList<ScalingSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var (sum, before) = (default(Sum), (int?)null);
        for (var i = 1; i < samples.Count; i++)
        {
            var (sample, time) = (samples[i - 1], samples[i].At - samples[i - 1].At);
            sum.Add(sample.Instances, Math.Max(0, sample.Instances - sample.Busy), isShort: sample.Waiting > 0, time, sample.Instances - (before ?? sample.Instances));
            before = sample.Instances;
        }

        return sum.ToOutcome();
    }

    /// <summary>The least that the tasks needed: just as many instances as they fill, at once and without a wait.</summary>
    public static ScalingOutcome Needed(IReadOnlyList<ScalingSample> samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        var (sum, before) = (default(Sum), (int?)null);
        for (var i = 1; i < samples.Count; i++)
        {
            var needed = samples[i - 1].Needed;
            sum.Add(needed, 0, isShort: false, samples[i].At - samples[i - 1].At, needed - (before ?? needed));
            before = needed;
        }

        return sum.ToOutcome();
    }

    /// <summary>What a target would have done, from as many instances as there were at first.</summary>
    public static ScalingOutcome Run(IReadOnlyList<ScalingSample> samples, ManagedScaling scaling)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(scaling);
        var sum = default(Sum);
        if (samples.Count == 0) return sum.ToOutcome();
        var (ready, outAt) = (samples[0].Instances, DateTimeOffset.MinValue);
        var (highSince, lowSince) = ((DateTimeOffset?)null, (DateTimeOffset?)null);
        var launching = new Queue<(DateTimeOffset ReadyAt, int Count)>();
        var coming = 0;
        for (var i = 1; i < samples.Count; i++)
        {
            var (sample, time) = (samples[i - 1], samples[i].At - samples[i - 1].At);
            while (launching.TryPeek(out var first) && first.ReadyAt <= sample.At)
            {
                launching.Dequeue();
                (ready, coming) = (ready + first.Count, coming - first.Count);
            }

            // Those on their way count as there, or each minute would ask for them again.
            var all = ready + coming;
            var reservation = ScalingSample.Of(sample.Needed, all);
            highSince = reservation > scaling.Target ? highSince ?? sample.At : null;
            lowSince = reservation < scaling.Target ? lowSince ?? sample.At : null;
            var wanted = (int)Math.Ceiling(100.0 * sample.Needed / scaling.Target);
            var change = 0;
            if (sample.At - highSince >= scaling.HighFor && wanted > all)
            {
                change = Math.Clamp(wanted - all, scaling.MinStep, scaling.MaxStep);
                launching.Enqueue((sample.At + scaling.Launch, change));
                (coming, outAt, highSince) = (coming + change, sample.At, sample.At);
            }
            else if (sample.At - lowSince >= scaling.LowFor && wanted < ready && coming == 0 && sample.At - outAt >= scaling.WarmUp)
            {
                change = wanted - ready;
                (ready, lowSince) = (wanted, sample.At);
            }

            sum.Add(ready + coming, Math.Max(0, ready - sample.Needed), ready < sample.Needed, time, change);
        }

        return sum.ToOutcome();
    }

    private struct Sum
    {
        private double _hours, _short, _idle;
        private int _most, _outs, _ins;

        public void Add(int instances, int idle, bool isShort, TimeSpan time, int change)
        {
            _hours += instances * time.TotalHours;
            _idle += idle * time.TotalHours;
            if (isShort) _short += time.TotalMinutes;
            _most = Math.Max(_most, instances);
            if (change > 0) _outs++;
            else if (change < 0) _ins++;
        }

        public readonly ScalingOutcome ToOutcome() => new(_hours, _short, _idle, _most, _outs, _ins);
    }
}
