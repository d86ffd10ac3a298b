namespace Crowsnest.Notifiers.Tests;

/// <summary>A clock whose timers fire when the test says so.</summary>
internal sealed class FiringTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<FiringTimer> _timers = [];

    public override DateTimeOffset GetUtcNow() => SomeMessage.Noon;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new FiringTimer(this, () => callback(state));
        lock (_gate) _timers.Add(timer);
        return timer;
    }

    /// <summary>Everything that waits for this clock has waited long enough.</summary>
    public void FireAll()
    {
        List<FiringTimer> timers;
        lock (_gate) timers = [.. _timers];
        foreach (var timer in timers) timer.Fire();
    }

    private sealed class FiringTimer(FiringTime time, Action fire) : ITimer
    {
        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
            lock (time._gate) time._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
