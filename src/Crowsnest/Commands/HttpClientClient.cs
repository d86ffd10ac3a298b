using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;
using Crowsnest.Server.Lists;

namespace Crowsnest.Commands;

/// <summary>A server that has the store, by its socket or over HTTP.</summary>
internal sealed partial class HttpClientClient : ICrowsnestClient
{
    // Longer than the server lets any search take.
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;
    private readonly string _name;

    // Of all that was sent by this client, one stream after the other.
    private bool _isTold;
    private UntoldBody _untold = new(0, null);

    private HttpClientClient(HttpClient http, string name) => (_http, _name) = (http, name);

    /// <summary>Who it is, in words.</summary>
    public string Name => _name;

    /// <summary>A server at an address.</summary>
    public static HttpClientClient To(Uri server, string? token)
    {
#pragma warning disable CA2000 // The client owns its handler.
        var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) }) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
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
        return new HttpClientClient(new HttpClient(handler) { BaseAddress = new Uri("http://localhost"), Timeout = Timeout.InfiniteTimeSpan }, string.Create(CultureInfo.InvariantCulture, $"the Crowsnest that holds the data folder (process {processId})"));
#pragma warning restore CA2000
    }

    /// <inheritdoc/>
    public async Task<Accounting> IngestAsync(Stream stream, bool isTold, Action<Accounting> progress, CancellationToken cancellationToken)
    {
        // A server that does not answer is found out before anything is sent; how long the stream then takes is its own affair.
        using (await SendAsync(HttpMethod.Get, "/-/healthy", null, cancellationToken))
        {
        }

        using var content = new StreamContent(stream, 1 << 18);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-ndjson");
        using var answer = await SendAsync(HttpMethod.Post, isTold ? "/api/v1/events" : "/api/v1/events?notify=false", content, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing("/api/v1/events");
        var body = await ReadAsync(answer, cancellationToken);
        var total = Sum(body);
        _isTold |= isTold;
        if (body.TryGetProperty("untold", out var untold) && untold.ValueKind == JsonValueKind.Object)
            _untold = new UntoldBody(_untold.TooOld + Count(untold, "tooOld"), Text(untold, "maxAge"));
        progress(total);
        return total;
    }

    /// <inheritdoc/>
    public Task<Told> TellAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_isTold ? new Told(null, null, _untold) : new Told(0, new SendReport(), _untold));

    /// <inheritdoc/>
    public Task<RowPage> SearchAsync(string query, DateTimeOffset? from, DateTimeOffset? to, int limit, string? cursor, CancellationToken cancellationToken) => ListAsync(
        $"/api/v1/events?{Span(query, from, to)}&limit={limit.ToString(CultureInfo.InvariantCulture)}{(cursor is null ? "" : "&cursor=" + Uri.EscapeDataString(cursor))}", cancellationToken);

    /// <inheritdoc/>
    public Task<RowPage> ValuesAsync(string query, DateTimeOffset? from, DateTimeOffset? to, string field, int limit, CancellationToken cancellationToken) =>
        ListAsync($"/api/v1/fields/{Uri.EscapeDataString(field)}/values?{Span(query, from, to)}&limit={limit.ToString(CultureInfo.InvariantCulture)}", cancellationToken);

    /// <inheritdoc/>
    public async Task ExportAsync(string query, DateTimeOffset? from, DateTimeOffset? to, bool isCsv, string? columns, Stream output, CancellationToken cancellationToken)
    {
        var path = $"/api/v1/export?{Span(query, from, to)}{(isCsv ? "&format=csv" : "")}{(columns is null ? "" : "&columns=" + Uri.EscapeDataString(columns))}";
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancellationToken, completion: HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing("/api/v1/export");
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
            await body.CopyToAsync(output, 1 << 16, cancellationToken);
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException)
        {
            throw new UnreachableStoreException($"{_name} broke off: what was written is not whole. Its own log says why; try again.", failure);
        }
    }

    /// <summary>All events with an id, oldest first.</summary>
    public Task<RowPage> ByIdAsync(string id, CancellationToken cancellationToken) => ListAsync($"/api/v1/events/by-id/{Uri.EscapeDataString(id)}", cancellationToken);

    /// <summary>Messages, newest first.</summary>
    public Task<RowPage> NotificationsAsync(int limit, CancellationToken cancellationToken) =>
        ListAsync($"/api/v1/notifications?limit={limit.ToString(CultureInfo.InvariantCulture)}", cancellationToken);

    /// <summary>Why it is not ready; <see langword="null"/> when it is.</summary>
    public async Task<string?> ReadyAsync(CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/-/ready", null, cancellationToken, HttpStatusCode.ServiceUnavailable);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing("/-/ready");
        return answer.IsSuccessStatusCode ? null : await DetailAsync(answer, cancellationToken);
    }

    /// <summary>Events as they are committed, from now on or after one that was seen; connected on return.</summary>
    public async Task<IAsyncEnumerable<LiveMessage>> FollowAsync(string query, string? after, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            HttpMethod.Get, $"/api/v1/stream?q={Uri.EscapeDataString(query)}", null, cancellationToken, completion: HttpCompletionOption.ResponseHeadersRead,
            header: after is null ? null : ("Last-Event-ID", after));
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing("/api/v1/stream");
        return new LiveStream(answer, _name).ReadAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<BackupManifest> BackupAsync(string folder, Action<long, long> onStep, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new BackupWish(folder), ApiJson.Default.BackupWish));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/backup", content, cancellationToken, HttpStatusCode.Conflict, HttpCompletionOption.ResponseHeadersRead);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing("/api/v1/backup");
        if (answer.StatusCode == HttpStatusCode.Conflict) throw new BackupException(await DetailAsync(answer, cancellationToken));
        try
        {
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
            while (await lines.ReadLineAsync(cancellationToken) is { } text)
            {
                var line = JsonSerializer.Deserialize(text, ApiJson.Default.BackupLine)!;
                if (line.Manifest is { } manifest) return manifest;
                if (line.Problem is { Status: (int)HttpStatusCode.Conflict } refused) throw new BackupException(refused.Detail);
                if (line.Problem is { } problem) throw new UnreachableStoreException(problem.Detail);
                onStep(line.Copied ?? 0, line.Of ?? 0);
            }
        }
        catch (Exception failure) when (failure is IOException or HttpRequestException or JsonException)
        {
            throw new UnreachableStoreException($"{_name} broke off, and no backup was made. Its own log says why; try again.", failure);
        }

        throw new UnreachableStoreException($"{_name} ended without a backup: it is stopping. Try again when it is up.");
    }

    /// <inheritdoc/>
    public async Task<RowPage> ResourcesAsync(string kind, ListRequest request, bool isStopped, DateTimeOffset? at, CancellationToken cancellationToken)
    {
        const int PageMax = 1_000;
        var rows = new List<JsonElement>();
        string? cursor = null, note;
        do
        {
            var query = new List<string> { "limit=" + Math.Min(request.Limit - rows.Count, PageMax).ToString(CultureInfo.InvariantCulture) };
            query.AddRange(request.Filters.Select(f => f.Key + "=" + Uri.EscapeDataString(f.Value)));
            if (request.Names.Count > 0) query.Add("name=" + Uri.EscapeDataString(string.Join(',', request.Names)));
            if (request.Sort.Length > 0) query.Add("sort=" + (request.IsDescending ? "-" : "") + request.Sort);
            if (isStopped) query.Add("stopped=true");
            if (at is { } moment) query.Add("at=" + EventJson.Time(moment));
            if (cursor is not null) query.Add("cursor=" + Uri.EscapeDataString(cursor));
            var page = await ListAsync($"/api/v1/{kind}?{string.Join('&', query)}", cancellationToken);
            rows.AddRange(page.Items);
            (cursor, note) = (page.Next, page.Cut);
        }
        while (cursor is not null && rows.Count < request.Limit);
        return new RowPage(rows, note, cursor);
    }

    /// <inheritdoc/>
    public async Task<JsonElement> StatusAsync(DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/api/v1/status?{Span(from, to).TrimStart('&')}", null, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound ? throw Missing("/api/v1/status") : await ReadAsync(answer, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<JsonElement?> LastLinesAsync(string taskId, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/tasks/" + Uri.EscapeDataString(taskId), null, cancellationToken, HttpStatusCode.Gone);
        if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone) return null;
        return (await ReadAsync(answer, cancellationToken)).TryGetProperty("logs", out var logs) && logs.ValueKind == JsonValueKind.Object ? logs : null;
    }

    /// <inheritdoc/>
    public async Task<JsonElement> ResyncAsync(string? cluster, CancellationToken cancellationToken)
    {
        // A server that does not answer is found out first; how long ECS then takes is its own affair.
        using (await SendAsync(HttpMethod.Get, "/-/healthy", null, cancellationToken))
        {
        }

        using var answer = await SendAsync(
            HttpMethod.Post, "/api/v1/resync" + (cluster is null ? "" : "?cluster=" + Uri.EscapeDataString(cluster)), null, cancellationToken, HttpStatusCode.Conflict, answerTime: Timeout.InfiniteTimeSpan);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing("/api/v1/resync");
        if (answer.StatusCode == HttpStatusCode.Conflict) throw new UsageException(await DetailAsync(answer, cancellationToken));
        return await ReadAsync(answer, cancellationToken);
    }

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
    public async Task<ReplayResult?> ReplayAsync(long id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/api/v1/quarantine/{id.ToString(CultureInfo.InvariantCulture)}/replay", null, cancellationToken, HttpStatusCode.Conflict);
        if (answer.StatusCode == HttpStatusCode.NotFound) return null;
        if (answer.StatusCode == HttpStatusCode.Conflict) return new ReplayResult(await DetailAsync(answer, cancellationToken), default);
        return new ReplayResult(null, Sum(await ReadAsync(answer, cancellationToken)));
    }

    /// <inheritdoc/>
    public Task<RowPage> IncidentsAsync(string? state, int limit, CancellationToken cancellationToken) => ListAsync(
        string.Create(CultureInfo.InvariantCulture, $"/api/v1/incidents?limit={limit}") + (state is null ? "" : "&state=" + Uri.EscapeDataString(state)), cancellationToken);

    /// <inheritdoc/>
    public async Task<JsonElement?> IncidentAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, "/api/v1/incidents/" + Uri.EscapeDataString(id), null, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(answer, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string?> ActAsync(string id, IncidentVerb verb, IncidentWish wish, CancellationToken cancellationToken)
    {
        var path = verb == IncidentVerb.Comment ? "comments" : verb.ToString().ToLowerInvariant();
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(wish, ApiJson.Default.IncidentWish));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await SendAsync(HttpMethod.Post, $"/api/v1/incidents/{Uri.EscapeDataString(id)}/{path}", content, cancellationToken, HttpStatusCode.Conflict);
        if (answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound) return await DetailAsync(answer, cancellationToken);
        await ReadAsync(answer, cancellationToken);
        return null;
    }

    /// <summary>Sends a sample to a receiver of the server's configuration; answers what came of it (<see cref="ReceiverTest"/>), or <see langword="null"/> when it has none of this name.</summary>
    public async Task<JsonElement?> TestReceiverAsync(string name, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/api/v1/receivers/{Uri.EscapeDataString(name)}/test", null, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound ? null : await ReadAsync(answer, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<RowPage> TokensAsync(CancellationToken cancellationToken) => ListAsync("/api/v1/tokens", cancellationToken);

    /// <inheritdoc/>
    public async Task<JsonElement> CreateTokenAsync(string name, TokenRole role, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new NewToken(name, role.ToString()), ApiJson.Default.NewToken));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/tokens", content, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing("/api/v1/tokens");
        return await ReadAsync(answer, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<bool> RevokeTokenAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Delete, $"/api/v1/tokens/{Uri.EscapeDataString(id)}", null, cancellationToken);
        return answer.StatusCode != HttpStatusCode.NotFound;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _http.Dispose();
        return default;
    }

    private static string Span(string query, DateTimeOffset? from, DateTimeOffset? to) => $"q={Uri.EscapeDataString(query)}{Span(from, to)}";

    private static string Span(DateTimeOffset? from, DateTimeOffset? to) => Moment("from", from) + Moment("to", to);

    private static string Moment(string name, DateTimeOffset? moment) =>
        moment is { } at ? $"&{name}={Uri.EscapeDataString(at.UtcDateTime.ToString("O", CultureInfo.InvariantCulture))}" : "";

    private static Accounting Sum(JsonElement body)
    {
        var quarantined = body.TryGetProperty("quarantined", out var inside) && inside.ValueKind == JsonValueKind.Object ? Count(inside, "count") : Count(body, "quarantined");
        return new Accounting(Count(body, "received"), Count(body, "stored"), Count(body, "duplicates"), quarantined, Count(body, "idReused"), Count(body, "unknownKinds"));
    }

    private static long Count(JsonElement body, string name) =>
        body.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt64(out var number) ? number : 0;

    private UnreachableStoreException Missing(string path) => new($"{_name} does not offer {path}; is it a Crowsnest of this version?");

    private async Task<JsonElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        try
        {
            return JsonElement.Parse(await answer.Content.ReadAsByteArrayAsync(cancellationToken), RowWriter.Deep);
        }
        catch (Exception failure) when (failure is JsonException or HttpRequestException or IOException)
        {
            throw new UnreachableStoreException($"{_name} answered with something that is not JSON, or not whole; is it a Crowsnest?", failure);
        }
    }

    private async Task<RowPage> ListAsync(string path, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing(path.Split('?')[0]);
        var body = await ReadAsync(answer, cancellationToken);
        if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("items", out var items)) throw Missing(path.Split('?')[0]);
        return new RowPage([.. items.EnumerateArray()], Text(body, "cut") ?? Text(body, "note"), Text(body, "next"));
    }

    private static string? Text(JsonElement body, string name) => body.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    // Success, not found, and what the caller expects come back; everything else is told in words.
    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken, HttpStatusCode expected = HttpStatusCode.NotFound,
        HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead, (string Name, string Value)? header = null, TimeSpan? answerTime = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (content is not StreamContent) limit.CancelAfter(answerTime ?? AnswerTime);
        HttpResponseMessage answer;
        try
        {
            using var request = new HttpRequestMessage(method, path) { Content = content };

            // Who may not send is told so before the stream is sent.
            if (content is StreamContent) request.Headers.ExpectContinue = true;
            if (header is { } also) request.Headers.TryAddWithoutValidation(also.Name, also.Value);
            answer = await _http.SendAsync(request, completion, limit.Token);
        }
        catch (HttpRequestException failure)
        {
            throw new UnreachableStoreException($"{_name} does not answer: {failure.Message} Is it running? If it hangs, stop it and try again.", failure);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UnreachableStoreException($"{_name} did not answer within {AnswerTime.TotalSeconds:0} s. If it hangs, stop it and try again.", failure);
        }

        if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotFound || answer.StatusCode == expected) return answer;
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
            var detail = problem.TryGetProperty("detail", out var words) ? words.GetString() ?? "" : answer.ReasonPhrase ?? "";
            return problem.TryGetProperty("committed", out var committed) ? $"{detail} (committed: {Count(committed, "received")} of what was sent)" : detail;
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or HttpRequestException or IOException)
        {
            return answer.ReasonPhrase ?? "";
        }
    }
}
