using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Host.Tests.Commands;

/// <summary>A real web server on this machine that takes what is posted to it.</summary>
internal sealed class WebhookTarget : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<string> _posted = Channel.CreateUnbounded<string>();
    private int _count;

    private WebhookTarget(WebApplication app) => _app = app;

    public string Url => _app.Urls.Single() + "/hook";

    /// <summary>How many came so far.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Starts it; <paramref name="before"/> runs before an answer is given, and is told whether the message is the first.</summary>
    public static async Task<WebhookTarget> StartAsync(Func<bool, Task>? before = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var target = new WebhookTarget(app);
        app.MapPost("/hook", async (HttpContext http) =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var body = await reader.ReadToEndAsync();
            var isFirst = Interlocked.Increment(ref target._count) == 1;
            target._posted.Writer.TryWrite(body);
            if (before is not null) await before(isFirst);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return target;
    }

    /// <summary>The next message; waits for it.</summary>
    public async Task<JsonElement> NextAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        return JsonElement.Parse(await _posted.Reader.ReadAsync(limit.Token));
    }

    /// <summary>What came since this was asked last, without waiting.</summary>
    public IReadOnlyList<JsonElement> Taken()
    {
        var taken = new List<JsonElement>();
        while (_posted.Reader.TryRead(out var body)) taken.Add(JsonElement.Parse(body));
        return taken;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
