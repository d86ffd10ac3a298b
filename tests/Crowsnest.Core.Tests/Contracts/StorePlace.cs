using Crowsnest.Core.Pipeline;

namespace Crowsnest.Core.Tests.Contracts;

/// <summary>Where a store of some kind keeps its things: empty at first, and removed at the end. What a kind of store gives to join the contracts.</summary>
public abstract class StorePlace : IAsyncDisposable
{
    private IStore? _store;

    /// <summary>The clock that the store goes by, moved by the test.</summary>
    public ManualTime Time { get; } = new(Some.Noon);

    /// <summary>
    /// Several processes share it, and it has no transactions: a reader may meet a part of a batch, and what is committed while a pass is open is not held
    /// up by it.
    /// </summary>
    public virtual bool IsShared => false;

    /// <summary>How often a test repeats what it draws at random: all of it, or less where each step is a round trip to a server.</summary>
    public int Rounds(int all) => IsShared ? (all + 3) / 4 : all;

    /// <summary>Opens the store as it was left; what was open before is closed first.</summary>
    public async ValueTask<IStore> OpenAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        return _store = await MakeAsync();
    }

    /// <summary>The API tokens kept beside the open store.</summary>
    public abstract ITokenStore Tokens { get; }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null) await _store.DisposeAsync();
        await RemoveAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract ValueTask<IStore> MakeAsync();

    /// <summary>Takes away what is left when the store is closed.</summary>
    protected virtual ValueTask RemoveAsync() => ValueTask.CompletedTask;
}
