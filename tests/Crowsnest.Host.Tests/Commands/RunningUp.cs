using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Crowsnest.Host.Tests.Commands;

/// <summary><c>crowsnest up</c> as a process of its own, on a free port; killed when the test ends, whatever became of it.</summary>
internal sealed partial class RunningUp : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HeardLines _said, _told;

    private RunningUp(Process process, string started, Uri address)
    {
        (_process, Started) = (process, started);
        (_said, _told) = (new HeardLines(process.StandardError), new HeardLines(process.StandardOutput));
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
                return new RunningUp(process, started, new Uri(Address().Match(started).Value));
        }

        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {started}");
    }

    /// <summary>Sends it a signal.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await kill.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Tells it to end as a process manager does; gives its exit code and what it said since it was up.</summary>
    public async Task<(int ExitCode, string Error)> StopAsync(string signal = "TERM")
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _said.Rest);
    }

    /// <summary>Waits until it says so, in a line of its own.</summary>
    public Task SaysAsync(string line) => SaysAsync(said => said == line);

    /// <summary>Waits until it says a line that is so.</summary>
    public Task SaysAsync(Func<string, bool> isLine) => _said.UntilAsync(isLine);

    /// <summary>Waits until a message on its console has a line that is so; gives all that it told by then.</summary>
    public Task<string> TellsAsync(Func<string, bool> isLine) => _told.UntilAsync(isLine);

    /// <summary>Ends it without a word, as a crash does.</summary>
    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await Task.WhenAll(_said.Rest, _told.Rest);
        _process.Dispose();
    }

    [GeneratedRegex("http://[0-9.:]+")]
    private static partial Regex Address();

    /// <summary>What a stream says, line by line.</summary>
    private sealed class HeardLines
    {
        private readonly StringBuilder _heard = new();
        private readonly Channel<bool> _more = Channel.CreateUnbounded<bool>();

        public HeardLines(StreamReader stream) => Rest = ReadAsync(stream);

        /// <summary>All of it, when it has ended.</summary>
        public Task<string> Rest { get; }

        public async Task<string> UntilAsync(Func<string, bool> isLine)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60), TimeProvider.System);
            while (true)
            {
                lock (_heard)
                {
                    if (_heard.ToString() is var all && all.Split('\n').Any(isLine)) return all;
                }

                await _more.Reader.ReadAsync(limit.Token);
            }
        }

        private async Task<string> ReadAsync(StreamReader stream)
        {
            while (await stream.ReadLineAsync(CancellationToken.None) is { } line)
            {
                lock (_heard) _heard.Append(line).Append('\n');
                _more.Writer.TryWrite(true);
            }

            lock (_heard) return _heard.ToString();
        }
    }
}
