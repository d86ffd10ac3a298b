using System.Diagnostics;
using System.Text.Json;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>A <c>tail</c> as a process, whose lines a test waits for.</summary>
internal sealed class RunningTail(CrowsnestProcess at, params string[] words) : IDisposable
{
    private readonly Process _process = Process.Start(at.Start(words))!;

    public async Task<string> LineAsync() => await _process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) ?? throw new InvalidOperationException(
        "tail ended: " + await _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));

    public async Task<string?> NextAsync() => JsonElement.Parse(await LineAsync()).GetProperty("id").GetString();

    public async Task<string> NextErrorAsync(string words)
    {
        while (await _process.StandardError.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            if (line.Contains(words, StringComparison.Ordinal)) return line;
        }

        throw new InvalidOperationException($"tail ended without saying: {words}");
    }

    public async Task<(int ExitCode, string Error)> InterruptAsync()
    {
        using var kill = Process.Start("kill", ["-INT", $"{_process.Id}"]);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }
}
