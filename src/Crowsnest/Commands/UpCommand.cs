using System.Runtime.InteropServices;
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
            "SIGHUP, or POST /-/reload, reads the configuration again: rules and who is told are taken whole or, when it has mistakes, stay as they were.",
            "While it runs, other commands on the same data folder go through it. SIGINT or SIGTERM ends it in order: what was taken in is committed first.",
        ],
        Run = RunAsync,
    };

    private static async Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        var host = invocation.Host;
        var config = await invocation.LoadConfigAsync(cancellationToken);
        var options = new ServerOptions { Listen = Serving.Listen(invocation) ?? config.Server.Listen, ExternalUrl = config.Server.ExternalUrl, Version = ProductVersion.Text, ReadConfig = invocation.LoadConfigAsync };
        return await Serving.RunAsync(host, invocation.DataFolder, config, options, OnUpAsync, (crowsnest, stop) => ReloadWhenToldAsync(host, crowsnest, stop), cancellationToken);

        async Task OnUpAsync(CrowsnestHost crowsnest)
        {
            // Told to stop while it says so, it stops as it does later.
            await host.Error.WriteLineAsync($"""
                crowsnest {options.Version} is up at {crowsnest.Address.GetLeftPart(UriPartial.Authority)}
                  {(config.Store.IsShared ? $"store    {SafeText.Of(config.Store.InWords)}" : $"data     {SafeText.Of(invocation.DataFolder)}")}; events are kept {(config.Retention.Events is { } kept ? Units.Format(kept) : "for ever")} (retention.events)
                  callers  {crowsnest.AuthenticationInWords}
                {(crowsnest.Sources.Count == 0 ? "" : $"  reads    {SafeText.Of(string.Join(", ", crowsnest.Sources))}\n")}  Ctrl-C stops it; what was taken in is on disk
                """.AsMemory(), CancellationToken.None);
            if (crowsnest.IsOpen && config.Server.ExternalUrl is { IsLoopback: false } external)
                await host.Error.WriteLineAsync($"crowsnest: whoever reaches {external} comes from this machine's own proxy and is admin; make a token ('crowsnest token create')".AsMemory(), CancellationToken.None);
        }
    }

    private static async Task ReloadWhenToldAsync(CommandHost host, CrowsnestHost crowsnest, CancellationToken cancellationToken)
    {
        using var asked = new SemaphoreSlim(0);
        using var signal = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
        {
            context.Cancel = true;
            asked.Release();
        });
        while (true)
        {
            await asked.WaitAsync(cancellationToken);
            await host.Error.WriteLineAsync($"crowsnest: {SafeText.Of(await crowsnest.ReloadAsync(cancellationToken))}");
        }
    }
}
