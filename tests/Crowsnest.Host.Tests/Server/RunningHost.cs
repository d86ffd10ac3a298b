using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Crowsnest.Configuration;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

/// <summary>The whole system in this process: real store in a folder of its own, real pipeline, real server.</summary>
internal sealed class RunningHost : IAsyncDisposable
{
    private readonly CrowsnestHost _host;
    private readonly string _folder;
    private bool _kept;

    private RunningHost(CrowsnestHost host, string folder)
    {
        (_host, _folder) = (host, folder);
        Client = new HttpClient { BaseAddress = host.Address };
    }

    public HttpClient Client { get; }

    public static Task<RunningHost> StartAsync(CrowsnestConfig? config = null) => StartAsync(Directory.CreateTempSubdirectory("crowsnest-host-").FullName, config ?? new CrowsnestConfig(), TimeProvider.System);

    private static async Task<RunningHost> StartAsync(string folder, CrowsnestConfig config, TimeProvider time)
    {
        var options = new ServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Version = "1.2.3" };
        return new RunningHost(
            await CrowsnestHost.StartAsync(folder, config, options, null, TextWriter.Null, time, TestContext.Current.CancellationToken), folder);
    }

    /// <summary>Ends, and starts on the same folder with a clock that is ahead.</summary>
    public async Task<RunningHost> RestartAsync(TimeSpan later)
    {
        Client.Dispose();
        await _host.DisposeAsync();
        _kept = true;
        return await StartAsync(_folder, new CrowsnestConfig(), new LaterTime(later));
    }

    public async Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK)
    {
        using var answer = await Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return await ReadAsync(answer, expected);
    }

    public Task<JsonElement> PostAsync(string path, string body, HttpStatusCode expected) => PostAsync(path, Encoding.UTF8.GetBytes(body), expected);

    public async Task<JsonElement> PostAsync(string path, byte[] body, HttpStatusCode expected)
    {
        using var content = new ByteArrayContent(body);
        if (body.Length > 0) content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await Client.PostAsync(new Uri(path, UriKind.Relative), content, TestContext.Current.CancellationToken);
        return await ReadAsync(answer, expected);
    }

    public async ValueTask DisposeAsync()
    {
        if (_kept) return;
        Client.Dispose();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer, HttpStatusCode expected)
    {
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(expected == answer.StatusCode, $"{(int)answer.StatusCode}: {body}");
        return JsonElement.Parse(body);
    }

    private sealed class LaterTime(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
