using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Webhook;

/// <summary>
/// Posts messages in the format of Alertmanager's webhook, version 4. Headers: <c>Idempotency-Key</c> and <c>X-Crowsnest-Notification-Id</c>, the same for every attempt;
/// with a key also <c>X-Crowsnest-Timestamp</c> (Unix seconds of the attempt) and <c>X-Crowsnest-Signature</c>: <c>sha256=</c> and the HMAC-SHA256 of timestamp, a full stop, and body.
/// </summary>
public sealed class WebhookNotifier : INotifier, IDisposable
{
    private const int AnswerBytesMax = 4096;
    private const int QuoteMax = 200;

    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    private readonly WebhookOptions _options;
    private readonly WebhookTarget _target;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    /// <summary>One target. Dispose closes its connections.</summary>
    /// <exception cref="ArgumentException">The URL is not an absolute one of http or https.</exception>
    public WebhookNotifier(WebhookOptions options, TimeProvider time)
        : this(options, time, static (host, token) => Dns.GetHostAddressesAsync(host, token))
    {
    }

    internal WebhookNotifier(WebhookOptions options, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>> resolve)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!options.Url.IsAbsoluteUri || options.Url.Scheme is not ("http" or "https"))
            throw new ArgumentException("The url of a webhook begins with http:// or https://.", nameof(options));
        (_options, _time, _target) = (options, time, new WebhookTarget(options));
        var connector = new GuardedConnector(resolve, options.AllowPrivate, options.Timeout, time);
#pragma warning disable CA2000 // The client owns its handler.
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A redirect or a proxy would lead the message past the check of the address.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.Timeout,
            ConnectCallback = connector.ConnectAsync,
            MaxConnectionsPerServer = 4,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 64 * 1024,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        }) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
    }

    /// <inheritdoc/>
    public string Kind => "webhook";

    /// <inheritdoc/>
    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        using var limit = new CancellationTokenSource(_options.Timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = Request(notification);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
            return await JudgeAsync(response, both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Delivery.NotNow(string.Create(CultureInfo.InvariantCulture, $"{_target.Name} did not answer within {_options.Timeout.TotalSeconds:0.###} s"));
        }
        catch (HttpRequestException e)
        {
            // A socket that is closed because the caller gave up must not look like a broken target.
            cancellationToken.ThrowIfCancellationRequested();
            return Judge(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(Notification notification)
    {
        var body = WebhookPayload.Write(notification, _options.ExternalUrl);
        var request = new HttpRequestMessage(HttpMethod.Post, _options.Url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Authorization = _target.Authorization;
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Crowsnest", null));
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

    private async ValueTask<Delivery> JudgeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is >= 200 and < 300) return Delivery.Sent;

        var words = string.Create(CultureInfo.InvariantCulture, $"{_target.Name} answered {status} {_target.Quote(response.ReasonPhrase ?? "", 60)}").TrimEnd();
        if (status is >= 300 and < 400)
        {
            var to = response.Headers.Location is { IsAbsoluteUri: true, Scheme: "http" or "https" } location ? $" to {location.Scheme}://{_target.Quote(location.Host, 100)}" : "";
            return Delivery.Refused($"{words}: a redirect{to}, which is not followed; put the address that it leads to into url");
        }

        var said = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        if (said.Length > 0) words = $"{words}: {said}";
        if (status is 408 or 425 or 429 or (>= 500 and < 600)) return Delivery.NotNow(words, RetryAfter(response));
        return Delivery.Refused(status switch
        {
            401 or 403 or 407 => $"{words}; check the user, password or token in url, and hmac_key",
            404 or 410 => $"{words}; check the path of url",
            405 => $"{words}; this url takes no POST",
            400 or 415 or 422 => $"{words}; does it take Alertmanager's webhook format, version 4?",
            _ => words,
        });
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - _time.GetUtcNow();
        return wait <= TimeSpan.Zero ? null : wait > RetryAfterMax ? RetryAfterMax : wait;
    }

    // What the target said, for a person; an answer that cannot be read changes nothing about its status.
    private async ValueTask<string> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        // Of a page that is 4 KiB of markup and no reason.
        if (response.Content.Headers.ContentType?.MediaType is "text/html") return "";
        var bytes = new byte[AnswerBytesMax];
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return _target.Quote(Encoding.UTF8.GetString(bytes, 0, length), QuoteMax);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            return "";
        }
    }

    private Delivery Judge(HttpRequestException failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case AddressRefusedException:
                    return Delivery.Refused($"{_target.Name} is not connected to: {inner.Message}");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Delivery.NotNow($"{_target.Name} is not found: its name has no address; check the host in url, and DNS");
                case SocketException socket:
                    return Delivery.NotNow($"{_target.Name} cannot be reached: {_target.Quote(socket.Message, QuoteMax)}");
                case AuthenticationException tls:
                    return Delivery.NotNow($"{_target.Name} is not trusted: {_target.Quote(tls.Message, QuoteMax)}");
            }
        }

        return Delivery.NotNow($"{_target.Name} did not answer as HTTP does: {failure.HttpRequestError}");
    }
}
