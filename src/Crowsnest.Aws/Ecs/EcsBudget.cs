namespace Crowsnest.Aws.Ecs;

/// <summary>How often this program asks ECS, in one account and region: token buckets as ECS keeps them, a part of each, so that whoever else calls there has the rest.</summary>
/// <param name="share">The part of each quota that is ours, above 0 and at most 1.</param>
/// <param name="time">The clock.</param>
public sealed class EcsBudget(double share, TimeProvider time)
{
    /// <summary>The part of each quota that this program takes; whoever else calls ECS in an account has the rest.</summary>
    public const double Share = 0.25;

    private static readonly TimeSpan PauseFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan PauseMax = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<EcsQuota, Bucket> _buckets = [];
    private readonly Queue<long> _calls = new();
    private long _count;

    /// <summary>Calls in the hour before now.</summary>
    public int CallsLastHour
    {
        get
        {
            lock (_lock)
            {
                Forget();
                return _calls.Count;
            }
        }
    }

    /// <summary>Calls in all.</summary>
    public long Calls => Interlocked.Read(ref _count);

    /// <summary>Waits until a call may be made, in the order of asking.</summary>
    public async ValueTask TakeAsync(string operation, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_lock)
        {
            var bucket = BucketOf(operation);
            Fill(bucket);
            bucket.Tokens--;
            wait = bucket.Tokens >= 0 ? TimeSpan.Zero : TimeSpan.FromSeconds(-bucket.Tokens / bucket.Rate);
        }

        if (wait > TimeSpan.Zero) await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
        lock (_lock)
        {
            Forget();
            _calls.Enqueue(time.GetTimestamp());
            _count++;
        }
    }

    /// <summary>A call was answered.</summary>
    public void Answered(string operation)
    {
        lock (_lock) BucketOf(operation).Pause = PauseFirst;
    }

    /// <summary>ECS said that it is asked too often, for whatever reason: others use the quota too. Nothing of this group is asked for a while, ever longer while that goes on.</summary>
    public void Throttled(string operation)
    {
        lock (_lock)
        {
            var bucket = BucketOf(operation);
            Fill(bucket);
            bucket.Tokens = Math.Min(bucket.Tokens, 0) - (Jitter.Of(bucket.Pause).TotalSeconds * bucket.Rate);
            bucket.Pause = bucket.Pause * 2 < PauseMax ? bucket.Pause * 2 : PauseMax;
        }
    }

    private Bucket BucketOf(string operation)
    {
        var quota = EcsQuota.Of(operation);
        if (!_buckets.TryGetValue(quota, out var bucket)) _buckets[quota] = bucket = new Bucket(Math.Max(1, quota.Burst * share), quota.Rate * share, time.GetTimestamp());
        return bucket;
    }

    private void Fill(Bucket bucket)
    {
        var now = time.GetTimestamp();
        bucket.Tokens = Math.Min(bucket.Size, bucket.Tokens + (time.GetElapsedTime(bucket.FilledAt, now).TotalSeconds * bucket.Rate));
        bucket.FilledAt = now;
    }

    private void Forget()
    {
        while (_calls.TryPeek(out var at) && time.GetElapsedTime(at) > Hour) _calls.Dequeue();
    }

    // Below nothing it has calls that wait already.
    private sealed class Bucket(double size, double rate, long filledAt)
    {
        public double Size { get; } = size;

        public double Rate { get; } = rate;

        public double Tokens { get; set; } = size;

        public long FilledAt { get; set; } = filledAt;

        public TimeSpan Pause { get; set; } = PauseFirst;
    }
}
