using Crowsnest.Configuration;
using Crowsnest.Core.Pipeline;
using Crowsnest.Sqlite;

namespace Crowsnest.Commands;

/// <summary>A store that is open, as the configuration says which.</summary>
/// <param name="Store">The store.</param>
/// <param name="Tokens">The API tokens kept with it.</param>
/// <param name="Shared">The same, where several processes share it.</param>
internal sealed record OpenedStore(IStore Store, ITokenStore Tokens, SharedStore? Shared) : IAsyncDisposable
{
    /// <summary>The embedded store, or <see langword="null"/> when the store is a server's.</summary>
    public SqliteStore? Embedded => Store as SqliteStore;

    /// <summary>Opens the embedded store in a folder.</summary>
    /// <exception cref="StoreException">It cannot be opened; the hint says what to do.</exception>
    public static OpenedStore InFolder(SqliteStoreOptions options, TimeProvider time)
    {
#pragma warning disable CA2000 // What is returned owns it.
        var store = SqliteStore.Open(options, time);
#pragma warning restore CA2000
        return new OpenedStore(store, store.Tokens, null);
    }

    /// <summary>Connects to a shared store.</summary>
    /// <param name="config">Where it is.</param>
    /// <param name="retention">How long it keeps events.</param>
    /// <param name="readOnly">Nothing is made there; it must exist.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="StoreException">It cannot be reached or is not there; the hint says what to do.</exception>
    public static async Task<OpenedStore> OnServerAsync(StoreConfig config, Retention retention, bool readOnly, TimeProvider time, CancellationToken cancellationToken)
    {
        var shared = await SharedStore.OpenAsync(config, retention, readOnly, time, cancellationToken);
        return new OpenedStore(shared.Store, shared.Tokens, shared);
    }

    /// <summary>Makes sure that what was written survives a power cut and is found by searches.</summary>
    public Task SyncAsync(CancellationToken cancellationToken) => Embedded?.SyncAsync(cancellationToken).AsTask() ?? Shared?.RefreshAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Store.DisposeAsync();
}
