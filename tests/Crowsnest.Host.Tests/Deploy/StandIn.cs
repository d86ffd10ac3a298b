using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Tests;
using Crowsnest.Host.Tests.Commands;

namespace Crowsnest.Host.Tests.Deploy;

/// <summary>A process with AWS's interfaces on this machine, and the environment that leads to it.</summary>
internal sealed class StandIn(Process process, Uri address, string folder) : IAsyncDisposable
{
    /// <summary>Where it is.</summary>
    public Uri Address => address;

    public string Tool => Path.Combine(folder, "aws");

    public (string Name, string Value)[] Environment { get; } =
    [
        ("AWS_ENDPOINT_URL", address.GetLeftPart(UriPartial.Authority)), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "eu-west-1"), ("AWS_DEFAULT_REGION", "eu-west-1"),
    ];

    // The first start of all makes a Python environment.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task<StandIn> StartAsync()
    {
        var folder = Path.GetFullPath(Repository.PathOf("..", "shared", "peers", "aws"));
        if (!File.Exists(Path.Combine(folder, "start-ministack"))) Assert.Skip("skipped: no ../shared/peers/aws/start-ministack beside the repository");
        var address = new Uri($"http://127.0.0.1:{Peers.FreePort().ToString(CultureInfo.InvariantCulture)}/");

        var start = new ProcessStartInfo(Path.Combine(folder, "start-ministack"), [$"{address.Port}"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // Functions that it runs inherit it, and so call it and not AWS.
        start.Environment["AWS_ENDPOINT_URL"] = address.GetLeftPart(UriPartial.Authority);
        var process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var standIn = new StandIn(process, address, folder);
        using var http = new HttpClient();
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < Patience && !process.HasExited;)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(address, "_localstack/health"), TestContext.Current.CancellationToken);
                return standIn;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, TestContext.Current.CancellationToken);
            }
        }

        await standIn.DisposeAsync();
        Assert.Skip("skipped: ../shared/peers/aws/start-ministack does not start here");
        throw new InvalidOperationException();
    }

    /// <summary>Runs commands of a shell, with <c>aws</c> and <c>crowsnest</c> among them; answers what they print.</summary>
    public async Task<string> ShellAsync(CrowsnestProcess at, string commands)
    {
        // The AWS command line takes its endpoint for SQS from the option alone.
        var script = $$"""
            set -e
            aws() { "{{Tool}}" "$@" --endpoint-url "$AWS_ENDPOINT_URL"; }
            crowsnest() { "{{Repository.Program}}" "$@"; }
            {{commands}}
            """;
        var start = new ProcessStartInfo("bash", ["-c", script]) { WorkingDirectory = at.Folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{commands}\n{await output}\n{await error}");
        return await output;
    }

    /// <summary>Calls an operation of a service that speaks JSON; who signed is not asked here.</summary>
    public async Task<JsonElement> CallAsync(HttpClient http, string service, string target, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/x-amz-json-1.1")) };
        request.Headers.Add("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0");
        using var answer = await http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.IsSuccessStatusCode, $"{target}: {text}");
        return JsonElement.Parse(text.Length == 0 ? "{}" : text);
    }

    /// <summary>Ends the functions that it runs, in the middle of what they do; answers how many there were.</summary>
    public int KillFunctions()
    {
        var killed = 0;
        foreach (var found in Process.GetProcessesByName("bootstrap"))
        {
            using (found)
            {
                if (!IsOurs(found.Id)) continue;
                found.Kill();
                killed++;
            }
        }

        return killed;
    }

    public async Task EndAsync()
    {
        if (!process.HasExited) process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    // The parent is the fourth word of /proc/ID/stat, behind the name in brackets.
    private bool IsOurs(int id)
    {
        while (id > 1 && id != process.Id)
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{id}/stat");
                id = int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return false;
            }
        }

        return id == process.Id;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        process.Dispose();
    }
}
