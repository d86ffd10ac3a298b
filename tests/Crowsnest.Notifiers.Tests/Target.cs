using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Notifiers.Tests;

/// <summary>A real web server on this machine that answers what the test says and remembers what it got.</summary>
internal sealed class Target : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Target(WebApplication app) => _app = app;

    public ConcurrentQueue<(IHeaderDictionary Headers, byte[] Body)> Received { get; } = new();

    public Uri Url => new(_app.Urls.Single() + "/hooks/T0KENT0KENT0KEN?channel=ops");

    public static async Task<Target> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var target = new Target(app);
        app.Run(async http =>
        {
            using var body = new MemoryStream();
            await http.Request.Body.CopyToAsync(body);
            http.Items["body"] = body.ToArray();
            target.Received.Enqueue((new HeaderDictionary(http.Request.Headers.ToDictionary()), body.ToArray()));
            await answer(http);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return target;
    }

    public static Task<Target> AnsweringAsync(int status, string text = "") => StartAsync(http =>
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsync(text);
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
