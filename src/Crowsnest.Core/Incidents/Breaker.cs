namespace Crowsnest.Core.Incidents;

/// <summary>Keeps the messages of one integration from a target that is away: while it does not answer, one of them tries it after pauses that grow, and the others wait.</summary>
/// <remarks>
/// It is in memory only: after a restart the first attempt finds out again, and what must outlive one (the attempts, since when a message fails) is with the
/// messages. Used by one lane at a time; read from any thread.
/// </remarks>
/// <param name="receiver">The receiver's name.</param>
/// <param name="integration">The integration's number.</param>
/// <param name="kind">Its medium.</param>
/// <param name="jitter">0 to 1, evenly.</param>
internal sealed class Breaker(string receiver, int integration, string kind, Func<double> jitter)
{
    // A blip of a few quick attempts opens nothing: five that fail, and half a minute.
    private const int OpenFailures = 5;
    private static readonly TimeSpan OpenSpan = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    // Chance may say nothing at all, and a round must come to its end.
    private static readonly TimeSpan LeastWait = TimeSpan.FromMilliseconds(100);

    private readonly IntegrationHealth _well = new(receiver, integration, kind);
    private volatile IntegrationHealth? _failing;

    /// <summary>How it fares.</summary>
    public IntegrationHealth Health => _failing ?? _well;

    /// <summary>Whether a message may try it now.</summary>
    public bool IsDue(DateTimeOffset now) => _failing?.NextAt is not { } next || next <= now;

    /// <summary>It answered: taken or refused, it is there.</summary>
    public void Answered() => _failing = null;

    /// <summary>It did not take a message for now; nothing tries it before <see cref="IntegrationHealth.NextAt"/>.</summary>
    /// <param name="now">Our clock.</param>
    /// <param name="attempts">How often this message was tried before.</param>
    /// <param name="delivery">What came of it.</param>
    public void Failed(DateTimeOffset now, int attempts, Delivery delivery)
    {
        var health = Health;
        var (failures, since) = (health.Failures + 1, health.FailingSince ?? now);
        var isOpen = failures >= OpenFailures && now - since >= OpenSpan;

        // Full jitter (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/): anywhere from nothing to the whole wait. An open one keeps at
        // least half of its pause: a probe is worth nothing right after another.
        var wait = isOpen ? Longest(FirstPause, failures - OpenFailures) * (0.5 + (0.5 * jitter())) : Longest(FirstWait, attempts) * jitter();
        if (delivery.RetryAfter is { } asked && asked > wait) wait = asked;
        if (wait < LeastWait) wait = LeastWait;
        _failing = health with { Failures = failures, FailingSince = since, NextAt = now + wait, LastError = delivery.Reason, IsOpen = isOpen };
    }

    private static TimeSpan Longest(TimeSpan first, int doublings)
    {
        var longest = first * Math.Pow(2, Math.Min(doublings, 16));
        return longest < LongestWait ? longest : LongestWait;
    }
}
