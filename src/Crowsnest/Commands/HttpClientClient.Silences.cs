using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Crowsnest.Server;
using Crowsnest.Server.Silences;

namespace Crowsnest.Commands;

/// <content>Silences.</content>
internal sealed partial class HttpClientClient
{
    /// <inheritdoc/>
    public Task<RowPage> SilencesAsync(string? state, CancellationToken cancellationToken) =>
        ListAsync("/api/v1/silences" + (state is null ? "" : "?state=" + Uri.EscapeDataString(state)), cancellationToken);

    /// <inheritdoc/>
    public async Task<(JsonElement? Silence, string Refusal)> SilenceAsync(SilenceBody body, CancellationToken cancellationToken)
    {
        using var content = Json(body);
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/silences", content, cancellationToken, HttpStatusCode.Conflict);
        return answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound
            ? (null, await DetailAsync(answer, cancellationToken))
            : (await ReadAsync(answer, cancellationToken), "");
    }

    /// <inheritdoc/>
    public async Task<JsonElement> PreviewSilenceAsync(SilenceBody body, CancellationToken cancellationToken)
    {
        using var content = Json(body);
        using var answer = await SendAsync(HttpMethod.Post, "/api/v1/silences/preview", content, cancellationToken);
        return answer.StatusCode == HttpStatusCode.NotFound ? throw Missing("/api/v1/silences/preview") : await ReadAsync(answer, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<string?> ExpireSilenceAsync(string id, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/api/v1/silences/{Uri.EscapeDataString(id)}/expire", null, cancellationToken, HttpStatusCode.Conflict);
        return answer.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.NotFound ? await DetailAsync(answer, cancellationToken) : null;
    }

    private static ByteArrayContent Json(SilenceBody body)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Default.SilenceBody));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return content;
    }
}
