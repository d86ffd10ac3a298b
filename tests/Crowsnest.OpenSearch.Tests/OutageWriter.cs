using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Crowsnest.Core.Tests;

namespace Crowsnest.OpenSearch.Tests;

/// <summary>The built program as a server on a shared store, which a test ends at once and starts again.</summary>
internal sealed class OutageWriter(string folder, Uri store, Uri webhook) : IAsyncDisposable
{
    // A try that takes longer is made again, perhaps with the other writer, as a queue gives a batch again that nobody acknowledged. Longer than a server takes to
    // come back: what is given again would hide that it was acknowledged and not stored.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PatienceWithHalted = TimeSpan.FromSeconds(3);

    private readonly HttpClient _http = new() { Timeout = Patience };
    private readonly string _address = "127.0.0.1:" + Peers.FreePort().ToString(CultureInfo.InvariantCulture);
    private readonly ConcurrentQueue<string?> _said = new();
    private Process? _process;

    /// <summary>Starts it, and waits until it is ready.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var data = Directory.CreateDirectory(Path.Combine(folder, _address.Replace(':', '-'))).FullName;
        var config = Path.Combine(data, "crowsnest.yaml");
        await File.WriteAllTextAsync(config, $$"""
            store: {kind: opensearch, url: '{{store}}'}
            route: {receiver: ops, group_wait: 1s}
            receivers:
              - name: ops
                webhook_configs: [{url: '{{webhook}}', allow_private: true}]
            """, cancellationToken);
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(Peers.Repository!, "artifacts", "bin", "Crowsnest", "release", "crowsnest"), ["up", "--listen", _address, "--data", data, "--config", config])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            },
        };
        _process.OutputDataReceived += (_, line) => _said.Enqueue(line.Data);
        _process.ErrorDataReceived += (_, line) => _said.Enqueue(line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await OpenSearchOutageTests.UntilAsync(() => AnswersAsync(HttpMethod.Get, "-/ready", null, HttpStatusCode.OK, cancellationToken), cancellationToken);
    }

    /// <summary>Ends it at once (SIGKILL).</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <summary>Gives it events; true when it says that they are stored.</summary>
    public Task<bool> TryPostAsync(string lines, CancellationToken cancellationToken) => AnswersAsync(HttpMethod.Post, "api/v1/events", lines, HttpStatusCode.Accepted, cancellationToken);

    /// <summary>The same, while the server hangs: gives up soon.</summary>
    public async Task<bool> TryPostToHaltedAsync(string lines, CancellationToken cancellationToken)
    {
        using var soon = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        soon.CancelAfter(PatienceWithHalted);
        try
        {
            return await TryPostAsync(lines, soon.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _http.Dispose();
    }

    private async Task<bool> AnswersAsync(HttpMethod method, string path, string? body, HttpStatusCode expected, CancellationToken cancellationToken)
    {
        // Nothing but a test may end it.
        if (_process is { HasExited: true }) Assert.Fail("A writer ended by itself: " + string.Join('\n', _said.TakeLast(40)));
        using var request = new HttpRequestMessage(method, new Uri($"http://{_address}/{path}"));
        if (body is not null) request.Content = new StringContent(body, MediaTypeHeaderValue.Parse("application/json"));
        try
        {
            using var answer = await _http.SendAsync(request, cancellationToken);
            return answer.StatusCode == expected;
        }
        catch (Exception away) when (away is HttpRequestException || (away is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}

/// <summary>A receiver of webhooks: which service's failure each message told, and the message's id.</summary>
internal sealed class WebhookSink : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Lock _gate = new();
    private readonly List<(string Service, string Message)> _told = [];
    private readonly Task _serving;

    public WebhookSink()
    {
        Address = new Uri($"http://127.0.0.1:{Peers.FreePort().ToString(CultureInfo.InvariantCulture)}/hook/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Address { get; }

    public IReadOnlyList<(string Service, string Message)> Told
    {
        get
        {
            lock (_gate) return [.. _told];
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            var context = await _listener.GetContextAsync();
            try
            {
                using var body = await JsonDocument.ParseAsync(context.Request.InputStream);
                var message = body.RootElement.GetProperty("notificationId").GetString()!;
                lock (_gate)
                {
                    foreach (var alert in body.RootElement.GetProperty("alerts").EnumerateArray()) _told.Add((alert.GetProperty("labels").GetProperty("service").GetString()!, message));
                }

                context.Response.Close();
            }
            catch (Exception cut) when (cut is IOException or HttpListenerException or JsonException)
            {
                // Its sender was ended in the middle: it was not told.
            }
        }
    }
}
