using System.Net;
using System.Net.Sockets;

namespace Crowsnest.Notifiers.Webhook;

/// <summary>Whether a webhook's host could be connected to, without connecting.</summary>
public static class WebhookReach
{
    /// <summary>Looks the host up and asks the address policy of what is found. <see langword="null"/> when a message may go there; else why not.</summary>
    /// <remarks>Its name is in the answer, and nothing else of the URL, which may be a secret.</remarks>
    public static async Task<string?> RefusalAsync(WebhookOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var host = options.Url.DnsSafeHost;
        var isLiteral = IPAddress.TryParse(host, out var literal);
        try
        {
            IPAddress[] addresses = isLiteral ? [literal!] : await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            var refusals = addresses.Select(a => AddressPolicy.Refusal(a, options.AllowPrivate || isLiteral)).ToList();
            return refusals.Count == 0 ? "its host has no address" : refusals.Contains(null) ? null : refusals[0];
        }
        catch (SocketException failure)
        {
            return $"its host cannot be looked up: {failure.Message}";
        }
    }

    /// <summary>Why no message goes to a URL whose host is an address, as is known without a look-up; <see langword="null"/> when one may, or when the host is a name.</summary>
    public static string? LiteralRefusal(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        return IPAddress.TryParse(url.DnsSafeHost, out var literal) ? AddressPolicy.Refusal(literal, allowPrivate: true) : null;
    }

    /// <summary>What may be shown of its URL: scheme, host and port.</summary>
    public static string NameOf(WebhookOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new WebhookTarget(options).Name;
    }
}
