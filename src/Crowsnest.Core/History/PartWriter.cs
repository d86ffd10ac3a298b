using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.History;

/// <summary>Writes a part of a checkpoint: rows, and before them each word once that many of them say.</summary>
internal sealed class PartWriter
{
    private readonly ArrayBufferWriter<byte> _rows = new(64 << 10);
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly List<string> _words = [];

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void UInt128(UInt128 value)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(_rows.GetSpan(16), value);
        _rows.Advance(16);
    }

    /// <summary>A number that is often small, of either sign.</summary>
    public void Number(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>A number, or that there is none.</summary>
    public void NumberOrNone(long? value)
    {
        Bool(value is not null);
        if (value is { } number) Number(number);
    }

    /// <summary>A moment near another, or that none was said.</summary>
    public void Time(EventTime value, long near) => NumberOrNone(value.HasValue ? value.UnixMilliseconds - near : null);

    /// <summary>A text that hardly another row has; of none an empty one is read.</summary>
    public void Text(string? value) => Utf8(Encoding.UTF8.GetBytes(value ?? ""));

    /// <summary>A word that many rows have. An empty one is none.</summary>
    public void Word(string? value)
    {
        if (string.IsNullOrEmpty(value))
        {
            Unsigned(0);
            return;
        }

        if (!_places.TryGetValue(value, out var place))
        {
            _words.Add(value);
            _places[value] = place = _words.Count;
        }

        Unsigned((ulong)place);
    }

    /// <summary>Some bytes, and their number before them.</summary>
    public void Utf8(ReadOnlySpan<byte> bytes)
    {
        Unsigned((ulong)bytes.Length);
        _rows.Write(bytes);
    }

    /// <summary>Some bytes, to the end of the row.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => _rows.Write(bytes);

    /// <summary>A row: its key and length stand before it, so that a reader may pass it over.</summary>
    public void Row(string key, Action<PartWriter> write)
    {
        Text(key);
        var start = _rows.WrittenCount;
        Raw([0, 0, 0, 0]);
        write(this);
        var written = MemoryMarshal.AsMemory(_rows.WrittenMemory).Span;
        BinaryPrimitives.WriteInt32LittleEndian(written[start..], written.Length - start - sizeof(int));
    }

    /// <summary>The whole part: its words, then its rows. It is at its end then.</summary>
    public byte[] ToArray()
    {
        var rows = _rows.WrittenSpan.ToArray();
        _rows.Clear();
        Unsigned((ulong)_words.Count);
        foreach (var word in _words) Text(word);
        return [.. _rows.WrittenSpan, .. rows];
    }

    private void Byte(byte value)
    {
        _rows.GetSpan(1)[0] = value;
        _rows.Advance(1);
    }

    // Groups of seven bits, the lowest first.
    private void Unsigned(ulong value)
    {
        for (; value >= 0x80; value >>= 7) Byte((byte)(value | 0x80));
        Byte((byte)value);
    }
}
