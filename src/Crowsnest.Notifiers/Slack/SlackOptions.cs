namespace Crowsnest.Notifiers.Slack;

/// <summary>One target of <c>slack_configs</c>: an incoming webhook, or a channel that a bot posts to. Not a record: a record prints its values, and these are secrets.</summary>
public sealed class SlackOptions
{
    /// <summary>The incoming webhook's URL, a secret as a whole; <see langword="null"/> for a bot.</summary>
    public Uri? WebhookUrl { get; init; }

    /// <summary>The bot's token (<c>xoxb-…</c>), which needs the scope <c>chat:write</c>; <see langword="null"/> for a webhook. Never printed.</summary>
    public string? BotToken { get; init; }

    /// <summary>Where the bot posts: a channel's id, or its name.</summary>
    public string Channel { get; init; } = "";

    /// <summary>Whether the host's name may lead to this machine or a private network.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Where people reach Crowsnest, for the links in messages, or <see langword="null"/> for no links to it.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>Where the methods of Slack's Web API are.</summary>
    public Uri ApiUrl { get; init; } = new("https://slack.com/api/");

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
