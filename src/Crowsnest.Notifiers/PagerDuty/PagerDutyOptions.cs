namespace Crowsnest.Notifiers.PagerDuty;

/// <summary>One target of <c>pagerduty_configs</c>. Not a record: a record prints its values, and the key is a secret.</summary>
public sealed class PagerDutyOptions
{
    /// <summary>Where events are taken, as PagerDuty publishes it.</summary>
    public static readonly Uri DefaultUrl = new("https://events.pagerduty.com/v2/enqueue");

    /// <summary>The integration key of an "Events API v2" integration. Never printed.</summary>
    public required string RoutingKey { get; init; }

    /// <summary>Where events are taken; <c>https://events.eu.pagerduty.com/v2/enqueue</c> for accounts in Europe.</summary>
    public Uri Url { get; init; } = DefaultUrl;

    /// <summary>Whether the host's name may lead to this machine or a private network.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Where people reach Crowsnest, for the links in messages, or <see langword="null"/> for no links to it.</summary>
    public Uri? ExternalUrl { get; init; }

    /// <summary>How long the events of one message may take together.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}
