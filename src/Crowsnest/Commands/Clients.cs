using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>Finds who has the store: the server that was named, the process that holds the data folder, or nobody, and then it is opened here.</summary>
internal static class Clients
{
    /// <summary>Opens the way to the store.</summary>
    public static ICrowsnestClient Open(Invocation invocation, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (invocation.Server is { } server) return HttpClientClient.To(server, invocation.ReadToken());
        var folder = invocation.DataFolder;
        var config = invocation.LoadConfig();
        return DataFolderLock.FindHolder(folder) is { } holder
            ? HttpClientClient.ToSocket(holder.SocketPath, holder.ProcessId)
            : LocalClient.Open(folder, config, invocation.Host);
    }
}
