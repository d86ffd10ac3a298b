using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Sessions of the page: who sent a token once goes on with a cookie that is worth nothing elsewhere.</summary>
/// <remarks>In memory only, and by the hash of the cookie: a restart ends them all, and so does revoking the token. Bounded in number and in time.</remarks>
internal sealed class Sessions(TokenGate tokens, TimeProvider time)
{
    /// <summary>The cookie's name.</summary>
    public const string Cookie = "crowsnest_session";

    /// <summary>So long without a request ends a session.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromHours(12);

    private const int Most = 1_000;

    // Any request may touch it.
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <summary>Begins a session; the secret is for the cookie and is not kept.</summary>
    public string Begin(TokenRecord token)
    {
        var now = time.GetUtcNow();
        foreach (var (key, session) in _sessions)
        {
            if (now - session.LastUsed > Idle) _sessions.TryRemove(key, out _);
        }

        // Whoever begins a thousand sessions holds a token; those that were quiet longest sign in again.
        while (_sessions.Count >= Most) _sessions.TryRemove(_sessions.MinBy(s => s.Value.LastUsed).Key, out _);

        // As for tokens, the one chance that is not injected: a secret that a seed could repeat is none.
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        _sessions[KeyOf(secret)] = new Session(token.Id, now);
        return secret;
    }

    /// <summary>The valid token by which this request's session began, or <see langword="null"/>.</summary>
    public TokenRecord? Find(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is not { Length: > 0 } secret || !_sessions.TryGetValue(KeyOf(secret), out var session)) return null;
        var now = time.GetUtcNow();
        var token = tokens.Tokens.FirstOrDefault(t => t.Id == session.TokenId && t.RevokedAt is null);
        if (token is null || now - session.LastUsed > Idle)
        {
            _sessions.TryRemove(KeyOf(secret), out _);
            return null;
        }

        session.LastUsed = now;
        return token;
    }

    /// <summary>Ends this request's session, if it has one.</summary>
    public void End(HttpContext http)
    {
        if (http.Request.Cookies[Cookie] is { Length: > 0 } secret) _sessions.TryRemove(KeyOf(secret), out _);
    }

    private static string KeyOf(string secret) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    private sealed class Session(string tokenId, DateTimeOffset now)
    {
        public string TokenId { get; } = tokenId;

        public DateTimeOffset LastUsed { get; set; } = now;
    }
}
