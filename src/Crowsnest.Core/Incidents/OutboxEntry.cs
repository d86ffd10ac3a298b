using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Serialization;

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

    /// <summary>Since when it cannot be delivered; <see langword="null"/>: it was never in the way of that.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>The id of the notification that tells it instead: to the fallback of its receiver, or together with others; empty: none.</summary>
    public string ToldBy { get; init; } = "";

    /// <summary>Of one that tells others' messages too: the ids of their entries.</summary>
    public ImmutableArray<string> Joins { get; init; } = [];

    /// <summary>Of one that failed: why it is not tried again.</summary>
    public SendFailure Failure { get; init; }

    /// <summary>It counts in <see cref="TellingCounts.Done"/>: one that is told within another does not, since that one does.</summary>
    [JsonIgnore]
    public bool Counts => State is OutboxState.Sent or OutboxState.Failed;
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

    /// <summary>It is told within another message (<see cref="OutboxEntry.ToldBy"/>), which says whether it arrived.</summary>
    Joined,
}

/// <summary>Why a message will not arrive any more.</summary>
public enum SendFailure
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary>The target does not want it.</summary>
    Refused,

    /// <summary>It could not be delivered before it was older than <see cref="TellingOptions.MaxAge"/>, or before its receiver's fallback was to be told.</summary>
    GaveUp,

    /// <summary>The configuration has no such receiver any more.</summary>
    NoReceiver,
}
