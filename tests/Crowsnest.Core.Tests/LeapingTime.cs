namespace Crowsnest.Core.Tests;

/// <summary>A clock on which whoever waits is there at once: the clock leaps to when the wait is over. What only bounds something else (a cancellation after a time) never fires.</summary>
/// <remarks>For code in which one thing waits at a time; hours of it take no time at all.</remarks>
public sealed class LeapingTime(DateTimeOffset start) : TimeProvider
{
    private long _ticks = start.UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <summary>Called after each leap, with the new time.</summary>
    public Action<DateTimeOffset>? Leapt { get; set; }

    public override DateTimeOffset GetUtcNow() => new(Interlocked.Read(ref _ticks), TimeSpan.Zero);

    public override long GetTimestamp() => Interlocked.Read(ref _ticks);

    public void Advance(TimeSpan by)
    {
        Interlocked.Add(ref _ticks, by.Ticks);
        Leapt?.Invoke(GetUtcNow());
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (state is CancellationTokenSource || dueTime == Timeout.InfiniteTimeSpan) return Still.Timer;
        Advance(dueTime);

        // Not on this thread: whoever makes a timer does not expect it to fire before it has it.
        ThreadPool.QueueUserWorkItem(_ => callback(state));
        return Still.Timer;
    }

    private sealed class Still : ITimer
    {
        public static readonly Still Timer = new();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
