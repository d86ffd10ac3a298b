using System.Globalization;
using System.Net;
using Crowsnest.Configuration;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>What commands that run the server have in common: from the start to an end in order.</summary>
internal static class Serving
{
    /// <summary>Runs the server until it is told to stop or a part of it breaks; gives the exit code.</summary>
    /// <param name="host">The world outside.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="config">What it does.</param>
    /// <param name="options">Where it listens.</param>
    /// <param name="onUp">Says that it answers.</param>
    /// <param name="alongside">What runs as long as the server does, until it is cancelled; it must not end before.</param>
    /// <param name="cancellationToken">Tells it to stop.</param>
    public static async Task<int> RunAsync(
        CommandHost host, string folder, CrowsnestConfig config, ServerOptions options, Func<CrowsnestHost, Task> onUp,
        Func<CrowsnestHost, CancellationToken, Task>? alongside, CancellationToken cancellationToken)
    {
        try
        {
            await using var crowsnest = await CrowsnestHost.StartAsync(folder, config, options, host.Environment("XDG_RUNTIME_DIR"), host.Out, host.Time, cancellationToken);
            await onUp(crowsnest);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task[] parts =
            [
                crowsnest.WatchAsync(words => host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(words)}"), host.Time, ending.Token),
                .. alongside is null ? [] : new[] { alongside(crowsnest, ending.Token) },
            ];
            try
            {
                await WaitAsync(await Task.WhenAny([crowsnest.Broken, .. parts]), cancellationToken);
            }
            finally
            {
                await ending.CancelAsync();
                foreach (var part in parts) await part.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await host.Error.WriteLineAsync("crowsnest: stopping".AsMemory(), CancellationToken.None);
        }
        catch (ServerRefusedException refused)
        {
            await host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(refused.Message)}".AsMemory(), CancellationToken.None);
            return refused.InnerException is null ? ExitCode.Usage : ExitCode.Unreachable;
        }

        return ExitCode.Done;
    }

    /// <summary>The address of <c>--listen</c>, or <see langword="null"/> when it was not given.</summary>
    public static IPEndPoint? Listen(Invocation invocation)
    {
        if (invocation.Option("--listen") is not { } text) return null;
        var colon = text.LastIndexOf(':');
        if (colon > 0 && int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= IPEndPoint.MaxPort)
        {
            var address = text[..colon];
            if (address.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return new IPEndPoint(IPAddress.Loopback, port);
            if (IPAddress.TryParse(address, out var parsed)) return new IPEndPoint(parsed, port);
        }

        throw new UsageException($"--listen: '{text}' is not an address and a port, as 127.0.0.1:8723 or [::1]:8723");
    }

    // What ended by itself is never well: half a server must not look like one.
    private static async Task WaitAsync(Task broken, CancellationToken cancellationToken)
    {
        try
        {
            await broken.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }
        catch (Exception failure)
        {
            throw new UnreachableStoreException($"stopped, because a part of it broke: {failure.Message}. What was acknowledged is on disk; start it again.", failure);
        }

        throw new UnreachableStoreException("stopped, because a part of it ended by itself. What was acknowledged is on disk; start it again.");
    }
}
