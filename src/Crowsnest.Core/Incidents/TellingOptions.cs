using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents;

/// <summary>Who is told, how messages are grouped, and what is too old to tell; Alertmanager's names and defaults.</summary>
public sealed record TellingOptions
{
    /// <summary>The receiver's name.</summary>
    public required string Receiver { get; init; }

    /// <summary>Who is told of synthetic firings, and of nothing but these by this name; <see langword="null"/>: nobody.</summary>
    public string? SyntheticReceiver { get; init; }

    /// <summary>The labels that join incidents into one message.</summary>
    public ImmutableArray<string> GroupBy { get; init; } = ["alertname", "cluster", "service", "instance", "kind"];

    /// <summary>How long the first message of a group waits for more.</summary>
    public TimeSpan GroupWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long between messages of a group that changed.</summary>
    public TimeSpan GroupInterval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long until a group that did not change is told again.</summary>
    public TimeSpan RepeatInterval { get; init; } = TimeSpan.FromHours(4);

    /// <summary>What happened longer ago is recorded and not told; a message that cannot be delivered for so long is given up.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(2);

    /// <summary>An incident is over when nothing more was heard of it for so long.</summary>
    public TimeSpan ExpireAfter { get; init; } = TimeSpan.FromHours(1);
}
