namespace Crowsnest.Core.Pipeline;

/// <summary>The API tokens that were made, as hashes. The tokens themselves are kept nowhere.</summary>
/// <remarks>A revoked token stays in the list: that one was ever made is what closes the API to callers without one.</remarks>
public interface ITokenStore
{
    /// <summary>All tokens ever made, oldest first.</summary>
    ValueTask<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellationToken);

    /// <summary>Keeps a new token; durable on return.</summary>
    ValueTask AddAsync(TokenRecord token, CancellationToken cancellationToken);

    /// <summary>Revokes the token with this id; false when there is none, or it was revoked before. Durable on return.</summary>
    ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken);
}

/// <summary>What a token's bearer may do.</summary>
public enum TokenRole
{
    /// <summary>Sends events, and nothing else.</summary>
    Ingest,

    /// <summary>Reads everything but the quarantine and the tokens.</summary>
    Viewer,

    /// <summary>Besides: sends events, reads and replays the quarantine.</summary>
    Operator,

    /// <summary>Everything, tokens included.</summary>
    Admin,
}

/// <summary>An API token as it is kept.</summary>
/// <param name="Id">Short and public; names it in lists and for revoking.</param>
/// <param name="Name">What its maker called it.</param>
/// <param name="Role">What it allows.</param>
/// <param name="Hash">SHA-256 of the token. The token is 256 random bits, so no salt or slow hash is needed.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="RevokedAt">When it was revoked, or <see langword="null"/>.</param>
public sealed record TokenRecord(string Id, string Name, TokenRole Role, ReadOnlyMemory<byte> Hash, DateTimeOffset CreatedAt, DateTimeOffset? RevokedAt = null);
