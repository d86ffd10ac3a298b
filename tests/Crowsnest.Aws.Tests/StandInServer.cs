using System.Diagnostics;
using System.Globalization;
using Amazon;
using Amazon.Runtime;
using Crowsnest.Core.Tests;

[assembly: AssemblyFixture(typeof(Crowsnest.Aws.Tests.Moto))]
[assembly: AssemblyFixture(typeof(Crowsnest.Aws.Tests.Ministack))]
[assembly: AssemblyFixture(typeof(Crowsnest.Aws.Tests.Dynalite))]

namespace Crowsnest.Aws.Tests;

/// <summary>A server that nobody here wrote, with AWS's interfaces, on this machine only: one for all tests, started by the first that asks. Tests skip aloud without it.</summary>
public abstract class StandInServer : IAsyncDisposable
{
    // The first start of all makes an environment for it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Lazy<Uri?> _started;
    private Process? _process;

    protected StandInServer() => _started = new Lazy<Uri?>(Start);

    public static AwsIdentity Identity { get; } = new(new BasicAWSCredentials("AKIDEXAMPLE", "secret"), RegionEndpoint.EUWest1);

    /// <summary>Where it is, or a skipped test.</summary>
    public Uri Address
    {
        get
        {
            if (_started.Value is null) Assert.Skip($"skipped: {Missing}");
            return _started.Value;
        }
    }

    /// <summary>What is missing when it cannot be started.</summary>
    protected abstract string Missing { get; }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>How it is started at a port, or <see langword="null"/>: it is not there.</summary>
    protected abstract ProcessStartInfo? Command(int port);

    private Uri? Start()
    {
        var address = new Uri($"http://127.0.0.1:{Peers.FreePort().ToString(CultureInfo.InvariantCulture)}/");
        if (Command(address.Port) is not { } start) return null;
        (start.RedirectStandardError, start.RedirectStandardOutput) = (true, true);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        using var http = new HttpClient();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !_process.HasExited;)
        {
            try
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, address);
                using var answer = http.Send(request);
                return address;
            }
            catch (HttpRequestException)
            {
                _process.WaitForExit(100);
            }
        }

        return null;
    }
}

/// <summary>moto: checks the requests of AWS's clients.</summary>
public sealed class Moto : StandInServer
{
    protected override string Missing => "no ../shared/peers/aws/start-moto beside the repository, or it does not start here";

    protected override ProcessStartInfo? Command(int port) => Peers.Find("aws", "start-moto") is { } start ? new ProcessStartInfo(start, [$"{port}"]) : null;
}

/// <summary>ministack: another stand-in, which knows a transaction again by its token.</summary>
public sealed class Ministack : StandInServer
{
    protected override string Missing => "no ../shared/peers/aws/start-ministack beside the repository, or it does not start here";

    protected override ProcessStartInfo? Command(int port) => Peers.Find("aws", "start-ministack") is { } start ? new ProcessStartInfo(start, [$"{port}"]) : null;
}

/// <summary>dynalite: DynamoDB without transactions, from its package (<c>./test</c> installs it).</summary>
public sealed class Dynalite : StandInServer
{
    protected override string Missing => "no tests/dynalite/node_modules ('npm ci' there installs it), or no node";

    protected override ProcessStartInfo? Command(int port) =>
        Peers.Repository is { } repository && Path.Combine(repository, "tests", "dynalite", "node_modules", "dynalite", "cli.js") is var program && File.Exists(program)
            ? new ProcessStartInfo("node", [program, "--host", "127.0.0.1", "--port", $"{port}", "--createTableMs", "0"])
            : null;
}
