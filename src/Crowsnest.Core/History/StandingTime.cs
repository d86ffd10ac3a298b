namespace Crowsnest.Core.History;

/// <summary>A clock that stands still: what is counted by the clock is then counted as it was at that moment.</summary>
public sealed class StandingTime(DateTimeOffset moment) : TimeProvider
{
    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => moment;
}
