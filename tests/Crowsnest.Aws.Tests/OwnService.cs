using System.Globalization;
using System.Net;
using Crowsnest.Core.Tests;

namespace Crowsnest.Aws.Tests;

/// <summary>A service of our own on this machine, for what no stand-in does.</summary>
public abstract class OwnService : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Task _running;

    protected OwnService()
    {
        Address = new Uri($"http://127.0.0.1:{Peers.FreePort().ToString(CultureInfo.InvariantCulture)}/");
        _listener.Prefixes.Add(Address.AbsoluteUri);
        _listener.Start();
        _running = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        _listener.Stop();
        await _running;
        _listener.Close();
    }

    protected abstract Task AnswerAsync(HttpListenerContext context);

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                _ = Task.Run(() => AnswerAsync(context));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
