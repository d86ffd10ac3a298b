using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Events;

/// <summary>
/// What makes two events the same event: the event's own time and a hash of what it says.
/// </summary>
/// <remarks>
/// The time is the envelope's <c>time</c>, else <c>detail.updatedAt</c> or <c>createdAt</c>, else 0. The hash is XxHash128 over source,
/// detail-type, account, id and the bytes of <c>detail</c> after masking. Written <c>&lt;time&gt;-&lt;hash&gt;</c>, the hash as 32 hexadecimal digits.
/// </remarks>
/// <param name="TimeMilliseconds">The event's own time, milliseconds since 1970 UTC; 0 when it has none.</param>
/// <param name="Hash">128 bits over what the event says.</param>
public readonly record struct EventKey(long TimeMilliseconds, UInt128 Hash) : IComparable<EventKey>
{
    /// <summary>The longest that its text is.</summary>
    public const int LengthMax = 53;

    /// <summary>Orders by time, then by hash; the order in which stores keep events.</summary>
    public int CompareTo(EventKey other)
    {
        var byTime = TimeMilliseconds.CompareTo(other.TimeMilliseconds);
        return byTime != 0 ? byTime : Hash.CompareTo(other.Hash);
    }

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out EventKey key)
    {
        key = default;
        if (text is null) return false;

        var dash = text.LastIndexOf('-');
        if (dash <= 0 || text.Length - dash - 1 != 32) return false;
        if (!long.TryParse(text.AsSpan(0, dash), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)) return false;
        if (!UInt128.TryParse(text.AsSpan(dash + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hash)) return false;

        key = new EventKey(time, hash);
        return true;
    }

    /// <summary>Writes it as UTF-8 and answers how many bytes that took: <see cref="LengthMax"/> at most.</summary>
    public int Format(Span<byte> destination)
    {
        Utf8Formatter.TryFormat(TimeMilliseconds, destination, out var length);
        destination[length++] = (byte)'-';
        return length + FormatHash(destination[length..]);
    }

    /// <summary>Writes the hash as 32 hexadecimal digits and answers how many bytes that took.</summary>
    public int FormatHash(Span<byte> destination)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Hash);
        Convert.TryToHexStringLower(bytes, destination, out var written);
        return written;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        Span<byte> text = stackalloc byte[LengthMax];
        return Encoding.ASCII.GetString(text[..Format(text)]);
    }
}
