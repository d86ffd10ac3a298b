using System.Diagnostics;
using System.Globalization;
using Crowsnest.Core.Tests;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>An OpenSearch of one test's own.</summary>
internal sealed class StoreServer : IAsyncDisposable
{
    private readonly Process _process;

    private StoreServer(Process process, string url) => (_process, Url) = (process, url);

    public string Url { get; }

    public static async Task<StoreServer> StartAsync(CrowsnestProcess at)
    {
        var start = Peers.Find("opensearch", "start");
        if (start is null) Assert.Skip("skipped: no ../shared/peers/opensearch/start beside the repository");
        var port = Peers.FreePort().ToString(CultureInfo.InvariantCulture);
        var process = Process.Start(new ProcessStartInfo(start!, [port, "1", Path.Combine(at.Folder, "opensearch")]) { RedirectStandardOutput = true })!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line && !line.StartsWith("ready:", StringComparison.Ordinal))
        {
            // It says more before that.
        }

        return new StoreServer(process, $"http://127.0.0.1:{port}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }
}
