namespace Crowsnest.Core.Pipeline.Shared;

/// <summary>Numbers that grow, for what is listed in the order in which it came: 4,096 a millisecond of our clock, and never one that was given before. Below 2^53, so that every reader of JSON has them whole.</summary>
/// <remarks>Several processes may draw the same; who writes under one creates it, and draws again when it is taken.</remarks>
public sealed class Places(TimeProvider time)
{
    private long _last;

    /// <summary>Nothing at or below this is given any more.</summary>
    public void StartAfter(long place) => _last = Math.Max(Volatile.Read(ref _last), place);

    /// <summary>The next one.</summary>
    public long Next()
    {
        while (true)
        {
            var last = Volatile.Read(ref _last);
            var next = Math.Max(last + 1, time.GetUtcNow().ToUnixTimeMilliseconds() << 12);
            if (Interlocked.CompareExchange(ref _last, next, last) == last) return next;
        }
    }
}
