namespace Crowsnest.Simulator;

/// <summary>What will happen, in the order of its time; at one time in the order in which it was planned. Times are milliseconds since 1970 UTC.</summary>
internal sealed class Timeline(long start)
{
    private readonly PriorityQueue<Action, (long At, long Number)> _queue = new();
    private long _planned;

    /// <summary>The simulated time.</summary>
    public long Now { get; private set; } = start;

    /// <summary>Plans something for a moment.</summary>
    public void At(long at, Action action) => _queue.Enqueue(action, (Math.Max(at, Now), _planned++));

    /// <summary>Plans something for so many seconds from now.</summary>
    public void In(double seconds, Action action) => At(Now + (long)(seconds * 1000), action);

    /// <summary>Plans something for every so many seconds, each time a little differently; <paramref name="first"/> is the first wait.</summary>
    public void Every(Func<double> seconds, Action action, double first) => In(first, () =>
    {
        action();
        Every(seconds, action, seconds());
    });

    /// <summary>Plans something for a time of each day (UTC, in hours).</summary>
    public void Daily(double hour, Action action)
    {
        const long Day = 86_400_000;
        var at = Now / Day * Day + (long)(hour * 3_600_000);
        At(at > Now ? at : at + Day, () =>
        {
            action();
            Daily(hour, action);
        });
    }

    /// <summary>Lets the next thing happen. There always is one: a fleet never comes to rest.</summary>
    public void Step()
    {
        var found = _queue.TryDequeue(out var action, out var when);
        System.Diagnostics.Debug.Assert(found, "Flaps and steady states plan themselves again.");
        Now = when.At;
        action!();
    }
}
