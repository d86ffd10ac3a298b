using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Webhook;

/// <summary>
/// Posts messages in the format of Alertmanager's webhook, version 4. Headers: <c>Idempotency-Key</c> and <c>X-Crowsnest-Notification-Id</c>, the same for every attempt;
/// with a key also <c>X-Crowsnest-Timestamp</c> (Unix seconds of the attempt) and <c>X-Crowsnest-Signature</c>: <c>sha256=</c> and the HMAC-SHA256 of timestamp, a full stop, and body.
/// </summary>
public sealed class WebhookNotifier : INotifier, IDisposable
{
    private readonly WebhookOptions _options;
    private readonly HttpTarget _target;
    private readonly TimeProvider _time;
    private readonly HttpPoster _poster;

    /// <summary>One target. Dispose closes its connections.</summary>
    /// <exception cref="ArgumentException">The URL is not an absolute one of http or https.</exception>
    public WebhookNotifier(WebhookOptions options, TimeProvider time) : this(options, time, null)
    {
    }

    internal WebhookNotifier(WebhookOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Url.IsAbsoluteUri || options.Url.Scheme is not ("http" or "https"))
            throw new ArgumentException("The url of a webhook begins with http:// or https://.", nameof(options));
        (_options, _time, _target) = (options, time, new HttpTarget(options.Url, options.HmacKey));
        _poster = new HttpPoster(_target, options.AllowPrivate, options.Timeout, time, resolve: resolve);
    }

    /// <inheritdoc/>
    public string Kind => "webhook";

    /// <inheritdoc/>
    public ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return _poster.SendAsync(() => Request(notification), answer => answer.Judge(Hint), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _poster.Dispose();

    private HttpRequestMessage Request(Notification notification)
    {
        var body = WebhookPayload.Write(notification, _options.ExternalUrl);
        var request = HttpPoster.Json(_options.Url, body);
        request.Headers.Authorization = _target.Authorization;
        var id = HeaderText(notification.NotificationId);
        request.Headers.Add("X-Crowsnest-Notification-Id", id);
        request.Headers.Add("Idempotency-Key", id);
        if (_options.HmacKey is { } key)
        {
            var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(key));
            hmac.AppendData(Encoding.UTF8.GetBytes(timestamp + "."));
            hmac.AppendData(body.Span);
            request.Headers.Add("X-Crowsnest-Timestamp", timestamp);
            request.Headers.Add("X-Crowsnest-Signature", "sha256=" + Convert.ToHexStringLower(hmac.GetHashAndReset()));
        }

        return request;
    }

    // Ids are ours and plain; should one ever not be, it must not end the header.
    private static string HeaderText(string id) => id.AsSpan().ContainsAnyExceptInRange('!', '~') ? Uri.EscapeDataString(id) : id;

    private static string? Hint(int status) => status switch
    {
        401 or 403 or 407 => "check the user, password or token in url, and hmac_key",
        404 or 410 => "check the path of url",
        405 => "this url takes no POST",
        400 or 415 or 422 => "does it take Alertmanager's webhook format, version 4?",
        _ => null,
    };
}
