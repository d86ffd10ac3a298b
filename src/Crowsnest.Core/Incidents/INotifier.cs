namespace Crowsnest.Core.Incidents;

/// <summary>Sends messages by one medium to one target. Safe to be called again with the same message: an attempt may repeat after a crash.</summary>
public interface INotifier
{
    /// <summary>The medium: <c>console</c>, <c>webhook</c>, …</summary>
    string Kind { get; }

    /// <summary>Whether a flood of messages may be told by one that sums it up: for media that people read. A program needs each message.</summary>
    bool MayJoin => false;

    /// <summary>
    /// Sends it, within a bounded time. What goes wrong is an answer and not an exception, apart from <see cref="OperationCanceledException"/> for the token.
    /// </summary>
    ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken);
}

/// <summary>A medium whose messages can be changed later: what becomes of a group is told by its first message, and not by another beside it.</summary>
public interface IEditingNotifier : INotifier
{
    /// <summary>As <see cref="INotifier.SendAsync"/>, by changing what an earlier message of the group made; where that cannot be changed any more, by a new one.</summary>
    /// <param name="notification">The message.</param>
    /// <param name="reference">What the earlier delivery said (<see cref="Delivery.Reference"/>).</param>
    /// <param name="cancellationToken">Ends it.</param>
    ValueTask<Delivery> EditAsync(Notification notification, string reference, CancellationToken cancellationToken);
}

/// <summary>What became of an attempt to send.</summary>
/// <param name="Outcome">Sent, worth another attempt, or not.</param>
/// <param name="Reason">Why not, in words for a person and without secrets; empty when sent.</param>
/// <param name="RetryAfter">The target asked to be left alone so long, or <see langword="null"/>.</param>
public readonly record struct Delivery(DeliveryOutcome Outcome, string Reason, TimeSpan? RetryAfter = null)
{
    /// <summary>It arrived.</summary>
    public static Delivery Sent { get; } = new(DeliveryOutcome.Sent, "");

    /// <summary>Of one that arrived: what the medium calls it, to be changed later; empty where it cannot be. Short, and no secret.</summary>
    public string Reference { get; init; } = "";

    /// <summary>Not now: worth another attempt.</summary>
    public static Delivery NotNow(string reason, TimeSpan? retryAfter = null) => new(DeliveryOutcome.NotNow, reason, retryAfter);

    /// <summary>Refused: another attempt would end the same.</summary>
    public static Delivery Refused(string reason) => new(DeliveryOutcome.Refused, reason);
}

/// <summary>How an attempt to send ended.</summary>
public enum DeliveryOutcome
{
    /// <summary>It arrived.</summary>
    Sent,

    /// <summary>Throttled, out of reach, or broken for the moment.</summary>
    NotNow,

    /// <summary>The target does not want it: wrong address, no permission, not understood.</summary>
    Refused,
}
