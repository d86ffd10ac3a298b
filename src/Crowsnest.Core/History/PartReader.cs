using System.Buffers.Binary;
using System.Text;
using Crowsnest.Core.Cluster;

namespace Crowsnest.Core.History;

/// <summary>Reads what a <see cref="BinaryWriter"/> wrote, out of bytes that are there: a part has thousands of rows, and a reader for each would be most of the work.</summary>
internal ref struct PartReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>How many bytes were read.</summary>
    public int Position { get; private set; }

    public readonly bool IsAtEnd => Position >= _bytes.Length;

    public bool Bool() => Next(1)[0] != 0;

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Next(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Next(sizeof(long)));

    public string Text() => Encoding.UTF8.GetString(Utf8());

    /// <summary>A text that many rows have.</summary>
    public string Word(TextPool pool) => pool.Get(Utf8());

    /// <summary>Passes so many bytes over.</summary>
    public void Skip(int count) => Next(count);

    // Its length in groups of seven bits, then its bytes.
    private ReadOnlySpan<byte> Utf8()
    {
        var length = 0;
        for (var shift = 0; ; shift += 7)
        {
            var group = Next(1)[0];
            length |= (group & 0x7f) << shift;
            if (group < 0x80) return Next(length);
        }
    }

    private ReadOnlySpan<byte> Next(int count)
    {
        var next = _bytes.Slice(Position, count);
        Position += count;
        return next;
    }
}
