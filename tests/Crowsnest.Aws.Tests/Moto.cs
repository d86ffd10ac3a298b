using System.Diagnostics;
using System.Globalization;
using Amazon;
using Amazon.Runtime;
using Crowsnest.Core.Tests;

[assembly: AssemblyFixture(typeof(Crowsnest.Aws.Tests.Moto))]

namespace Crowsnest.Aws.Tests;

/// <summary>A server that nobody here wrote, with AWS's interfaces, from beside the repository: one for all tests, on this machine only. Tests skip aloud without it.</summary>
public sealed class Moto : IAsyncLifetime
{
    // The first start of all makes a Python environment.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private Process? _process;

    public static AwsIdentity Identity { get; } = new(new BasicAWSCredentials("AKIDEXAMPLE", "secret"), RegionEndpoint.EUWest1);

    private Uri? Started { get; set; }

    /// <summary>Where it is, or a skipped test.</summary>
    public Uri Address
    {
        get
        {
            if (Started is null) Assert.Skip("skipped: no ../shared/peers/aws/start-moto beside the repository, or it does not start here");
            return Started;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Peers.Find("aws", "start-moto") is not { } start) return;

        var address = new Uri($"http://127.0.0.1:{Peers.FreePort().ToString(CultureInfo.InvariantCulture)}/");
        _process = Process.Start(new ProcessStartInfo(start, [address.Port.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.ErrorDataReceived += static (_, _) => { };
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        using var http = new HttpClient { BaseAddress = address };
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !_process.HasExited;)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri("moto-api/data.json", UriKind.Relative));
                if (!answer.IsSuccessStatusCode) continue;
                Started = address;
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
