using System.Text;
using System.Text.Json;

namespace Crowsnest.Simulator;

/// <summary>Simulated times as events write them: seconds in the envelope, milliseconds without zeros at their end in the detail, nanoseconds in newer kinds.</summary>
/// <remarks>From <paramref name="paceFrom"/> on, <paramref name="pace"/> simulated milliseconds are written as one: so that a fleet that lives fast never speaks of the future.</remarks>
internal sealed class WireTime(long paceFrom, double pace)
{
    private readonly byte[] _second = new byte[28];
    private long _secondAt = long.MinValue;

    /// <summary>The moment that is written for a simulated one; milliseconds since 1970 UTC.</summary>
    public long Of(long simulated) => simulated <= paceFrom || pace == 1 ? simulated : paceFrom + (long)((simulated - paceFrom) / pace);

    /// <summary><c>2026-03-02T08:00:00Z</c></summary>
    public void WriteSeconds(Utf8JsonWriter json, ReadOnlySpan<byte> name, long at)
    {
        Span<byte> text = stackalloc byte[32];
        Second(Of(at)).CopyTo(text);
        text[19] = (byte)'Z';
        json.WriteString(name, text[..20]);
    }

    /// <summary><c>2026-03-02T08:00:00.12Z</c>, with as many digits as needed; nothing for 0.</summary>
    public void WriteMillis(Utf8JsonWriter json, ReadOnlySpan<byte> name, long at)
    {
        if (at == 0) return;
        Span<byte> text = stackalloc byte[32];
        var written = Of(at);
        Second(written).CopyTo(text);
        var length = 19;
        var fraction = (int)(written % 1000);
        if (fraction > 0)
        {
            text[length++] = (byte)'.';
            for (var unit = 100; fraction > 0; unit /= 10)
            {
                text[length++] = (byte)('0' + fraction / unit);
                fraction %= unit;
            }
        }

        text[length++] = (byte)'Z';
        json.WriteString(name, text[..length]);
    }

    /// <summary><c>2026-03-02T08:00:00.123456789Z</c></summary>
    public void WriteNanos(Utf8JsonWriter json, ReadOnlySpan<byte> name, long at, int below)
    {
        var written = Of(at);
        json.WriteString(name, $"{Encoding.ASCII.GetString(Second(written))}.{written % 1000:d3}{below % 1_000_000:d6}Z");
    }

    // Most events of one second are written together, so the calendar is asked once.
    private ReadOnlySpan<byte> Second(long milliseconds)
    {
        var second = milliseconds / 1000;
        if (second != _secondAt)
        {
            DateTime.UnixEpoch.AddSeconds(second).TryFormat(_second, out _, "O", null);
            _secondAt = second;
        }

        return _second.AsSpan(0, 19);
    }
}
