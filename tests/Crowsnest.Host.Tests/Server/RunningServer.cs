using System.Net;
using System.Text;
using Crowsnest.Core.Diagnosis;
using Crowsnest.Core.Events;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.InMemory;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

/// <summary>The real server on an address of its own, and a client to it.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    private readonly IngestPipeline _pipeline;

    private readonly IStore _store;

    private RunningServer(CrowsnestServer server, IStore store, IngestPipeline pipeline)
    {
        _pipeline = pipeline;
        Server = server;
        _store = store;
#pragma warning disable CA2000 // The client owns its handler.
        Client = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromMinutes(1) }) { BaseAddress = server.Address };
#pragma warning restore CA2000
    }

    public CrowsnestServer Server { get; }

    public HeldStore Store => (HeldStore)_store;

    public HttpClient Client { get; }

    public static async Task<RunningServer> StartAsync(Func<ServerOptions, ServerOptions>? with = null, Func<ServerParts, ServerParts>? having = null, IStore? store = null)
    {
#pragma warning disable CA2000 // What it holds is memory.
        store ??= new HeldStore();
#pragma warning restore CA2000
        var options = new ServerOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0), Version = "1.2.3" };
        var (pipeline, parts) = Parts(store);
        var server = await CrowsnestServer.CreateAsync(with?.Invoke(options) ?? options, having?.Invoke(parts) ?? parts, TestContext.Current.CancellationToken);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return new RunningServer(server, store, pipeline);
    }

    public static (IngestPipeline Pipeline, ServerParts Parts) Parts(IStore store)
    {
        var diagnoser = new EventDiagnoser();
        var pipeline = new IngestPipeline(store, diagnoser, null, TimeProvider.System);
        return (pipeline, new ServerParts(store, new InMemoryTokenStore(), pipeline, diagnoser, new MaskingOptions(), TimeProvider.System));
    }

    public async Task<string> TokenAsync(TokenRole role) =>
        (await Server.Tokens.CreateAsync($"for {role}", role, TestContext.Current.CancellationToken)).Secret;

    public async Task<(HttpStatusCode Status, string Body)> SendAsync(
        string method, string path, string? body = null, string? type = null, string? token = null, params (string Name, string Value)[] headers)
    {
        using var response = await RespondAsync(method, path, body, type, token, headers);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async Task<HttpResponseMessage> RespondAsync(
        string method, string path, string? body = null, string? type = null, string? token = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));

            // Of what is too large the answer comes before it is sent, and not into the middle of it.
            request.Headers.ExpectContinue = body.Length > 1 << 20;
            if (type is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        }

        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.StopAsync(TimeSpan.FromSeconds(5));
        await Server.DisposeAsync();
        await _pipeline.DisposeAsync();
    }
}
