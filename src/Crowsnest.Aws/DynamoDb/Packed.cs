using System.Buffers;
using System.IO.Compression;

namespace Crowsnest.Aws.DynamoDb;

/// <summary>Documents as items keep them: packed where that makes them smaller, since what is written is paid by the kilobyte and an item ends at 400.</summary>
internal static class Packed
{
    private const byte Plain = 0, Brotli = 1;

    // Below this there is nothing to gain.
    private const int PlainMax = 512;

    /// <summary>Packs.</summary>
    public static byte[] Of(ReadOnlySpan<byte> document)
    {
        if (document.Length > PlainMax)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(BrotliEncoder.GetMaxCompressedLength(document.Length));
            try
            {
                if (BrotliEncoder.TryCompress(document, buffer, out var length, quality: 4, window: 18) && length < document.Length) return [Brotli, .. buffer.AsSpan(0, length)];
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        return [Plain, .. document];
    }

    /// <summary>What was packed.</summary>
    public static byte[] Read(byte[] packed)
    {
        if (packed.Length == 0 || packed[0] == Plain) return packed.Length == 0 ? [] : packed[1..];
        using var from = new BrotliStream(new MemoryStream(packed, 1, packed.Length - 1), CompressionMode.Decompress);
        using var to = new MemoryStream(packed.Length * 4);
        from.CopyTo(to);
        return to.ToArray();
    }
}
