using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Commands;

/// <summary>A server that has the store, by its socket or over HTTP.</summary>
internal sealed class HttpClientClient : ICrowsnestClient
{
    private readonly HttpClient _http;
    private readonly string _name;

    private HttpClientClient(HttpClient http, string name) => (_http, _name) = (http, name);

    /// <summary>A server at an address.</summary>
    public static HttpClientClient To(Uri server, string? token)
    {
#pragma warning disable CA2000 // The client owns its handler.
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) }) { BaseAddress = server };
#pragma warning restore CA2000
        if (token is not null) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return new HttpClientClient(http, $"the server at {server}");
    }

    /// <summary>The server that holds a data folder, by its socket.</summary>
    public static HttpClientClient ToSocket(string path, int processId)
    {
#pragma warning disable CA2000 // The client owns its handler, and the stream its socket.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
        return new HttpClientClient(new HttpClient(handler) { BaseAddress = new Uri("http://localhost") }, string.Create(CultureInfo.InvariantCulture, $"the Crowsnest that holds the data folder (process {processId})"));
#pragma warning restore CA2000
    }

    /// <inheritdoc/>
    public async Task<Accounting> IngestAsync(Stream stream, Action<Accounting> progress, CancellationToken cancellationToken)
    {
        using var content = new StreamContent(stream);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/events", content, cancellationToken);
        var body = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        if (answer.StatusCode == HttpStatusCode.NotFound) throw new UnreachableStoreException($"{_name} takes no events; is it of this version?");
        var total = new Accounting(
            Count(body, "received"), Count(body, "stored"), Count(body, "duplicates"), body.TryGetProperty("quarantined", out var quarantined) ? Count(quarantined, "count") : 0,
            Count(body, "idReused"), Count(body, "unknownKinds"));
        progress(total);
        return total;
    }

    /// <inheritdoc/>
    public Task<RowPage> SearchAsync(string query, DateTimeOffset? from, DateTimeOffset? to, int limit, CancellationToken cancellationToken) =>
        ListAsync($"/api/v1/events?{Span(query, from, to)}&limit={limit.ToString(CultureInfo.InvariantCulture)}", cancellationToken);

    /// <inheritdoc/>
    public Task<RowPage> ValuesAsync(string query, DateTimeOffset? from, DateTimeOffset? to, string field, int limit, CancellationToken cancellationToken) =>
        ListAsync($"/api/v1/fields/{Uri.EscapeDataString(field)}/values?{Span(query, from, to)}&limit={limit.ToString(CultureInfo.InvariantCulture)}", cancellationToken);

    /// <inheritdoc/>
    public Task<RowPage> QuarantineAsync(int limit, CancellationToken cancellationToken) =>
        ListAsync($"/api/v1/quarantine?limit={limit.ToString(CultureInfo.InvariantCulture)}", cancellationToken);

    /// <inheritdoc/>
    public async Task<byte[]?> QuarantineBytesAsync(long id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/api/v1/quarantine/{id.ToString(CultureInfo.InvariantCulture)}/bytes", null, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await answer.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> DropAsync(long id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Delete, $"/api/v1/quarantine/{id.ToString(CultureInfo.InvariantCulture)}", null, cancellationToken);
        return answer.StatusCode != HttpStatusCode.NotFound;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return default;
    }

    private static string Span(string query, DateTimeOffset? from, DateTimeOffset? to) =>
        $"q={Uri.EscapeDataString(query)}{(from is { } f ? "&from=" + Uri.EscapeDataString(f.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)) : "")}"
        + (to is { } t ? "&to=" + Uri.EscapeDataString(t.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)) : "");

    private static long Count(JsonElement body, string name) => body.TryGetProperty(name, out var count) && count.TryGetInt64(out var number) ? number : 0;

    private async Task<RowPage> ListAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        var body = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
        if (answer.StatusCode == HttpStatusCode.NotFound || !body.TryGetProperty("items", out var items)) throw new UnreachableStoreException($"{_name} does not offer {path.Split('?')[0]}; is it of this version?");
        var cut = body.TryGetProperty("cut", out var why) && why.ValueKind == JsonValueKind.String ? why.GetString() : null;
        return new RowPage([.. items.EnumerateArray()], cut);
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer;
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };
            answer = await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException failure)
        {
            throw new UnreachableStoreException($"{_name} does not answer: {failure.Message}. Is it running? If it hangs, stop it and try again.", failure);
        }

        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound) return answer;
        using (answer)
        {
            var detail = await DetailAsync(answer, cancellationToken);
            throw answer.StatusCode switch
            {
                HttpStatusCode.BadRequest => new UsageException(detail),
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => new UnreachableStoreException($"{_name} refused: {detail} Give a token with --token-file or CROWSNEST_TOKEN."),
                _ => new UnreachableStoreException($"{_name} answered {(int)answer.StatusCode}: {detail}"),
            };
        }
    }

    private static async Task<string> DetailAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            var problem = JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken));
            return problem.TryGetProperty("detail", out var detail) ? detail.GetString() ?? "" : answer.ReasonPhrase ?? "";
        }
        catch (JsonException)
        {
            return answer.ReasonPhrase ?? "";
        }
    }
}
