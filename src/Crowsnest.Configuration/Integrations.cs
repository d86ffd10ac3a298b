using Crowsnest.Aws;
using Crowsnest.Aws.Sns;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Templates;
using Crowsnest.Notifiers.Alertmanager;
using Crowsnest.Notifiers.Console;
using Crowsnest.Notifiers.Email;
using Crowsnest.Notifiers.PagerDuty;
using Crowsnest.Notifiers.Slack;
using Crowsnest.Notifiers.Teams;
using Crowsnest.Notifiers.Webhook;

namespace Crowsnest.Configuration;

/// <summary>Makes a receiver's integrations. Their order is part of what the outbox keeps: a medium that is new comes last, before the console.</summary>
internal static class Integrations
{
    /// <summary>Each with whether it is told what is over. Whoever asks disposes them.</summary>
    public static IEnumerable<(INotifier Notifier, bool SendResolved)> Of(ReceiverConfig receiver, TextWriter output, Uri? externalUrl, TimeProvider time)
    {
        var links = new MessageLinks(externalUrl);
        return Plain(receiver, output, externalUrl, time).Select(one => (one.Template is null ? one.Notifier : TemplatedNotifier.Of(one.Notifier, one.Template, links), one.SendResolved));
    }

    private static IEnumerable<(INotifier Notifier, bool SendResolved, MessageTemplate? Template)> Plain(ReceiverConfig receiver, TextWriter output, Uri? externalUrl, TimeProvider time)
    {
        foreach (var hook in receiver.Webhooks)
            yield return (new WebhookNotifier(new WebhookOptions { Url = hook.Url, HmacKey = hook.HmacKey?.Reveal(), AllowPrivate = hook.AllowPrivate, ExternalUrl = externalUrl }, time), hook.SendResolved, null);
        foreach (var topic in receiver.Topics)
            yield return (new SnsNotifier(topic.TopicArn, () => AwsIdentity.Resolve(SnsNotifier.RegionOf(topic.TopicArn)), Composition.Elsewhere("SNS"), externalUrl, time), topic.SendResolved, topic.Template);
        foreach (var slack in receiver.Slack) yield return (new SlackNotifier(Options(slack, externalUrl), time), slack.SendResolved, slack.Template);
        foreach (var teams in receiver.Teams)
            yield return (new TeamsNotifier(new TeamsOptions { WebhookUrl = new Uri(teams.WebhookUrl.Reveal()), AllowPrivate = teams.AllowPrivate, ExternalUrl = externalUrl }, time), teams.SendResolved, teams.Template);
        foreach (var duty in receiver.PagerDuty)
            yield return (new PagerDutyNotifier(new PagerDutyOptions { RoutingKey = duty.RoutingKey.Reveal(), Url = duty.Url, AllowPrivate = duty.AllowPrivate, ExternalUrl = externalUrl }, time), duty.SendResolved, null);
        foreach (var email in receiver.Emails) yield return (new EmailNotifier(Options(email, externalUrl), time), email.SendResolved, email.Template);
        foreach (var manager in receiver.Alertmanagers)
        {
            yield return (new AlertmanagerNotifier(
                new AlertmanagerOptions { Url = manager.Url, ResolveTimeout = manager.ResolveTimeout, AllowPrivate = manager.AllowPrivate, ExternalUrl = externalUrl }, time), manager.SendResolved, null);
        }

        if (receiver.Console is { } console) yield return (new ConsoleNotifier(output, time, new MessageLinks(externalUrl)), console.SendResolved, console.Template);
    }

    private static EmailOptions Options(EmailConfig email, Uri? externalUrl) => new()
    {
        To = email.To,
        From = email.From,
        Host = email.Host,
        Port = email.Port,
        Username = email.Username,
        Password = email.Password?.Reveal(),
        RequireTls = email.RequireTls,
        Hello = email.Hello,
        AllowPrivate = email.AllowPrivate,
        ExternalUrl = externalUrl,
    };

    private static SlackOptions Options(SlackConfig slack, Uri? externalUrl) => new()
    {
        WebhookUrl = slack.WebhookUrl is { } url ? new Uri(url.Reveal()) : null,
        BotToken = slack.BotToken?.Reveal(),
        Channel = slack.Channel,
        AllowPrivate = slack.AllowPrivate,
        ExternalUrl = externalUrl,
    };
}
