using System.Net;
using System.Net.Http.Headers;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Slack;

/// <summary>Posts messages to a channel of Slack, by its incoming webhook or as a bot, which also changes what it posted.</summary>
/// <remarks>Slack drops no repeat: an attempt whose answer was lost is posted again.</remarks>
public sealed class SlackNotifier : IEditingNotifier, IDisposable
{
    private readonly SlackOptions _options;
    private readonly MessageLinks _links;
    private readonly HttpTarget _target;
    private readonly HttpPoster _poster;

    /// <summary>One channel. Dispose closes its connections.</summary>
    public SlackNotifier(SlackOptions options, TimeProvider time) : this(options, time, null)
    {
    }

    internal SlackNotifier(SlackOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.WebhookUrl is null == options.BotToken is null) throw new ArgumentException("Slack is told by a webhook or by a bot.", nameof(options));
        (_options, _links) = (options, new MessageLinks(options.ExternalUrl));
        _target = new HttpTarget(options.WebhookUrl ?? options.ApiUrl, options.BotToken);
        _poster = new HttpPoster(_target, options.AllowPrivate, options.Timeout, time, readsAll: IsBot, resolve);
    }

    /// <inheritdoc/>
    public string Kind => "slack";

    /// <inheritdoc/>
    public bool MayJoin => true;

    private bool IsBot => _options.BotToken is not null;

    /// <inheritdoc/>
    public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var body = SlackPayload.Write(notification, _links, _options.Channel);
        return IsBot
            ? CallAsync("chat.postMessage", body, cancellationToken)
            : _poster.SendAsync(() => Request(_options.WebhookUrl!, body), answer => answer.Judge(HookHint), cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>The channel's message shows what is known now, and a reply in its thread what is new. Whatever Slack does not let be changed or replied to (the message is gone, too old, another's) is posted anew.</remarks>
    public async ValueTask<Delivery> EditAsync(Notification notification, string reference, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        if (!IsBot || SlackReference.Parse(reference, _options.Channel) is not { } earlier) return await SendAsync(notification, cancellationToken).ConfigureAwait(false);
        var told = await CallAsync("chat.update", SlackPayload.WriteUpdate(notification, _links, earlier), cancellationToken).ConfigureAwait(false);
        if (told.Outcome == DeliveryOutcome.Sent)
            told = await CallAsync("chat.postMessage", SlackPayload.WriteReply(notification, earlier), cancellationToken).ConfigureAwait(false);
        return told.Outcome switch
        {
            // The reply's own reference is none: what is changed next is the channel's message.
            DeliveryOutcome.Sent => Delivery.Sent with { Reference = reference },
            DeliveryOutcome.NotNow => told,
            _ => await SendAsync(notification, cancellationToken).ConfigureAwait(false),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => _poster.Dispose();

    private HttpRequestMessage Request(Uri url, ReadOnlyMemory<byte> body)
    {
        var request = HttpPoster.Json(url, body);
        request.Content!.Headers.ContentType!.CharSet = "utf-8"; // Json gives it both.
        if (_options.BotToken is { } token) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    // https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks: the words come with the status.
    private static string? HookHint(int status) => status switch
    {
        403 => "may the app post to this channel?",
        404 => "the webhook was revoked, or webhook_url is cut short; make a new one",
        410 => "the channel is archived",
        _ => null,
    };

    private ValueTask<Delivery> CallAsync(string method, ReadOnlyMemory<byte> body, CancellationToken cancellationToken) =>
        _poster.SendAsync(() => Request(new Uri(_options.ApiUrl, method), body), JudgeBot, cancellationToken);

    private Delivery JudgeBot(HttpAnswer answer)
    {
        if (!answer.IsSuccess) return answer.Judge(_ => null);
        var said = SlackAnswer.Read(answer.Body);
        if (said.IsOk is not { } isOk) return Delivery.NotNow($"{_target.Name} did not answer as Slack does");
        if (isOk) return Delivery.Sent with { Reference = said.Reference?.For(_options.Channel) ?? "" };
        var words = $"{_target.Name} did not take it: {(said.Error.Length > 0 ? _target.Quote(said.Error, 60) : "no reason")}";
        return said.Error switch
        {
            "ratelimited" or "rate_limited" or "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout" => Delivery.NotNow(words, answer.RetryAfter),
            "invalid_auth" or "not_authed" or "token_revoked" or "token_expired" or "account_inactive" => Delivery.Refused($"{words}; check bot_token"),
            "missing_scope" or "not_allowed_token_type" => Delivery.Refused($"{words}; the bot needs the scope chat:write, and to be installed again after it got it"),
            "not_in_channel" or "channel_not_found" => Delivery.Refused($"{words}; check channel, and invite the bot to it"),
            "is_archived" => Delivery.Refused($"{words}; the channel is archived"),
            _ => Delivery.Refused(words),
        };
    }
}
