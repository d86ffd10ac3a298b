using System.Diagnostics;
using System.Globalization;
using Crowsnest.Core.Tests;

[assembly: AssemblyFixture(typeof(Crowsnest.OpenSearch.Tests.OpenSearchServer))]
[assembly: Trait("Category", "slow")]

namespace Crowsnest.OpenSearch.Tests;

/// <summary>The real server, from beside the repository: one for all tests, on this machine only. Tests skip aloud without it.</summary>
public sealed class OpenSearchServer : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly string _data = Directory.CreateTempSubdirectory("crowsnest-opensearch-").FullName;
    private Process? _process;

    private static Uri? Started { get; set; }

    /// <summary>Where it is, or a skipped test.</summary>
    public static Uri Address
    {
        get
        {
            if (Started is null) Assert.Skip("skipped: no ../shared/peers/opensearch/start beside the repository, or it does not start here");
            return Started;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Peers.Find("opensearch", "start") is not { } start) return;

        var port = Peers.FreePort();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(start, [port.ToString(CultureInfo.InvariantCulture), "1", _data]) { RedirectStandardError = true, RedirectStandardOutput = true },
            EnableRaisingEvents = true,
        };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("ready:", StringComparison.Ordinal) == true) ready.TrySetResult();
        };
        _process.ErrorDataReceived += static (_, _) => { };
        _process.Exited += (_, _) => ready.TrySetCanceled();
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await Task.WhenAny(ready.Task, Task.Delay(Patience, TimeProvider.System));
        if (!ready.Task.IsCompletedSuccessfully) return;

        // Many small indices at once are what tests make; a cluster has more machines for them.
        var address = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");
        using var http = new HttpClient();
        using var settings = new StringContent("""{"persistent":{"cluster.max_shards_per_node":5000}}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.PutAsync(new Uri(address, "_cluster/settings"), settings);
        answer.EnsureSuccessStatusCode();
        Started = address;
    }

    public async ValueTask DisposeAsync()
    {
        Started = null;
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Directory.Delete(_data, recursive: true);
    }
}
