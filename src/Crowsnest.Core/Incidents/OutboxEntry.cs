using System.Globalization;

namespace Crowsnest.Core.Incidents;

/// <summary>A message on its way to one integration of a receiver; kept until long after it arrived.</summary>
public sealed record OutboxEntry
{
    /// <summary>The notification's id and the integration's number.</summary>
    public required string Id { get; init; }

    /// <summary>The id of a notification's message to an integration.</summary>
    public static string IdOf(string notificationId, int integration) => string.Create(CultureInfo.InvariantCulture, $"{notificationId}/{integration}");

    /// <summary>The message.</summary>
    public required Notification Notification { get; init; }

    /// <summary>The integration's number among the receiver's.</summary>
    public required int Integration { get; init; }

    /// <summary>Its medium: <c>webhook</c>, …</summary>
    public required string Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public OutboxState State { get; init; }

    /// <summary>Attempts so far.</summary>
    public int Attempts { get; init; }

    /// <summary>When it is tried next; of one that is done, when that was.</summary>
    public required DateTimeOffset DueAt { get; init; }

    /// <summary>What went wrong last, or empty.</summary>
    public string LastError { get; init; } = "";

    /// <summary>What the medium calls what it made of the group's messages, by which it can be changed later (<see cref="IEditingNotifier"/>); empty: nothing that can be.</summary>
    public string Reference { get; init; } = "";

    /// <summary>Of one that failed: why it is not tried again.</summary>
    public SendFailure Failure { get; init; }
}

/// <summary>Where a message stands.</summary>
public enum OutboxState
{
    /// <summary>To be sent, or to be tried again.</summary>
    Waiting,

    /// <summary>It arrived.</summary>
    Sent,

    /// <summary>The target does not want it, or it got too old: see the error.</summary>
    Failed,
}

/// <summary>Why a message will not arrive any more.</summary>
public enum SendFailure
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary>The target does not want it.</summary>
    Refused,

    /// <summary>It was tried until it was older than <see cref="TellingOptions.MaxAge"/>.</summary>
    GaveUp,

    /// <summary>The configuration has no such receiver any more.</summary>
    NoReceiver,
}
