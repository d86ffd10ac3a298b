using System.Net;
using System.Net.Sockets;

namespace Crowsnest.Core.Tests;

/// <summary>Servers that nobody here wrote, which stand beside the repository and not in it.</summary>
public static class Peers
{
    /// <summary>The repository, or <see langword="null"/> when the tests run away from it.</summary>
    public static string? Repository
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Crowsnest.slnx"))) folder = folder.Parent;
            return folder?.FullName;
        }
    }

    /// <summary>A file among the peers, or <see langword="null"/> where there is none: then a test skips aloud.</summary>
    public static string? Find(params string[] path) =>
        Repository is { } repository && Path.Combine([repository, "..", "shared", "peers", .. path]) is var file && File.Exists(file) ? file : null;

    /// <summary>A port on this machine that nobody listens at.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
