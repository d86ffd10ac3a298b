using System.Globalization;
using System.Net;
using Crowsnest.Configuration;
using Crowsnest.Server;

namespace Crowsnest.Commands;

/// <summary>The server: takes events in, keeps them and answers, until it is told to stop.</summary>
internal static class UpCommand
{
    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "up",
        Summary = "runs the server: events in, API, and everything that works by itself",
        Arguments = "[--listen ADDRESS:PORT]",
        Options = [new("--listen", "ADDRESS", "where it listens (server.listen, else 127.0.0.1:8723); port 0 takes a free one")],
        Examples = ["crowsnest up", "crowsnest up --listen 127.0.0.1:9000 --data /var/lib/crowsnest", "curl -H 'Content-Type: application/json' --data-binary @event.json http://127.0.0.1:8723/api/v1/events"],
        Notes =
        [
            "It listens on this machine only, unless told otherwise; for another address a token must exist first ('crowsnest token create').",
            "While it runs, other commands on the same data folder go through it. SIGINT or SIGTERM ends it in order: what was taken in is committed first.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var host = invocation.Host;
        var config = invocation.LoadConfig();
        var options = new ServerOptions { Listen = Listen(invocation) ?? config.Server.Listen, ExternalUrl = config.Server.ExternalUrl, Version = ProductVersion.Text };
        try
        {
            await using var crowsnest = await CrowsnestHost.StartAsync(
                invocation.DataFolder, config, options, host.Environment("XDG_RUNTIME_DIR"), host.Out, host.Time, cancellationToken);
            await host.Error.WriteLineAsync($"""
                crowsnest {options.Version} is up at {crowsnest.Address.GetLeftPart(UriPartial.Authority)}
                  data     {SafeText.Of(invocation.DataFolder)}; events are kept {(config.Retention.Events is { } kept ? Units.Format(kept) : "for ever")} (retention.events)
                  callers  {crowsnest.AuthenticationInWords}
                  Ctrl-C stops it; what was taken in is on disk
                """.AsMemory(), cancellationToken);
            if (crowsnest.IsOpen && config.Server.ExternalUrl is { IsLoopback: false } external)
                await host.Error.WriteLineAsync($"crowsnest: whoever reaches {external} comes from this machine's own proxy and is admin; make a token ('crowsnest token create')".AsMemory(), cancellationToken);
            using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var watching = crowsnest.WatchAsync(
                health => host.Error.WriteLineAsync(health.IsReady ? "crowsnest: ready again" : $"crowsnest: not ready: {SafeText.Of(health.Reason)}"), host.Time, ending.Token);
            try
            {
                await WaitAsync(await Task.WhenAny(crowsnest.Broken, watching), cancellationToken);
            }
            finally
            {
                await ending.CancelAsync();
                await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
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

    private static IPEndPoint? Listen(Invocation invocation)
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
}
