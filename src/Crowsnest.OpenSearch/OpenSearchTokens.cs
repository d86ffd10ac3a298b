using System.Text.Json;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Pipeline.Shared;

namespace Crowsnest.OpenSearch;

/// <summary>API tokens, a document each.</summary>
internal sealed class OpenSearchTokens(Documents documents, Places places, IndexNames names) : ITokenStore
{
    private const int TokensMax = 10_000;

    public async ValueTask<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await documents.RefreshAsync([names.Tokens], cancellationToken).ConfigureAwait(false);
        var found = await documents.SearchAsync(
            names.Tokens, TokensMax, json => Http.JsonBody.Objects(json, "sort", s => s.WriteString("place", "asc")), cancellationToken).ConfigureAwait(false);
        return [.. found.Select(Read)];
    }

    public async ValueTask AddAsync(TokenRecord token, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        cancellationToken.ThrowIfCancellationRequested();
        await documents.PutAsync(names.Tokens, Documents.IdOf(token.Id), json => Write(json, token, places.Next()), CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        while (true)
        {
            if (await documents.GetAsync(names.Tokens, Documents.IdOf(id), CancellationToken.None).ConfigureAwait(false) is not { } before) return false;
            var token = Read(before);
            if (token.RevokedAt is not null) return false;
            if (await documents.TryPutAsync(names.Tokens, before.Id, before, json => Write(json, token with { RevokedAt = at }, before.Number("place")), CancellationToken.None).ConfigureAwait(false) is not null) return true;
        }
    }

    private static void Write(Utf8JsonWriter json, TokenRecord token, long place)
    {
        json.WriteNumber("place", place);
        json.WriteString("id", token.Id);
        json.WriteString("name", token.Name);
        json.WriteString("role", token.Role.ToString());
        json.WriteBase64String("hash", token.Hash.Span);
        json.WriteNumber("createdTicks", token.CreatedAt.UtcTicks);
        if (token.RevokedAt is { } revoked) json.WriteNumber("revokedTicks", revoked.UtcTicks);
    }

    private static TokenRecord Read(Document document) => new(
        document.Text("id")!, document.Text("name")!, Enum.Parse<TokenRole>(document.Text("role")!), Convert.FromBase64String(document.Text("hash")!),
        new DateTimeOffset(document.Number("createdTicks"), TimeSpan.Zero),
        document.Number("revokedTicks") is > 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null);
}
