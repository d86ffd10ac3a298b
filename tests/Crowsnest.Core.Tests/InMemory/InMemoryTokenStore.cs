using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Tests.InMemory;

/// <summary>Tokens in memory, for tests.</summary>
public sealed class InMemoryTokenStore : ITokenStore
{
    private readonly Lock _gate = new();
    private readonly List<TokenRecord> _tokens = [];

    public ValueTask<IReadOnlyList<TokenRecord>> ListAsync(CancellationToken cancellationToken)
    {
        lock (_gate) return new([.. _tokens]);
    }

    public ValueTask AddAsync(TokenRecord token, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate) _tokens.Add(token);
        return default;
    }

    public ValueTask<bool> RevokeAsync(string id, DateTimeOffset at, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lock (_gate)
        {
            var index = _tokens.FindIndex(t => t.Id == id && t.RevokedAt is null);
            if (index < 0) return new(false);
            _tokens[index] = _tokens[index] with { RevokedAt = at };
            return new(true);
        }
    }
}
