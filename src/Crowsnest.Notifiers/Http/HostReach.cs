using System.Net;
using System.Net.Sockets;

namespace Crowsnest.Notifiers.Http;

/// <summary>Whether a receiver's host could be connected to, without connecting.</summary>
public static class HostReach
{
    /// <summary>Looks the host up and asks the address policy of what is found. <see langword="null"/> when a message may go there; else why not, without the host's name.</summary>
    /// <param name="host">A name or an address, without brackets.</param>
    /// <param name="allowPrivate">Whether a name may lead to this machine or a private network.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    public static async Task<string?> RefusalAsync(string host, bool allowPrivate, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(host);
        var isLiteral = IPAddress.TryParse(host, out var literal);
        try
        {
            IPAddress[] addresses = isLiteral ? [literal!] : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            var refusals = addresses.Select(a => AddressPolicy.Refusal(a, allowPrivate || isLiteral)).ToList();
            return refusals.Count == 0 ? "its host has no address" : refusals.Contains(null) ? null : refusals[0];
        }
        catch (SocketException failure)
        {
            return $"its host cannot be looked up: {failure.Message}";
        }
    }

    /// <summary>Why no message goes to a host that is an address, as is known without a look-up; <see langword="null"/> when one may, or when the host is a name.</summary>
    public static string? LiteralRefusal(string host) => IPAddress.TryParse(host, out var literal) ? AddressPolicy.Refusal(literal, allowPrivate: true) : null;

    /// <summary>What may be shown of a URL, whose rest may be a secret: scheme, host and port.</summary>
    public static string NameOf(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return new HttpTarget(url).Name;
    }
}
