using System.Buffers.Binary;
using System.Text;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.History;

/// <summary>Reads what <see cref="PartWriter"/> wrote.</summary>
/// <param name="bytes">What was written.</param>
/// <param name="words">The part's words (<see cref="Words"/>); none while they are read.</param>
/// <remarks>What is not as it was written ends in an <see cref="ArgumentException"/> or <see cref="IndexOutOfRangeException"/>.</remarks>
internal ref struct PartReader(ReadOnlySpan<byte> bytes, string[] words)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private readonly string[] _words = words;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position >= _bytes.Length;

    public bool Bool() => Next(1)[0] != 0;

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Next(sizeof(int)));

    public UInt128 UInt128() => BinaryPrimitives.ReadUInt128LittleEndian(Next(16));

    /// <summary>A number that is often small, of either sign.</summary>
    public long Number()
    {
        var value = Unsigned();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number, or that there is none.</summary>
    public long? NumberOrNone() => Bool() ? Number() : null;

    /// <summary>A moment near another, or that none was said.</summary>
    public EventTime Time(long near) => NumberOrNone() is { } distance ? new EventTime(near + distance) : default;

    /// <summary>A text of its own.</summary>
    public string Text() => Encoding.UTF8.GetString(Utf8());

    /// <summary>A text of its own; <see langword="null"/> where it was empty.</summary>
    public string? TextOrNone() => Utf8() is { Length: > 0 } said ? Encoding.UTF8.GetString(said) : null;

    /// <summary>A word that many rows have; empty where there was none.</summary>
    public string Word() => WordOrNone() ?? "";

    /// <summary>A word that many rows have; <see langword="null"/> where there was none.</summary>
    public string? WordOrNone() => Unsigned() is > 0 and var place ? _words[place - 1] : null;

    /// <summary>All the words of a part.</summary>
    public string[] Words()
    {
        var words = new string[Unsigned()];
        foreach (ref var word in words.AsSpan()) word = Text();
        return words;
    }

    /// <summary>Some bytes, their number before them.</summary>
    public ReadOnlySpan<byte> Utf8() => Next((int)Unsigned());

    /// <summary>Passes so many bytes over.</summary>
    public void Skip(int count) => Next(count);

    // Groups of seven bits, the lowest first.
    private ulong Unsigned()
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var group = Next(1)[0];
            value |= (ulong)(group & 0x7f) << shift;
            if (group < 0x80) return value;
        }
    }

    private ReadOnlySpan<byte> Next(int count)
    {
        var next = _bytes.Slice(Position, count);
        Position += count;
        return next;
    }
}
