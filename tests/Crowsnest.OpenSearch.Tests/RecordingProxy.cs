using System.Collections.Concurrent;
using System.Net;
using Crowsnest.Core.Tests;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>Stands before the real server: keeps what is asked, and answers by itself where a test says so, as a security plugin would.</summary>
internal sealed class RecordingProxy : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false });
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly TaskCompletionSource _together = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Uri? _server;
    private readonly Task _serving;

    /// <summary>Before a server; the one of all tests unless told.</summary>
    public RecordingProxy(Uri? server = null)
    {
        _server = server;
        Address = new Uri($"http://127.0.0.1:{Peers.FreePort()}/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>Method and path, a line each, in the order in which they came.</summary>
    public IReadOnlyList<string> Requests => [.. _requests];

    /// <summary>What is refused with 403.</summary>
    public Func<string, bool> Refuses { get; set; } = static _ => false;

    /// <summary>Called with each request before it goes on to the server.</summary>
    public Func<string, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Called with each request that the server has answered; true when the answer is to be lost.</summary>
    public Func<string, Task<bool>> Loses { get; set; } = static _ => Task.FromResult(false);

    /// <summary>So many requests must be under way at once before any is answered.</summary>
    public int Together { get; set; }

    public void Forget() => _requests.Clear();

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _http.Dispose();
    }

    private async Task ServeAsync()
    {
        var answering = new List<Task>();
        while (_listener.IsListening) answering.Add(AnswerAsync(await _listener.GetContextAsync()));
        await Task.WhenAll(answering);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        var line = $"{context.Request.HttpMethod} {context.Request.RawUrl}";
        _requests.Enqueue(line);
        if (_requests.Count >= Together) _together.TrySetResult();
        if (Together > 0) await _together.Task;
        if (Refuses(line))
        {
            context.Response.StatusCode = 403;
            await context.Response.OutputStream.WriteAsync("""{"error":{"type":"security_exception","reason":"no permissions"},"status":403}"""u8.ToArray());
            context.Response.Close();
            return;
        }

        try
        {
            await Before(line);
            await ForwardAsync(context, line);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or HttpListenerException or ObjectDisposedException)
        {
            // The server or who asked has ended: the other hears of a broken connection, or a success without a body, as proxies do.
            context.Response.Abort();
        }
    }

    private async Task ForwardAsync(HttpListenerContext context, string line)
    {
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), new Uri(_server ?? OpenSearchServer.Address, context.Request.RawUrl));
        if (context.Request.HasEntityBody)
        {
            request.Content = new StreamContent(context.Request.InputStream);
            request.Content.Headers.TryAddWithoutValidation("Content-Type", context.Request.ContentType);
        }

        using var answer = await _http.SendAsync(request);
        if (await Loses(line))
        {
            context.Response.Abort();
            return;
        }

        context.Response.StatusCode = (int)answer.StatusCode;
        if (context.Request.HttpMethod != "HEAD") await answer.Content.CopyToAsync(context.Response.OutputStream);
        context.Response.Close();
    }
}
