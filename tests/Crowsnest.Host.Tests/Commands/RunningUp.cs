using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Crowsnest.Host.Tests.Commands;

/// <summary><c>crowsnest up</c> as a process of its own, on a free port; killed when the test ends, whatever became of it.</summary>
internal sealed partial class RunningUp : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _rest;

    private RunningUp(Process process, string started, Uri address, Task<string> rest)
    {
        (_process, Started, _rest) = (process, started, rest);
        Client = new HttpClient { BaseAddress = address };
    }

    /// <summary>What it said when it was up.</summary>
    public string Started { get; }

    public HttpClient Client { get; }

    public static Task<RunningUp> StartAsync(CrowsnestProcess at, params string[] arguments) => StartAsync(at, [], arguments);

    public static Task<RunningUp> StartAsync(CrowsnestProcess at, (string Name, string Value)[] environment, params string[] arguments) =>
        StartCommandAsync("up", "Ctrl-C", at, environment, arguments);

    /// <summary><c>crowsnest demo</c> instead: the same server, over a simulated fleet whose day is in.</summary>
    public static Task<RunningUp> StartDemoAsync(CrowsnestProcess at, (string Name, string Value)[] environment, params string[] arguments) =>
        StartCommandAsync("demo", "24 hours are in", at, environment, arguments);

    private static async Task<RunningUp> StartCommandAsync(string command, string until, CrowsnestProcess at, (string Name, string Value)[] environment, string[] arguments)
    {
        var process = Process.Start(at.Start([command, "--listen", "127.0.0.1:0", .. arguments], environment))!;
        process.StandardInput.Close();
        var started = "";
        while (await process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            started += line + "\n";
            if (line.Contains(until, StringComparison.Ordinal))
                return new RunningUp(process, started, new Uri(Address().Match(started).Value), process.StandardError.ReadToEndAsync(CancellationToken.None));
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {started}");
    }

    /// <summary>Tells it to end as a process manager does; gives its exit code and what it said since it was up.</summary>
    public async Task<(int ExitCode, string Error)> StopAsync(string signal = "TERM")
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _rest);
    }

    /// <summary>Ends it without a word, as a crash does.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    [GeneratedRegex("http://[0-9.:]+")]
    private static partial Regex Address();
}
