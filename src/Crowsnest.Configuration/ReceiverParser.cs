using System.Collections.Immutable;
using Crowsnest.Aws.Sns;
using Crowsnest.Notifiers.Email;
using Crowsnest.Notifiers.Http;
using Crowsnest.Notifiers.PagerDuty;

namespace Crowsnest.Configuration;

/// <summary>Reads one of <c>receivers</c>.</summary>
internal static class ReceiverParser
{
    /// <summary>A receiver and all its integrations; <see langword="null"/> when it has no name.</summary>
    public static ReceiverConfig? Parse(YamlSection section, SecretReader secrets, MessageTemplates templates)
    {
        var name = section.Text("name", required: true);
        ImmutableArray<WebhookConfig> webhooks = [.. section.Sections("webhook_configs").Select(s => Webhook(s, secrets)).OfType<WebhookConfig>()];
        ImmutableArray<ConsoleConfig> consoles = [.. section.Sections("console_configs").Select(s => Console(s, templates))];
        if (consoles.Length > 1) section.Mistake("console_configs", "there is one console; one {} is enough");
        ImmutableArray<SnsConfig> topics = [.. section.Sections("sns_configs").Select(s => Sns(s, templates)).OfType<SnsConfig>()];
        var receiver = new ReceiverConfig(name ?? "", webhooks, consoles.FirstOrDefault())
        {
            Fallback = section.Text("fallback"),
            Topics = topics,
            Slack = [.. section.Sections("slack_configs").Select(s => Slack(s, secrets, templates)).OfType<SlackConfig>()],
            Teams = [.. section.Sections("teams_configs").Select(s => Teams(s, secrets, templates)).OfType<TeamsConfig>()],
            PagerDuty = [.. section.Sections("pagerduty_configs").Select(s => PagerDuty(s, secrets)).OfType<PagerDutyConfig>()],
            Emails = [.. section.Sections("email_configs").Select(s => Email(s, secrets, templates)).OfType<EmailConfig>()],
            Alertmanagers = [.. section.Sections("alertmanager_configs").Select(Alertmanager).OfType<AlertmanagerConfig>()],
        };
        var after = section.Duration("fallback_after", TimeSpan.FromSeconds(10), TimeSpan.FromDays(1));
        if (after is not null && receiver.Fallback is null) section.Mistake("fallback_after", "'fallback' is missing: say which receiver is told after that");
        section.Done();
        return name is null ? null : receiver with { FallbackAfter = after ?? receiver.FallbackAfter };
    }

    private static SnsConfig? Sns(YamlSection section, MessageTemplates templates)
    {
        var arn = section.Text("topic_arn", required: true);
        if (arn is not null && SnsNotifier.RegionOf(arn) is null) section.Mistake("topic_arn", $"'{arn}' is not the ARN of a topic; it is of the form arn:aws:sns:REGION:ACCOUNT:NAME");
        var (sendResolved, template) = (section.Flag("send_resolved") ?? true, templates.Of(section));
        section.Done();
        return arn is null ? null : new SnsConfig(arn, sendResolved) { Template = template };
    }

    private static ConsoleConfig Console(YamlSection section, MessageTemplates templates)
    {
        var console = new ConsoleConfig(section.Flag("send_resolved") ?? true) { Template = templates.Of(section) };
        section.Done();
        return console;
    }

    private static WebhookConfig? Webhook(YamlSection section, SecretReader secrets)
    {
        var url = Url(section, required: true);
        var defaults = new WebhookConfig { Url = new Uri("https://localhost") };
        var webhook = defaults with
        {
            Url = url ?? defaults.Url,
            HmacKey = section.Secret("hmac_key", secrets),
            AllowPrivate = section.Flag("allow_private") ?? defaults.AllowPrivate,
            SendResolved = section.Flag("send_resolved") ?? defaults.SendResolved,
        };
        section.Done();
        return url is null ? null : webhook;
    }

    private static SlackConfig? Slack(YamlSection section, SecretReader secrets, MessageTemplates templates)
    {
        var (hasHook, hasBot) = (section.Has("webhook_url") || section.Has("webhook_url_file"), section.Has("bot_token") || section.Has("bot_token_file"));
        var url = SecretUrl(section, "webhook_url", secrets);
        var token = section.Secret("bot_token", secrets);
        var channel = section.Text("channel", required: hasBot && !hasHook);
        if (hasHook == hasBot) section.Mistake("webhook_url", "give webhook_url (an incoming webhook) or bot_token and channel (a bot), one of both");
        else if (hasHook && channel is not null) section.Mistake("channel", "an incoming webhook has its own channel; only a bot is told one");
        var slack = new SlackConfig(url, token, channel ?? "")
        {
            Template = templates.Of(section),
            AllowPrivate = section.Flag("allow_private") ?? false,
            SendResolved = section.Flag("send_resolved") ?? true,
        };
        section.Done();
        return url is null && token is null ? null : slack;
    }

    private static TeamsConfig? Teams(YamlSection section, SecretReader secrets, MessageTemplates templates)
    {
        if (!section.Has("webhook_url") && !section.Has("webhook_url_file")) section.Mistake("webhook_url", "'webhook_url' is missing");
        var url = SecretUrl(section, "webhook_url", secrets);
        var teams = url is null ? null : new TeamsConfig(url);
        var (allowPrivate, sendResolved, template) = (section.Flag("allow_private") ?? false, section.Flag("send_resolved") ?? true, templates.Of(section));
        section.Done();
        return teams is null ? null : teams with { AllowPrivate = allowPrivate, SendResolved = sendResolved, Template = template };
    }

    private static PagerDutyConfig? PagerDuty(YamlSection section, SecretReader secrets)
    {
        if (!section.Has("routing_key") && !section.Has("routing_key_file")) section.Mistake("routing_key", "'routing_key' is missing");
        var key = section.Secret("routing_key", secrets);
        var url = Url(section, required: false);
        var (allowPrivate, sendResolved) = (section.Flag("allow_private") ?? false, section.Flag("send_resolved") ?? true);
        section.Done();
        return key is null ? null : new PagerDutyConfig(key) { Url = url ?? PagerDutyOptions.DefaultUrl, AllowPrivate = allowPrivate, SendResolved = sendResolved };
    }

    private static EmailConfig? Email(YamlSection section, SecretReader secrets, MessageTemplates templates)
    {
        var to = section.Text("to", required: true);
        var recipients = to is null ? null : EmailAddress.ParseList(to);
        if (to is not null && recipients is null) section.Mistake("to", $"'{to}' is not an address such as ops@example.com, or several with commas between them");
        var from = section.Text("from", required: true);
        var sender = from is null ? null : EmailAddress.Parse(from);
        if (from is not null && sender is null) section.Mistake("from", $"'{from}' is not an address such as crowsnest@example.com");
        var smarthost = section.Text("smarthost", required: true);
        var server = smarthost is null ? null : Units.ParseHostAndPort(smarthost);
        if (smarthost is not null && server is null) section.Mistake("smarthost", $"'{smarthost}' is not a server with a port; write smtp.example.com:587");
        else if (server is { } known && HostReach.LiteralRefusal(known.Host) is { } refusal) section.Mistake("smarthost", refusal);
        var username = section.Text("auth_username");
        var password = section.Secret("auth_password", secrets);
        if ((section.Has("auth_password") || section.Has("auth_password_file")) != (username is not null)) section.Mistake("auth_username", "give auth_username and auth_password, or neither");
        var hello = section.Text("hello");
        if (hello is not null && !hello.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '[' or ']' or ':')) section.Mistake("hello", $"'{hello}' is not a name of a machine");
        var (requireTls, allowPrivate, sendResolved) = (section.Flag("require_tls") ?? true, section.Flag("allow_private") ?? false, section.Flag("send_resolved") ?? true);
        var template = templates.Of(section);
        section.Done();
        if (recipients is null || sender is null || server is not { } host) return null;
        return new EmailConfig([.. recipients], sender, host.Host, host.Port)
        {
            Username = username ?? "", Password = password, RequireTls = requireTls, Hello = hello ?? "localhost", AllowPrivate = allowPrivate, SendResolved = sendResolved, Template = template,
        };
    }

    private static AlertmanagerConfig? Alertmanager(YamlSection section)
    {
        var url = Url(section, required: true);
        var defaults = new AlertmanagerConfig(new Uri("http://localhost:9093"));
        var alertmanager = defaults with
        {
            Url = url ?? defaults.Url,
            ResolveTimeout = section.Duration("resolve_timeout", TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)) ?? defaults.ResolveTimeout,
            AllowPrivate = section.Flag("allow_private") ?? defaults.AllowPrivate,
            SendResolved = section.Flag("send_resolved") ?? defaults.SendResolved,
        };
        section.Done();
        return url is null ? null : alertmanager;
    }

    private static Uri? Url(YamlSection section, bool required)
    {
        var url = section.Url("url", required);
        if (url is not null && HostReach.LiteralRefusal(url.DnsSafeHost) is { } refusal) section.Mistake("url", refusal);
        return url;
    }

    // An address that is a secret as a whole: nothing of it is said in a mistake.
    private static Secret? SecretUrl(YamlSection section, string key, SecretReader secrets)
    {
        var secret = section.Secret(key, secrets);
        if (secret is null || !SecretReader.IsRead(secret)) return secret;
        var place = section.Has(key) ? key : key + "_file";
        if (!Uri.TryCreate(secret.Reveal(), UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.Host.Length == 0) section.Mistake(place, "what it leads to is not an address of the form https://host/path");
        else if (HostReach.LiteralRefusal(url.DnsSafeHost) is { } refusal) section.Mistake(place, refusal);
        return secret;
    }
}
