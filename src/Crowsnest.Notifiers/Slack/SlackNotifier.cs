using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Slack;

/// <summary>Posts messages to a channel of Slack, by its incoming webhook or as a bot.</summary>
/// <remarks>Slack drops no repeat: an attempt whose answer was lost is posted again.</remarks>
public sealed class SlackNotifier : INotifier, IDisposable
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

    private bool IsBot => _options.BotToken is not null;

    /// <inheritdoc/>
    public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var body = SlackPayload.Write(notification, _links, _options.Channel);
        return _poster.SendAsync(() => Request(_options.WebhookUrl ?? new Uri(_options.ApiUrl, "chat.postMessage"), body), answer => IsBot ? JudgeBot(answer) : answer.Judge(HookHint), cancellationToken);
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

    // The Web API says 200 to nearly everything, and what it means in the body: https://docs.slack.dev/reference/methods/chat.postMessage.
    private Delivery JudgeBot(HttpAnswer answer)
    {
        if (!answer.IsSuccess) return answer.Judge(_ => null);
        try
        {
            using var said = JsonDocument.Parse(answer.Body);
            if (said.RootElement.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True) return Delivery.Sent;
            var error = said.RootElement.TryGetProperty("error", out var word) && word.ValueKind == JsonValueKind.String ? _target.Quote(word.GetString()!, 60) : "no reason";
            var words = $"{_target.Name} did not take it: {error}";
            return error switch
            {
                "ratelimited" or "rate_limited" or "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout" => Delivery.NotNow(words, answer.RetryAfter),
                "invalid_auth" or "not_authed" or "token_revoked" or "token_expired" or "account_inactive" => Delivery.Refused($"{words}; check bot_token"),
                "missing_scope" or "not_allowed_token_type" => Delivery.Refused($"{words}; the bot needs the scope chat:write, and to be installed again after it got it"),
                "not_in_channel" or "channel_not_found" => Delivery.Refused($"{words}; check channel, and invite the bot to it"),
                "is_archived" => Delivery.Refused($"{words}; the channel is archived"),
                _ => Delivery.Refused(words),
            };
        }
        catch (JsonException)
        {
            // Taken, perhaps, and said so at more length than is read.
            return answer.Body.StartsWith("{\"ok\":true", StringComparison.Ordinal) ? Delivery.Sent : Delivery.NotNow($"{_target.Name} did not answer as Slack does");
        }
    }
}
