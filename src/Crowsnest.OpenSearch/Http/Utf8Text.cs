using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Crowsnest.OpenSearch.Http;

/// <summary>A growing run of UTF-8 that JSON is written into by hand: documents are made tens of thousands of times a second.</summary>
internal sealed class Utf8Text(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Memory => _bytes.AsMemory(0, Length);

    public ReadOnlySpan<byte> Span => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    /// <summary>Takes away what is from there on.</summary>
    public void CutAt(int length) => Length = length;

    public Utf8Text Append(ReadOnlySpan<byte> bytes)
    {
        Ensure(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
        return this;
    }

    public Utf8Text Append(long number)
    {
        Ensure(20);
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(Length), out var written);
        Length += written;
        return this;
    }

    /// <summary>A finite number in its shortest form.</summary>
    public Utf8Text Append(double number)
    {
        Ensure(32);
        Utf8Formatter.TryFormat(number, _bytes.AsSpan(Length), out var written);
        Length += written;
        return this;
    }

    /// <summary>A JSON string without its quotes: only what must be escaped is.</summary>
    /// <remarks>An event within a string has a quote every few bytes, so blocks are copied and looked at in one go, instead of looked for and then copied.</remarks>
    public Utf8Text AppendEscaped(ReadOnlySpan<byte> value)
    {
        while (value.Length >= Vector128<byte>.Count)
        {
            Ensure(Vector128<byte>.Count);
            var block = Vector128.Create(value);
            block.CopyTo(_bytes.AsSpan(Length));
            var escaped = (Vector128.Equals(block, Vector128.Create((byte)'"')) | Vector128.Equals(block, Vector128.Create((byte)'\\'))
                | Vector128.LessThan(block, Vector128.Create((byte)0x20))).ExtractMostSignificantBits();
            var plain = escaped == 0 ? Vector128<byte>.Count : BitOperations.TrailingZeroCount(escaped);
            Length += plain;
            if (escaped != 0) AppendEscape(value[plain++]);
            value = value[plain..];
        }

        foreach (var one in value)
        {
            if (one is < 0x20 or (byte)'"' or (byte)'\\')
            {
                AppendEscape(one);
                continue;
            }

            Ensure(1);
            _bytes[Length++] = one;
        }

        return this;
    }

    /// <summary>A JSON string with its quotes.</summary>
    public Utf8Text AppendString(ReadOnlySpan<byte> value) => Append("\""u8).AppendEscaped(value).Append("\""u8);

    /// <summary>A JSON string with its quotes; half a surrogate pair becomes U+FFFD.</summary>
    public Utf8Text AppendString(string value)
    {
        if (value.Length <= 128)
        {
            Span<byte> bytes = stackalloc byte[128 * 3];
            return AppendString(bytes[..Encoding.UTF8.GetBytes(value, bytes)]);
        }

        return AppendString(Encoding.UTF8.GetBytes(value));
    }

    /// <summary>Bytes as a JSON string in base64.</summary>
    public Utf8Text AppendBase64(ReadOnlySpan<byte> bytes)
    {
        Append("\""u8);
        Ensure(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        Base64.EncodeToUtf8(bytes, _bytes.AsSpan(Length), out _, out var written);
        Length += written;
        return Append("\""u8);
    }

    private void AppendEscape(byte value)
    {
        switch (value)
        {
            case (byte)'"': Append("\\\""u8); break;
            case (byte)'\\': Append("\\\\"u8); break;
            case (byte)'\n': Append("\\n"u8); break;
            case (byte)'\r': Append("\\r"u8); break;
            case (byte)'\t': Append("\\t"u8); break;
            default:
                Append("\\u00"u8);
                Append([Hex(value >> 4), Hex(value & 15)]);
                break;
        }
    }

    private static byte Hex(int digit) => (byte)(digit < 10 ? '0' + digit : 'a' + digit - 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Ensure(int more)
    {
        if (_bytes.Length - Length < more) Grow(more);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int more) => Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + more)));
}
