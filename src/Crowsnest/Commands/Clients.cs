using System.Net.Sockets;
using Crowsnest.Server;
using Crowsnest.Sqlite;

namespace Crowsnest.Commands;

/// <summary>Finds who has the store: the server that was named, the process that holds the data folder, or nobody, and then it is opened here.</summary>
internal static class Clients
{
#pragma warning disable CA2000 // The client that is returned owns what was opened for it.
    /// <summary>A way to the store for a command that only reads: nothing is made, and a process that is only writing is not in its way.</summary>
    public static async Task<ICrowsnestClient> OpenToReadAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Server is { } server) return HttpClientClient.To(server, invocation.ReadToken());
        var folder = invocation.DataFolder;
        var config = await invocation.LoadConfigAsync(cancellationToken);
        if (await FindServerAsync(folder, cancellationToken) is { } found) return found;
        return !config.Store.IsShared
            ? LocalClient.OpenToRead(folder, config, invocation.Host)
            : await LocalClient.OnServerAsync(config, readOnly: true, invocation.Host, cancellationToken);
    }

    /// <summary>A way to the store for a command that only reads, but makes and keeps what makes the next reading fast where nobody else has the folder.</summary>
    public static async Task<ICrowsnestClient> OpenToRememberAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var config = invocation.Server is null ? await invocation.LoadConfigAsync(cancellationToken) : null;
        return config is { Store.IsShared: false } && SqliteStore.IsIn(invocation.DataFolder)
            && DataFolderLock.TryAcquire(invocation.DataFolder, ProductVersion.Text, invocation.Host.Environment("XDG_RUNTIME_DIR")) is { } held
                ? LocalClient.Open(held, invocation.DataFolder, config, invocation.Host)
                : await OpenToReadAsync(invocation, cancellationToken);
    }

    /// <summary>The server that was named, or the one that holds the data folder; <see langword="null"/> when none does.</summary>
    public static async Task<HttpClientClient?> FindServerAsync(Invocation invocation, CancellationToken cancellationToken) =>
        invocation.Server is { } server ? HttpClientClient.To(server, invocation.ReadToken()) : await FindServerAsync(invocation.DataFolder, cancellationToken);

    /// <summary>A way to the store for a command that changes it.</summary>
    public static async Task<ICrowsnestClient> OpenToWriteAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Server is { } server) return HttpClientClient.To(server, invocation.ReadToken());
        var folder = invocation.DataFolder;
        var config = await invocation.LoadConfigAsync(cancellationToken);

        // A shared store needs no lock, and an 'up' that has this folder is not in the way.
        if (config.Store.IsShared) return await LocalClient.OnServerAsync(config, readOnly: false, invocation.Host, cancellationToken);

        // Who holds the lock is asked only after it could not be taken, so that no moment lies between the two.
        return DataFolderLock.TryAcquire(folder, ProductVersion.Text, invocation.Host.Environment("XDG_RUNTIME_DIR")) is { } held
            ? LocalClient.Open(held, folder, config, invocation.Host)
            : await FindServerAsync(folder, cancellationToken) ?? throw DataFolderLock.InUse(folder);
    }

#pragma warning restore CA2000

    // A socket that nobody listens at is of a process that died; one of a process that takes no calls was never made.
    private static async Task<HttpClientClient?> FindServerAsync(string folder, CancellationToken cancellationToken)
    {
        if (DataFolderLock.ReadHolder(folder) is not { } holder || !File.Exists(holder.SocketPath)) return null;
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(holder.SocketPath), cancellationToken);
        }
        catch (SocketException)
        {
            return null;
        }

        return HttpClientClient.ToSocket(holder.SocketPath, holder.ProcessId);
    }
}
