namespace Crowsnest.Notifiers.Webhook;

/// <summary>One target of <c>webhook_configs</c>. Not a record: a record prints its values, and these are secrets.</summary>
public sealed class WebhookOptions
{
    /// <summary>Where to post, <c>http</c> or <c>https</c>. A user and password in it are sent as Basic authentication. Often a secret as a whole: never printed.</summary>
    public required Uri Url { get; init; }

    /// <summary>The key that messages are signed with, or <see langword="null"/> for none. Never printed.</summary>
    public string? HmacKey { get; init; }

    /// <summary>Whether a host name may lead to this machine or a private network. An address in the URL may in any case.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Where people reach Crowsnest, for the links in messages, or <see langword="null"/> for no links.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>How long one attempt may take, from the look-up of the name to the end of the answer.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);
}
