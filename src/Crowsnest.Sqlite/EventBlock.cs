using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Crowsnest.Sqlite;

/// <summary>A run of events' bytes, compressed together: neighbours are so alike that 64 of them take little more than a few.</summary>
/// <remarks>
/// <c>count:u16, (length:u32, masked:u16 bytes of pointers)…, bodies, pointers</c>, all of it Brotli. The raw length stands before, uncompressed.
/// </remarks>
internal static class EventBlock
{
    /// <summary>A compromise: larger ones save disk (32: 412 B an event, 64: 361 B), but a page of scattered hits opens a block for each (90 and 160 µs).</summary>
    public const int EventsMax = 64;

    // 4 MiB in any case: an event is 1 MiB at most, and a block ends early rather than grow past this.
    public const int RawBytesMax = 4 * 1024 * 1024;

    private const int EntryBytes = 6;

    public static byte[] Write(IReadOnlyList<(ReadOnlyMemory<byte> Raw, IReadOnlyList<string> Masked)> events)
    {
        var masked = new byte[events.Count][];
        var length = 2 + (events.Count * EntryBytes);
        for (var i = 0; i < events.Count; i++)
        {
            // A name may hold the separator. In a pointer "~" is always followed by 0 or 1, so "~n" is free.
            masked[i] = events[i].Masked.Count == 0 ? [] : Encoding.UTF8.GetBytes(string.Join('\n', events[i].Masked.Select(p => p.Replace("\n", "~n", StringComparison.Ordinal))));
            length += events[i].Raw.Length + masked[i].Length;
        }

        var raw = System.Buffers.ArrayPool<byte>.Shared.Rent(length);
        var room = System.Buffers.ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(length) + 4);
        try
        {
            BinaryPrimitives.WriteUInt16LittleEndian(raw, (ushort)events.Count);
            var at = 2 + (events.Count * EntryBytes);
            for (var i = 0; i < events.Count; i++)
            {
                BinaryPrimitives.WriteInt32LittleEndian(raw.AsSpan(2 + (i * EntryBytes)), events[i].Raw.Length);
                BinaryPrimitives.WriteUInt16LittleEndian(raw.AsSpan(6 + (i * EntryBytes)), checked((ushort)masked[i].Length));
                events[i].Raw.Span.CopyTo(raw.AsSpan(at));
                at += events[i].Raw.Length;
                masked[i].CopyTo(raw.AsSpan(at));
                at += masked[i].Length;
            }

            BinaryPrimitives.WriteInt32LittleEndian(room, length);
            if (!BrotliEncoder.TryCompress(raw.AsSpan(0, length), room.AsSpan(4), out var written, quality: 1, window: 18))
            {
                throw new InvalidOperationException("Brotli refused a block although it had room.");
            }

            return room.AsSpan(0, written + 4).ToArray();
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(raw);
            System.Buffers.ArrayPool<byte>.Shared.Return(room);
        }
    }

    /// <summary>How many bytes the block has when it is open.</summary>
    public static int OpenLength(ReadOnlySpan<byte> block) => BinaryPrimitives.ReadInt32LittleEndian(block);

    /// <summary>Decompresses a block into <paramref name="open"/>, which has <see cref="OpenLength"/> bytes; <see cref="Event"/> cuts one event out.</summary>
    public static void Open(ReadOnlySpan<byte> block, Span<byte> open)
    {
        if (!BrotliDecoder.TryDecompress(block[4..], open, out var written) || written != open.Length)
        {
            throw new InvalidDataException("A block of events does not decompress.");
        }
    }

    /// <summary>A copy of one event's bytes, and its masked pointers.</summary>
    public static (byte[] Raw, IReadOnlyList<string> Masked) Event(ReadOnlySpan<byte> open, int index)
    {
        var count = BinaryPrimitives.ReadUInt16LittleEndian(open);
        if (index >= count) throw new InvalidDataException("A block of events has fewer than its index says.");
        var at = 2 + (count * EntryBytes);
        for (var i = 0; i < index; i++) at += Length(open, i).Raw + Length(open, i).Masked;
        var (raw, masked) = Length(open, index);
        return (open.Slice(at, raw).ToArray(), masked == 0 ? [] : Encoding.UTF8.GetString(open.Slice(at + raw, masked)).Split('\n').Select(p => p.Replace("~n", "\n", StringComparison.Ordinal)).ToArray());
    }

    private static (int Raw, int Masked) Length(ReadOnlySpan<byte> open, int index) => (
        BinaryPrimitives.ReadInt32LittleEndian(open[(2 + (index * EntryBytes))..]),
        BinaryPrimitives.ReadUInt16LittleEndian(open[(6 + (index * EntryBytes))..]));
}
