using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Crowsnest.Core.Tests;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>A real server of its own, from beside the repository, on this machine only: to be ended in the middle, halted, and started again with the same data.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly ProcessStartInfo _start;
    private readonly string _data;
    private Process? _process;

    private ServerProcess(int port, string data, string program, params string[] arguments) =>
        (Address, _data, _start) = (new Uri($"http://127.0.0.1:{Text(port)}/"), data, new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });

    /// <summary>Where it listens (its first node).</summary>
    public Uri Address { get; }

    /// <summary>One that is not started, with so many nodes in one process; <see langword="null"/> where there is none beside the repository.</summary>
    public static ServerProcess? Find(int nodes = 1)
    {
        if (Peers.Find("opensearch", "start") is not { } start) return null;
        var (port, data) = (Peers.FreePort(Peers.OpenSearchPorts), NewFolder());
        return new ServerProcess(port, data, start, Text(port), Text(nodes), data);
    }

    /// <summary>The nodes of one cluster, each in a process of its own; none where there is no server beside the repository.</summary>
    public static IReadOnlyList<ServerProcess> FindCluster(int nodes)
    {
        if (Peers.Find("opensearch", "start") is not { } start) return [];
        var port = Peers.FreePort(Peers.OpenSearchPorts);
        return [.. Enumerable.Range(1, nodes).Select(number =>
        {
            var data = NewFolder();
            return new ServerProcess(
                port + number - 1, data, "java", "-Xms256m", "-Xmx512m", "--add-opens", "java.base/java.nio=ALL-UNNAMED", "-cp", Path.Combine(Path.GetDirectoryName(start)!, "lib", "*"),
                Path.Combine(Peers.Repository!, "tests", "Crowsnest.OpenSearch.Tests", "Cluster", "Node.java"), Text(number), Text(port), Text(nodes), data);
        })];
    }

    /// <summary>Starts it, and waits until it says that it is ready; false when it did not, with what it said on the test's output.</summary>
    public async Task<bool> StartAsync()
    {
        var said = new ConcurrentQueue<string>();
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = _start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.StartsWith("ready:", StringComparison.Ordinal) == true) ready.TrySetResult();
            else said.Enqueue(line.Data ?? "");
        };
        _process.ErrorDataReceived += (_, line) => said.Enqueue(line.Data ?? "");
        _process.Exited += (_, _) => ready.TrySetCanceled();
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await Task.WhenAny(ready.Task, Task.Delay(Patience, TimeProvider.System));
        if (ready.Task.IsCompletedSuccessfully) return true;
        foreach (var line in said.TakeLast(40)) TestContext.Current.TestOutputHelper?.WriteLine(line);
        return false;
    }

    /// <summary>Ends it at once (SIGKILL); its data stays.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Halts it where it is: it takes connections and answers nothing.</summary>
    public Task HaltAsync() => SignalAsync("STOP");

    /// <summary>Lets it go on.</summary>
    public Task GoOnAsync() => SignalAsync("CONT");

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static string NewFolder() => Directory.CreateTempSubdirectory("crowsnest-opensearch-").FullName;

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, Text(_process!.Id)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }
}
