using System.Net;
using System.Text.Json;
using Amazon.Runtime;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.OpenSearch.Http;

/// <summary>An answer of the server: its status, and its body where that is JSON.</summary>
internal sealed class OpenSearchAnswer(HttpStatusCode status, byte[] bytes)
{
    private JsonElement? _json;
    private bool _isBroken;

    public HttpStatusCode Status => status;

    public bool IsSuccess => (int)status is >= 200 and < 300;

    /// <summary>The body as JSON; an empty object when it is none.</summary>
    public JsonElement Json => _json ??= Parse();

    /// <summary>The body is JSON, whole.</summary>
    public bool IsWhole => Json.ValueKind != JsonValueKind.Undefined && !_isBroken;

    /// <summary>The items of a list in the answer; none where it has no such list, as of indices that are not there.</summary>
    public IEnumerable<JsonElement> Items(params ReadOnlySpan<string> path)
    {
        var at = Json;
        foreach (var name in path)
        {
            if (!at.TryGetProperty(name, out at)) return [];
        }

        return at.EnumerateArray();
    }

    /// <summary>The server's own words for what went wrong.</summary>
    public string Words => OpenSearchError.Words(Json) is { Length: > 0 } words ? words : $"the answer is {(int)status}";

    private JsonElement Parse()
    {
        try
        {
            return JsonElement.Parse(bytes);
        }
        catch (JsonException)
        {
            _isBroken = true;
            return JsonElement.Parse("{}"u8);
        }
    }
}

/// <summary>Speaks to the server, and again when that may help. What it sends may be sent twice: every request must mean the same the second time.</summary>
internal sealed class OpenSearchClient : IDisposable
{
    private static readonly TimeSpan PauseFirst = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(5);

    private readonly OpenSearchOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;
    private readonly Uri _base;

    public OpenSearchClient(OpenSearchOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _http = OpenSearchHttp.Create(options);
        _base = new Uri(options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");
    }

    /// <summary>The server's host and port, for messages.</summary>
    public string Server => _base.Authority;

    /// <summary>Sends once; a server that cannot be reached, or takes too long, is a transient <see cref="StoreException"/>. Any answer is an answer.</summary>
    public async Task<OpenSearchAnswer> TryAsync(HttpMethod method, string path, ReadOnlyMemory<byte> body, bool isLines, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.RequestTime, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var request = new HttpRequestMessage(method, new Uri(_base, path));
        if (!body.IsEmpty) request.Content = OpenSearchHttp.Content(body, isLines, _options.Gzip);
        try
        {
            using var answer = await _http.SendAsync(request, both.Token).ConfigureAwait(false);
            var heard = new OpenSearchAnswer(answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(both.Token).ConfigureAwait(false));
            // What stands between us may say that all is well and have nothing to pass on, when the server ended in the middle of its answer.
            if (heard.IsSuccess && !heard.IsWhole) throw new StoreException($"The store at {Server} gave an answer that is not whole.", "Check store.url, and that the server runs.", isTransient: true);
            return heard;
        }
        catch (OperationCanceledException slow) when (!cancellationToken.IsCancellationRequested)
        {
            throw new StoreException($"The store at {Server} took longer than {_options.RequestTime.TotalSeconds:0} s to answer.", "", isTransient: true, slow);
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new StoreException($"The store at {Server} cannot be reached: {broken.Message}.", "Check store.url, and that the server runs.", isTransient: true, broken);
        }
        catch (AmazonClientException none)
        {
            throw new StoreException($"The credentials for the store at {Server} cannot be had: {none.Message}", "", isTransient: true, none);
        }
    }

    /// <summary>Sends what opens a store: whoever waits for a server that is not there, or does not let us in, wants to hear it now; one that has too much to do is asked again.</summary>
    /// <returns>The answer, whatever it is.</returns>
    /// <exception cref="StoreException">The server cannot be reached, or goes on having too much to do.</exception>
    public async Task<OpenSearchAnswer> FirstAsync(HttpMethod method, string path, CancellationToken cancellationToken)
    {
        var answer = await TryAsync(method, path, default, isLines: false, cancellationToken).ConfigureAwait(false);
        return IsWorthRetrying(answer.Status)
            ? await SendAsync(method, path, default, cancellationToken, isLines: false, HttpStatusCode.Forbidden, HttpStatusCode.NotFound).ConfigureAwait(false)
            : answer;
    }

    /// <summary>Sends, and again while the server cannot be reached or has too much to do, for <see cref="OpenSearchOptions.RetryTime"/> in all.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, and what is asked for after it.</param>
    /// <param name="body">The body, or nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <param name="isLines">The body is lines of JSON.</param>
    /// <param name="expected">Statuses besides success that are answers to the caller and not errors.</param>
    /// <exception cref="StoreException">It did not succeed.</exception>
    public async Task<OpenSearchAnswer> SendAsync(
        HttpMethod method, string path, ReadOnlyMemory<byte> body, CancellationToken cancellationToken, bool isLines = false, params HttpStatusCode[] expected)
    {
        var began = _time.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            StoreException failure;
            var isHopeless = false;
            try
            {
                var answer = await TryAsync(method, path, body, isLines, cancellationToken).ConfigureAwait(false);
                if (answer.IsSuccess || expected.Contains(answer.Status)) return answer;
                failure = Refusal(answer);
                isHopeless = !IsWorthRetrying(answer.Status);
            }
            catch (StoreException e) when (e.IsTransient)
            {
                failure = e;
            }

            var pause = Pause(attempt);
            if (isHopeless || _time.GetElapsedTime(began) + pause > _options.RetryTime) throw failure;
            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Sends JSON and gives the answer's; see <see cref="SendAsync"/>.</summary>
    public Task<OpenSearchAnswer> PostAsync(string path, Action<Utf8JsonWriter> write, CancellationToken cancellationToken, params HttpStatusCode[] expected) =>
        SendAsync(HttpMethod.Post, path, JsonBody.Of(write), cancellationToken, isLines: false, expected);

    /// <summary>Too much at the moment, or somebody between us is in trouble.</summary>
    public static bool IsWorthRetrying(HttpStatusCode status) =>
        status is HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>How long to wait before another attempt: anywhere up to a bound that doubles each time.</summary>
    public static TimeSpan Pause(int attempt)
    {
        var longest = PauseFirst * Math.Pow(2, Math.Min(attempt, 10));
        // Chance only spreads attempts over time; nothing that is kept depends on it.
#pragma warning disable RS0030
        return (longest < PauseMax ? longest : PauseMax) * (0.5 + (Random.Shared.NextDouble() / 2));
#pragma warning restore RS0030
    }

    /// <summary>What an answer that is no success means to whoever asked.</summary>
    public StoreException Refusal(OpenSearchAnswer answer)
    {
        var (hint, isTransient) = answer.Status switch
        {
            HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => ("Check the store's credentials and what they allow ('crowsnest doctor').", true),
            HttpStatusCode.TooManyRequests => ("The server has too much to do.", true),
            var status when IsWorthRetrying(status) => ("", true),
            _ => ("", false),
        };
        return new StoreException($"The store at {Server} answered {(int)answer.Status}: {answer.Words}", hint, isTransient);
    }

    public void Dispose() => _http.Dispose();
}
