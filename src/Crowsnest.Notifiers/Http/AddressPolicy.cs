using System.Net;
using System.Net.Sockets;

namespace Crowsnest.Notifiers.Http;

/// <summary>Which addresses a message may be sent to: a name in a configuration must not lead it to a credential service, or into this machine.</summary>
internal static class AddressPolicy
{
    // Registries: RFC 6890 (special purpose); AWS's local services live in 169.254.0.0/16 and fd00:ec2::/32 (task credentials, instance metadata), Google's also at fd20:ce::254.
    private static readonly (IPNetwork Network, string Name)[] Never =
    [
        (IPNetwork.Parse("0.0.0.0/8"), "an unspecified"), (IPNetwork.Parse("169.254.0.0/16"), "a link-local or metadata"), (IPNetwork.Parse("192.0.0.0/24"), "a reserved"),
        (IPNetwork.Parse("224.0.0.0/4"), "a multicast"), (IPNetwork.Parse("240.0.0.0/4"), "a reserved"),
        (IPNetwork.Parse("::/128"), "an unspecified"), (IPNetwork.Parse("fe80::/10"), "a link-local"), (IPNetwork.Parse("ff00::/8"), "a multicast"),
        (IPNetwork.Parse("fd00:ec2::/32"), "a metadata"), (IPNetwork.Parse("fd20:ce::254/128"), "a metadata"),
    ];

    private static readonly (IPNetwork Network, string Name)[] Private =
    [
        (IPNetwork.Parse("127.0.0.0/8"), "a loopback"), (IPNetwork.Parse("::1/128"), "a loopback"),
        (IPNetwork.Parse("10.0.0.0/8"), "a private"), (IPNetwork.Parse("172.16.0.0/12"), "a private"), (IPNetwork.Parse("192.168.0.0/16"), "a private"),
        (IPNetwork.Parse("100.64.0.0/10"), "a private"), (IPNetwork.Parse("198.18.0.0/15"), "a private"),
        (IPNetwork.Parse("fc00::/7"), "a private"), (IPNetwork.Parse("fec0::/10"), "a private"),
    ];

    /// <summary>Why not to connect to the address, in words; <see langword="null"/> where one may.</summary>
    public static string? Refusal(IPAddress address, bool allowPrivate)
    {
        var reached = Reached(address);
        if (Find(Never, reached) is { } never) return $"its host has {never} address, where no message goes";
        return !allowPrivate && Find(Private, reached) is { } local ? $"its host has {local} address; say allow_private: true if that is meant" : null;
    }

    private static string? Find((IPNetwork Network, string Name)[] table, IPAddress address)
    {
        foreach (var (network, name) in table)
        {
            if (network.BaseAddress.AddressFamily == address.AddressFamily && network.Contains(address)) return name;
        }

        return null;
    }

    // The IPv4 address inside an IPv6 one is what is reached: mapped (::ffff:0:0/96), compatible (::/96), through NAT64 (64:ff9b::/96) or 6to4 (2002::/16).
    private static IPAddress Reached(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (bytes is [0x20, 0x02, ..]) return new IPAddress(bytes.AsSpan(2, 4));
        if (bytes.AsSpan(0, 12).SequenceEqual((ReadOnlySpan<byte>)[0x00, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0])) return new IPAddress(bytes.AsSpan(12));
        var isCompatible = !bytes.AsSpan(0, 12).ContainsAnyExcept((byte)0) && bytes.AsSpan(12).ContainsAnyExcept((byte)0) && !IPAddress.IPv6Loopback.Equals(address);
        return isCompatible ? new IPAddress(bytes.AsSpan(12)) : address;
    }
}
