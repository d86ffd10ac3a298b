using System.Net;
using System.Net.Sockets;

namespace Crowsnest.Core.Tests;

/// <summary>Servers that nobody here wrote, which stand beside the repository and not in it.</summary>
public static class Peers
{
    /// <summary>How many ports in a row OpenSearch's start takes: nodes answer HTTP from the first on, and speak to each other 100 higher.</summary>
    public const int OpenSearchPorts = 110;

    // Processes that look at the same time begin at different places.
    private static int _ports = Environment.ProcessId * 127;

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

    /// <summary>A port on this machine that nobody listens at: the first of <paramref name="inARow"/> such ports, for a server that takes several.</summary>
    /// <remarks>Below the ports that the system lends to outgoing connections (32768 and up on Linux): of those, one that is free now may be another's a moment later.</remarks>
    public static int FreePort(int inARow = 1)
    {
        const int First = 15_000, Last = 32_000;
        for (var tries = 0; tries < 1_000; tries++)
        {
            var port = First + (int)((uint)(Interlocked.Add(ref _ports, inARow) - inARow) % (Last - First - inARow));
            if (Enumerable.Range(port, inARow).All(IsFree)) return port;
        }

        throw new InvalidOperationException($"no {inARow} free ports in a row between {First} and {Last}");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
