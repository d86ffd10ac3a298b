using System.Net;

namespace Crowsnest.Notifiers.Http;

/// <summary>Makes HTTP clients that connect only to addresses that a configuration may lead to, and follow nothing.</summary>
public static class GuardedHttp
{
    /// <summary>A client without a time of its own: whoever calls ends the call.</summary>
    /// <param name="allowPrivate">Whether a name may lead to this machine or a private network; a literal address may.</param>
    /// <param name="timeout">How long connecting may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="resolve">Looks names up; the system's when <see langword="null"/>.</param>
    public static HttpClient Create(bool allowPrivate, TimeSpan timeout, TimeProvider time, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        var connector = new GuardedConnector(resolve ?? Dns.GetHostAddressesAsync, allowPrivate, timeout, time);
#pragma warning disable CA2000 // The client owns its handler.
        return new HttpClient(new SocketsHttpHandler
        {
            // A redirect or a proxy would lead the message past the check of the address.
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            ActivityHeadersPropagator = null,
            ConnectTimeout = timeout,
            ConnectCallback = connector.ConnectAsync,
            // A flood comes in waves; more would only wait for each other there.
            MaxConnectionsPerServer = 16,
            MaxResponseHeadersLength = 16,
            MaxResponseDrainSize = 64 * 1024,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        }) { Timeout = Timeout.InfiniteTimeSpan };
#pragma warning restore CA2000
    }
}
