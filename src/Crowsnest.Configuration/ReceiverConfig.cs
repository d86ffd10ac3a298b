using System.Collections.Immutable;
using Crowsnest.Core.Incidents.Templates;
using Crowsnest.Notifiers.Email;
using Crowsnest.Notifiers.PagerDuty;

namespace Crowsnest.Configuration;

/// <summary>Where messages go.</summary>
public sealed record ReceiverConfig(string Name, ImmutableArray<WebhookConfig> Webhooks, ConsoleConfig? Console)
{
    /// <summary>The receiver that is told what this one cannot be; <see langword="null"/>: nobody is.</summary>
    public string? Fallback { get; init; }

    /// <summary>How long a message is tried before the fallback is told.</summary>
    public TimeSpan FallbackAfter { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>The topics of Amazon SNS.</summary>
    public ImmutableArray<SnsConfig> Topics { get; init; } = [];

    /// <summary>The channels of Slack.</summary>
    public ImmutableArray<SlackConfig> Slack { get; init; } = [];

    /// <summary>The channels of Microsoft Teams.</summary>
    public ImmutableArray<TeamsConfig> Teams { get; init; } = [];

    /// <summary>The integrations of PagerDuty.</summary>
    public ImmutableArray<PagerDutyConfig> PagerDuty { get; init; } = [];

    /// <summary>The lists of recipients of e-mail.</summary>
    public ImmutableArray<EmailConfig> Emails { get; init; } = [];

    /// <summary>The Alertmanagers.</summary>
    public ImmutableArray<AlertmanagerConfig> Alertmanagers { get; init; } = [];

    /// <summary>Whether any of its integrations is told that something is over; also when it has none.</summary>
    public bool SendsResolved
    {
        get
        {
            bool[] all =
            [
                .. Webhooks.Select(one => one.SendResolved), .. Topics.Select(one => one.SendResolved), .. Slack.Select(one => one.SendResolved), .. Teams.Select(one => one.SendResolved),
                .. PagerDuty.Select(one => one.SendResolved), .. Emails.Select(one => one.SendResolved), .. Alertmanagers.Select(one => one.SendResolved),
                .. Console is { } console ? new[] { console.SendResolved } : [],
            ];
            return all.Length == 0 || all.Contains(true);
        }
    }
}

/// <summary>A topic of Amazon SNS.</summary>
/// <param name="TopicArn">Its ARN.</param>
/// <param name="SendResolved">Whether it is told that an incident is over.</param>
public sealed record SnsConfig(string TopicArn, bool SendResolved = true)
{
    /// <summary>In which words; <see langword="null"/>: as always.</summary>
    public MessageTemplate? Template { get; init; }
}

/// <summary>The console.</summary>
/// <param name="SendResolved">Whether it is told that an incident is over.</param>
public sealed record ConsoleConfig(bool SendResolved = true)
{
    /// <summary>In which words; <see langword="null"/>: as always.</summary>
    public MessageTemplate? Template { get; init; }
}

/// <summary>A webhook.</summary>
public sealed record WebhookConfig
{
    /// <summary>Where it is posted.</summary>
    public required Uri Url { get; init; }

    /// <summary>The key that signs the body, or <see langword="null"/>.</summary>
    public Secret? HmacKey { get; init; }

    /// <summary>Private and loopback targets are allowed although the URL names a host.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Whether an incident that resolved is told.</summary>
    public bool SendResolved { get; init; } = true;
}

/// <summary>A channel of Slack.</summary>
/// <param name="WebhookUrl">Its incoming webhook; <see langword="null"/>: a bot posts.</param>
/// <param name="BotToken">The bot's token; <see langword="null"/>: by webhook.</param>
/// <param name="Channel">The channel's name or id, for a bot.</param>
public sealed record SlackConfig(Secret? WebhookUrl, Secret? BotToken, string Channel)
{
    /// <summary>Private and loopback targets are allowed although the URL names a host.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Whether an incident that resolved is told.</summary>
    public bool SendResolved { get; init; } = true;

    /// <summary>In which words; <see langword="null"/>: as always.</summary>
    public MessageTemplate? Template { get; init; }
}

/// <summary>A channel of Microsoft Teams.</summary>
/// <param name="WebhookUrl">The address of the flow that posts to it.</param>
public sealed record TeamsConfig(Secret WebhookUrl)
{
    /// <summary>Private and loopback targets are allowed although the URL names a host.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Whether an incident that resolved is told.</summary>
    public bool SendResolved { get; init; } = true;

    /// <summary>In which words; <see langword="null"/>: as always.</summary>
    public MessageTemplate? Template { get; init; }
}

/// <summary>An integration of a service of PagerDuty.</summary>
/// <param name="RoutingKey">Its integration key.</param>
public sealed record PagerDutyConfig(Secret RoutingKey)
{
    /// <summary>Where events are taken.</summary>
    public Uri Url { get; init; } = PagerDutyOptions.DefaultUrl;

    /// <summary>Private and loopback targets are allowed although the URL names a host.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Whether an incident that resolved is told.</summary>
    public bool SendResolved { get; init; } = true;
}

/// <summary>Recipients of e-mail, and the server that takes it.</summary>
/// <param name="To">To whom.</param>
/// <param name="From">From whom.</param>
/// <param name="Host">The server: a name or an address.</param>
/// <param name="Port">Its port.</param>
public sealed record EmailConfig(ImmutableArray<EmailAddress> To, EmailAddress From, string Host, int Port)
{
    /// <summary>The user, with <see cref="Password"/>; empty for none.</summary>
    public string Username { get; init; } = "";

    /// <summary>The user's password.</summary>
    public Secret? Password { get; init; }

    /// <summary>Whether nothing is sent without TLS.</summary>
    public bool RequireTls { get; init; } = true;

    /// <summary>What we call ourselves.</summary>
    public string Hello { get; init; } = "localhost";

    /// <summary>Private and loopback servers are allowed although a name leads there.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Whether an incident that resolved is told.</summary>
    public bool SendResolved { get; init; } = true;

    /// <summary>In which words; <see langword="null"/>: as always.</summary>
    public MessageTemplate? Template { get; init; }
}

/// <summary>An Alertmanager.</summary>
/// <param name="Url">Where it is.</param>
public sealed record AlertmanagerConfig(Uri Url)
{
    /// <summary>How long an alert goes on there unless it is told again.</summary>
    public TimeSpan ResolveTimeout { get; init; } = TimeSpan.FromHours(5);

    /// <summary>Private and loopback targets are allowed although the URL names a host.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Whether an incident that resolved is told.</summary>
    public bool SendResolved { get; init; } = true;
}
