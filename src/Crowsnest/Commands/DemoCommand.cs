using System.Globalization;
using System.Net;
using Crowsnest.Configuration;
using Crowsnest.Demo;
using Crowsnest.Server;
using Crowsnest.Simulator;

namespace Crowsnest.Commands;

/// <summary>The server over a simulated fleet: a day behind it, and going on.</summary>
internal static class DemoCommand
{
    private static readonly TimeSpan Backlog = TimeSpan.FromHours(24);

    // A page that opens should not begin with two hours of old messages.
    private static readonly CrowsnestConfig Config = new() { OutboxMaxAge = TimeSpan.FromMinutes(5) };

    /// <summary>The command.</summary>
    public static readonly CommandSpec Spec = new()
    {
        Name = "demo",
        Summary = "runs the server with a simulated fleet, to look around",
        Arguments = "[--seed N] [--speed X] [--listen ADDRESS:PORT]",
        Options =
        [
            new("--seed", "N", "which fleet, and what happens to it (1)"),
            new("--speed", "X", "how fast it lives from now on: 1 is as the clock goes, 10 ten times as fast (1)"),
            new("--listen", "ADDRESS", "where it listens (127.0.0.1:8724); port 0 takes a free one"),
        ],
        Examples = ["crowsnest demo", "crowsnest demo --speed 20 --seed 7", "crowsnest search 'outcome:failure' --by kind --data crowsnest-demo"],
        Notes =
        [
            "It opens with the last 24 simulated hours and goes on from there: events every few seconds, a failure every minute or so. What is over five minutes old when it "
            + "starts is recorded and not told; what happens then is told here, on the console, and nowhere else.",
            "It reads no configuration, heeds neither CROWSNEST_CONFIG nor CROWSNEST_DATA, and needs no AWS account. Its data is in ./crowsnest-demo (or --data), which is emptied at each start; a folder that it did not make it refuses.",
        ],
        Run = RunAsync,
    };

    private static Task<int> RunAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        if (invocation.Option("--config") is not null) throw new UsageException("--config: the demo reads no configuration; 'crowsnest up' does");
        var host = invocation.Host;
        var seed = SimulateCommand.Seed(invocation);
        var speed = Speed(invocation);
        var options = new ServerOptions { Listen = Serving.Listen(invocation) ?? new IPEndPoint(IPAddress.Loopback, 8724), Version = ProductVersion.Text };

        // Not CROWSNEST_DATA: that names what somebody works with.
        var folder = Path.GetFullPath(invocation.Option("--data") ?? DemoFolder.Name);
        DemoFolder.Prepare(folder, options.Version, host.Environment("XDG_RUNTIME_DIR"));
        return Serving.RunAsync(host, folder, Config, options, OnUpAsync, SimulateAsync, cancellationToken);

        Task OnUpAsync(CrowsnestHost crowsnest) => host.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"""
            crowsnest {options.Version} demo is up: open {crowsnest.Address}
              fleet    simulated, seed {seed}, speed {speed}: nothing here is real, and nothing leaves this machine
              data     {SafeText.Of(folder)} (emptied at each start)
              look at  what failed lately and why; 'checkout', whose deployment is rolled back each day; 'search-indexer', which outgrows its memory
              or try   crowsnest search 'outcome:failure' --by kind --data {SafeText.Of(Path.GetRelativePath(".", folder))}
              Ctrl-C stops it
            """).AsMemory(), CancellationToken.None);

        async Task SimulateAsync(CrowsnestHost crowsnest, CancellationToken ending)
        {
            // Off the caller's thread: simulating a day is work, and whoever waits for Ctrl-C should not wait for it.
            await Task.Yield();
            var now = host.Time.GetUtcNow();
            using var fleet = new FleetSimulator(new SimulatorOptions { Seed = seed, Start = now - Backlog, PaceFrom = now, Pace = speed });
            var source = new SimulatorSource(fleet, crowsnest.Pipeline, Composition.Masking(Config), host.Time);
            var (events, failures) = await source.BacklogAsync(now, ending);
            await host.Error.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"crowsnest: the last 24 hours are in: {events} events that speak of {failures} failures; from now on as it happens").AsMemory(), ending);
            await source.LiveAsync(ending);
        }
    }

    private static double Speed(Invocation invocation)
    {
        if (invocation.Option("--speed") is not { } text) return 1;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var speed) && speed is >= 0.1 and <= 1000
            ? speed
            : throw new UsageException($"--speed: '{text}' is not a number from 0.1 to 1000");
    }
}
