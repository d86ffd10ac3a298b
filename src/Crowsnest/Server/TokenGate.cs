using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Makes, knows and revokes API tokens.</summary>
/// <remarks>The process that holds the data folder is the only one that changes tokens, so what is in memory here is the truth.</remarks>
internal sealed class TokenGate(ITokenStore store, TimeProvider time)
{
    /// <summary>What a token begins with, so that scanners for leaked secrets can find it.</summary>
    public const string Prefix = "crowsnest_";

    private const int SecretBytes = 32;

    // Swapped whole by the methods that change the store; read by every request.
    private volatile IReadOnlyList<TokenRecord> _tokens = [];

    /// <summary>A token was ever made, so callers need one. Revoking the last one does not open the API again.</summary>
    public bool IsClosed => _tokens.Count > 0;

    /// <summary>All tokens ever made.</summary>
    public IReadOnlyList<TokenRecord> Tokens => _tokens;

    /// <summary>Reads what the store has.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken) => _tokens = await store.ListAsync(cancellationToken);

    /// <summary>Makes a token. The secret is returned here and never again.</summary>
    public async Task<(string Secret, TokenRecord Record)> CreateAsync(string name, TokenRole role, CancellationToken cancellationToken)
    {
        // The one chance that is not injected: a secret that a seed could repeat is none.
        var secret = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        var hash = Hash(secret);
        var record = new TokenRecord(Convert.ToHexStringLower(hash.AsSpan(0, 6)), name, role, hash, time.GetUtcNow());
        await store.AddAsync(record, cancellationToken);
        await LoadAsync(cancellationToken);
        return (secret, record);
    }

    /// <summary>Revokes a token; false when no valid one has this id.</summary>
    public async Task<bool> RevokeAsync(string id, CancellationToken cancellationToken)
    {
        var revoked = await store.RevokeAsync(id, time.GetUtcNow(), cancellationToken);
        await LoadAsync(cancellationToken);
        return revoked;
    }

    /// <summary>The valid token with this secret, or <see langword="null"/>. Takes the same time whichever it is.</summary>
    public TokenRecord? Find(string secret)
    {
        var hash = Hash(secret);
        TokenRecord? found = null;
        foreach (var token in _tokens)
        {
            if (CryptographicOperations.FixedTimeEquals(hash, token.Hash.Span) && token.RevokedAt is null) found = token;
        }

        return found;
    }

    private static byte[] Hash(string secret) => SHA256.HashData(Encoding.UTF8.GetBytes(secret));
}
