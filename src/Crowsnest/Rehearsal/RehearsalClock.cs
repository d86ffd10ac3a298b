namespace Crowsnest.Rehearsal;

/// <summary>A clock that stands where a rehearsal is, and goes on when it does.</summary>
internal sealed class RehearsalClock(DateTimeOffset start) : TimeProvider
{
    private DateTimeOffset _now = start;

    /// <summary>Goes on to a moment; never back.</summary>
    public void GoTo(DateTimeOffset moment) => _now = moment > _now ? moment : _now;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _now;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override long GetTimestamp() => _now.UtcTicks;
}
