using System.Net.Sockets;
using System.Security.Authentication;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Http;

/// <summary>What a failure to connect means for the message, whatever was to be spoken over the connection.</summary>
internal static class ConnectionFailure
{
    /// <summary>Looks for the reason inside an exception; <see langword="null"/> when it is none of a connection.</summary>
    /// <param name="failure">What was thrown.</param>
    /// <param name="name">What may be said of the target.</param>
    /// <param name="quote">Makes text from outside fit for a log.</param>
    public static Delivery? Judge(Exception failure, string name, Func<string, string> quote)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case AddressRefusedException:
                    return Delivery.Refused($"{name} is not connected to: {inner.Message}");
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return Delivery.NotNow($"{name} is not found: its name has no address; check the host in the configuration, and DNS");
                case SocketException socket:
                    return Delivery.NotNow($"{name} cannot be reached: {quote(socket.Message)}");
                case AuthenticationException tls:
                    return Delivery.NotNow($"{name} is not trusted: {quote(tls.Message)}");
            }
        }

        return null;
    }
}
