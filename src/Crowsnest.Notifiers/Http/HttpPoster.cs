using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Http;

/// <summary>Posts to one target, for every medium that speaks HTTP: only to addresses that a message may go to, following nothing, within a bounded time, and with every failure as an answer without secrets.</summary>
internal sealed class HttpPoster : IDisposable
{
    private const int AnswerBytesMax = 4096;

    // Where what is said with a 2xx matters: an answer may repeat the whole message.
    private const int WholeAnswerBytesMax = 64 * 1024;

    private static readonly TimeSpan RetryAfterMax = TimeSpan.FromHours(1);

    private readonly HttpTarget _target;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly bool _readsAll;
    private readonly HttpClient _http;

    /// <param name="target">To whom.</param>
    /// <param name="allowPrivate">Whether a name may lead to this machine or a private network.</param>
    /// <param name="timeout">How long one message may take, from the look-up of the name to the end of the answer.</param>
    /// <param name="time">The clock.</param>
    /// <param name="readsAll">Whether what is said with a 2xx matters too; otherwise nobody waits for it.</param>
    /// <param name="resolve">Looks names up; the system's when <see langword="null"/>.</param>
    public HttpPoster(HttpTarget target, bool allowPrivate, TimeSpan timeout, TimeProvider time, bool readsAll = false, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        (_target, _timeout, _time, _readsAll) = (target, timeout, time, readsAll);
        _http = GuardedHttp.Create(allowPrivate, timeout, time, resolve);
    }

    /// <summary>A request with a body of JSON.</summary>
    public static HttpRequestMessage Json(Uri url, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return request;
    }

    /// <summary>Sends a message that is one request.</summary>
    /// <param name="request">Makes it.</param>
    /// <param name="judge">What the answer means.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">The token's.</exception>
    public ValueTask<Delivery> SendAsync(Func<HttpRequestMessage> request, Func<HttpAnswer, Delivery> judge, CancellationToken cancellationToken) =>
        SendAsync(Enumerable.Repeat(request, 1).Select(make => make()), judge, cancellationToken);

    /// <summary>Sends a message that is one request or several, in turn; the first that does not arrive ends it.</summary>
    /// <param name="requests">The requests; each is asked for when the one before has arrived.</param>
    /// <param name="judge">What an answer means.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="OperationCanceledException">The token's.</exception>
    public async ValueTask<Delivery> SendAsync(IEnumerable<HttpRequestMessage> requests, Func<HttpAnswer, Delivery> judge, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_timeout, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var delivery = Delivery.Sent;
            foreach (var made in requests)
            {
                using var request = made;
                request.Headers.UserAgent.Add(new ProductInfoHeaderValue("Crowsnest", null));
                using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
                delivery = judge(await AnswerAsync(response, both.Token).ConfigureAwait(false));
                if (delivery.Outcome != DeliveryOutcome.Sent) break;
            }

            return delivery;
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return Delivery.NotNow(string.Create(CultureInfo.InvariantCulture, $"{_target.Name} did not answer within {_timeout.TotalSeconds:0.###} s"));
        }
        catch (HttpRequestException e)
        {
            // A socket that is closed because the caller gave up must not look like a broken target.
            cancellationToken.ThrowIfCancellationRequested();
            return Judge(e);
        }
    }

    public void Dispose() => _http.Dispose();

    private async ValueTask<HttpAnswer> AnswerAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var header = response.Headers.RetryAfter;
        var wait = header?.Delta ?? header?.Date - _time.GetUtcNow();
        TimeSpan? bounded = wait <= TimeSpan.Zero ? null : wait > RetryAfterMax ? RetryAfterMax : wait;
        var body = response.IsSuccessStatusCode && !_readsAll ? "" : await ReadAsync(response, _readsAll ? WholeAnswerBytesMax : AnswerBytesMax, cancellationToken).ConfigureAwait(false);
        return new HttpAnswer(_target, (int)response.StatusCode, response.ReasonPhrase ?? "", response.Headers.Location, body, bounded);
    }

    // What the target said, for a person or a judge; an answer that cannot be read changes nothing about its status.
    private static async ValueTask<string> ReadAsync(HttpResponseMessage response, int bytesMax, CancellationToken cancellationToken)
    {
        // Of a page that is 4 KiB of markup and no reason.
        if (response.Content.Headers.ContentType?.MediaType is "text/html") return "";
        var bytes = new byte[bytesMax];
        try
        {
            using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var length = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            return "";
        }
    }

    private Delivery Judge(HttpRequestException failure) =>
        ConnectionFailure.Judge(failure, _target.Name, text => _target.Quote(text, 200)) ?? Delivery.NotNow($"{_target.Name} did not answer as HTTP does: {failure.HttpRequestError}");
}
