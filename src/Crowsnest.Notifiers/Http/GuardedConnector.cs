using System.Net;
using System.Net.Sockets;

namespace Crowsnest.Notifiers.Http;

/// <summary>Opens connections only to addresses that a message may go to. What is checked is the address that is connected to, so a name that changes its mind gains nothing.</summary>
internal sealed class GuardedConnector(Func<string, CancellationToken, Task<IPAddress[]>> resolve, bool allowPrivate, TimeSpan timeout, TimeProvider time)
{
    private const int AddressesMax = 4;

    /// <exception cref="AddressRefusedException">No address of the host may be connected to.</exception>
    /// <exception cref="SocketException">None could be.</exception>
    public ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken) =>
        ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancellationToken);

    /// <exception cref="AddressRefusedException">No address of the host may be connected to.</exception>
    /// <exception cref="SocketException">None could be.</exception>
    public async ValueTask<Stream> ConnectAsync(string host, int port, CancellationToken cancellationToken)
    {
        var isLiteral = IPAddress.TryParse(host, out var literal);
        IPAddress[] addresses = isLiteral ? [literal!] : await resolve(host, cancellationToken).ConfigureAwait(false);

        string? refusal = null;
        var allowed = new List<IPAddress>();
        foreach (var address in addresses)
        {
            if (AddressPolicy.Refusal(address, allowPrivate || isLiteral) is { } why) refusal = why;
            else if (allowed.Count < AddressesMax) allowed.Add(address);
        }

        if (allowed.Count == 0) throw refusal is null ? new SocketException((int)SocketError.HostNotFound) : new AddressRefusedException(refusal);

        SocketException? failure = null;
        foreach (var address in allowed)
        {
            // Each gets its share of the time, so that one that swallows packets leaves some for the next.
            using var share = new CancellationTokenSource(timeout / allowed.Count, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(share.Token, cancellationToken);
            var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(new IPEndPoint(address, port), both.Token).ConfigureAwait(false);
                var stream = new NetworkStream(socket, ownsSocket: true);
                socket = null;
                return stream;
            }
            catch (SocketException e)
            {
                failure = e;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                failure = new SocketException((int)SocketError.TimedOut);
            }
            finally
            {
                socket?.Dispose();
            }
        }

        throw failure!;
    }
}
