using System.Buffers.Binary;
using System.Numerics;

namespace Crowsnest.Core.Search.Index;

/// <summary>A growing run of bytes that segments are written into.</summary>
internal sealed class ByteBuffer(int capacity = 4096)
{
    private byte[] _bytes = new byte[capacity];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Claim(bytes.Length));
    }

    public void WriteByte(byte value) => Claim(1)[0] = value;

    /// <summary>LEB128.</summary>
    public void WriteVarint(ulong value)
    {
        Ensure(10);
        var at = Length;
        while (value >= 0x80)
        {
            _bytes[at++] = (byte)(value | 0x80);
            value >>= 7;
        }

        _bytes[at++] = (byte)value;
        Length = at;
    }

    /// <summary>LEB128 of the zigzag form: small for numbers near zero of either sign.</summary>
    public void WriteSigned(long value) => WriteVarint((ulong)((value << 1) ^ (value >> 63)));

    public void WriteHash(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Claim(16), value);

    /// <summary>Room for so many bytes, to be filled by the caller before the next write.</summary>
    public Span<byte> Claim(int length)
    {
        Ensure(length);
        var span = _bytes.AsSpan(Length, length);
        Length += length;
        return span;
    }

    /// <summary>Takes back the last bytes of a <see cref="Claim"/>.</summary>
    public void GiveBack(int length) => Length -= length;

    private void Ensure(int more)
    {
        if (_bytes.Length - Length >= more) return;
        Array.Resize(ref _bytes, (int)BitOperations.RoundUpToPowerOf2((uint)(Length + more)));
    }
}

/// <summary>Reads what <see cref="ByteBuffer"/> wrote.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    public int Position { get; set; }

    public readonly bool AtEnd => Position >= _bytes.Length;

    public ulong ReadVarint()
    {
        var result = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var b = _bytes[Position++];
            result |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return result;
            if (shift > 56) throw new InvalidDataException("A number in a segment does not end.");
        }
    }

    public int ReadInt() => checked((int)ReadVarint());

    public long ReadSigned()
    {
        var value = ReadVarint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public ReadOnlySpan<byte> Read(int length)
    {
        var span = _bytes.Slice(Position, length);
        Position += length;
        return span;
    }

    public UInt128 ReadHash() => BinaryPrimitives.ReadUInt128LittleEndian(Read(16));
}
