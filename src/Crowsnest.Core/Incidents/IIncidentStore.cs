namespace Crowsnest.Core.Incidents;

/// <summary>Incidents, groups, timers and the outbox: what telling needs to survive a crash.</summary>
public interface IIncidentStore
{
    /// <summary>When the earliest timer is due, or <see langword="null"/> when none waits.</summary>
    ValueTask<DateTimeOffset?> NextDueAsync(CancellationToken cancellationToken);
}
