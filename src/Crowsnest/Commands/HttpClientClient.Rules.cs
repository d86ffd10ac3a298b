using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Crowsnest.Rehearsal;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>What is asked of a server about rules.</summary>
internal sealed partial class HttpClientClient
{
    /// <summary>What a configuration's rules would have told over the server's history.</summary>
    public async Task<Rehearsed> RehearseAsync(string config, DateTimeOffset? from, DateTimeOffset? to, CancellationToken cancellationToken)
    {
        const string Path = "/api/v1/rules/test";
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(new RehearsalWish(config, from?.UtcDateTime, to?.UtcDateTime), ApiJson.Default.RehearsalWish));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await SendAsync(HttpMethod.Post, Path, content, cancellationToken);
        if (answer.StatusCode == HttpStatusCode.NotFound) throw Missing(Path);
        return (await ReadAsync(answer, cancellationToken)).Deserialize(ApiJson.Default.Rehearsed)!; // An answer of ours has it.
    }
}
