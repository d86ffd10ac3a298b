using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>Where a store of some kind keeps its things: empty at first, and removed at the end. What a kind of store gives to join the contracts.</summary>
public abstract class StorePlace : IAsyncDisposable
{
    private IStore? _store;

    /// <summary>The clock that the store goes by, moved by the test.</summary>
    public ManualTime Time { get; } = new(Some.Noon);

    /// <summary>Opens the store as it was left; what was open before is closed first.</summary>
    public async ValueTask<IStore> OpenAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        return _store = Open();
    }

    /// <summary>The API tokens kept beside the open store.</summary>
    public abstract ITokenStore Tokens { get; }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        Remove();
        GC.SuppressFinalize(this);
    }

    protected abstract IStore Open();

    /// <summary>Takes away what is left when the store is closed.</summary>
    protected virtual void Remove()
    {
    }
}
