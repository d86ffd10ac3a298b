using System.Diagnostics;
using System.Globalization;
using Crowsnest.Core.Tests;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>An OpenSearch of one test's own.</summary>
internal sealed class StoreServer : IAsyncDisposable
{
    private readonly string[] _arguments;
    private Process _process;

    private StoreServer(Process process, string[] arguments, string url) => (_process, _arguments, Url) = (process, arguments, url);

    public string Url { get; }

    public static async Task<StoreServer> StartAsync(CrowsnestProcess at)
    {
        if (Peers.Find("opensearch", "start") is null) Assert.Skip("skipped: no ../shared/peers/opensearch/start beside the repository");
        var port = Peers.FreePort(Peers.OpenSearchPorts).ToString(CultureInfo.InvariantCulture);
        string[] arguments = [port, "1", Path.Combine(at.Folder, "opensearch")];
        return new StoreServer(await RunAsync(arguments), arguments, $"http://127.0.0.1:{port}");
    }

    /// <summary>Ends it as a machine's end does.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Starts it again after that, on what it had written.</summary>
    public async Task StartAgainAsync()
    {
        _process.Dispose();
        _process = await RunAsync(_arguments);
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    private static async Task<Process> RunAsync(string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(Peers.Find("opensearch", "start")!, arguments) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("ready:", StringComparison.Ordinal))
        {
            // It says more before that.
        }

        return process;
    }
}
