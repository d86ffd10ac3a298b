namespace Crowsnest.Notifiers.Teams;

/// <summary>One target of <c>teams_configs</c>. Not a record: a record prints its values, and this is a secret.</summary>
public sealed class TeamsOptions
{
    /// <summary>The address of the flow that posts to the channel ("When a Teams webhook request is received"), a secret as a whole.</summary>
    public required Uri WebhookUrl { get; init; }

    /// <summary>Whether the host's name may lead to this machine or a private network.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Where people reach Crowsnest, for the links in messages, or <see langword="null"/> for no links to it.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
