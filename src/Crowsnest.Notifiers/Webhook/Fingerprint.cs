using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Crowsnest.Notifiers.Webhook;

/// <summary>Alertmanager's name for a set of labels (prometheus/common, <c>model/signature.go</c>), so that what joins alerts by it joins ours too.</summary>
internal static class Fingerprint
{
    private const ulong OffsetBasis = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    // Occurs in no valid UTF-8, hence in no name and no value.
    private const byte Separator = 0xff;

    /// <summary>FNV-1a of names and values in the order of the names, as 16 hexadecimal digits.</summary>
    public static string Of(ImmutableSortedDictionary<string, string> labels)
    {
        var hash = OffsetBasis;
        foreach (var (name, value) in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            hash = Add(Add(hash, name), value);
        }

        return hash.ToString("x16", CultureInfo.InvariantCulture);
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var b in Encoding.UTF8.GetBytes(text)) hash = (hash ^ b) * Prime;
        return (hash ^ Separator) * Prime;
    }
}
