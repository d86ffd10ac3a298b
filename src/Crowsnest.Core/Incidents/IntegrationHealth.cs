namespace Crowsnest.Core.Incidents;

/// <summary>How one integration of a receiver fares, as this process has seen it since its start.</summary>
/// <param name="Receiver">The receiver's name.</param>
/// <param name="Integration">The integration's number among the receiver's.</param>
/// <param name="Kind">Its medium.</param>
public sealed record IntegrationHealth(string Receiver, int Integration, string Kind)
{
    /// <summary>Attempts in a row that did not arrive and were worth another.</summary>
    public int Failures { get; init; }

    /// <summary>Since when nothing arrives; <see langword="null"/> while it does.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>When it is tried next; <see langword="null"/>: at once.</summary>
    public DateTimeOffset? NextAt { get; init; }

    /// <summary>What went wrong last, or empty.</summary>
    public string LastError { get; init; } = "";

    /// <summary>It is taken to be away: one message tries it now and then, and the others wait without an attempt.</summary>
    public bool IsOpen { get; init; }
}
