using System.Runtime.InteropServices;

namespace Crowsnest.Core.Search.Index;

/// <summary>
/// Says "certainly not in this segment" without reading it. Blocked: all bits of one value lie in one 64-byte line, so a question costs one cache miss.
/// </summary>
/// <remarks>24 bits a value and 8 bits set: about 1 in 10,000 answers "perhaps" wrongly, and each such answer reads some 100 KB of the segment.</remarks>
public sealed class BloomFilter
{
    private const int WordsPerBlock = 8;
    private readonly ulong[] _words;
    private readonly ulong _blocks;

    /// <summary>An empty filter for so many values.</summary>
    public BloomFilter(int values)
        : this(new ulong[Math.Max(1, (values * 24 + 511) / 512) * WordsPerBlock])
    {
    }

    private BloomFilter(ulong[] words)
    {
        _words = words;
        _blocks = (ulong)(words.Length / WordsPerBlock);
    }

    /// <summary>As kept.</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(_words.AsSpan());

    /// <summary>From <see cref="Bytes"/>.</summary>
    public static BloomFilter FromBytes(ReadOnlySpan<byte> bytes) => new(MemoryMarshal.Cast<byte, ulong>(bytes).ToArray());

    /// <summary>Adds a value by its hash.</summary>
    public void Add(ulong hash)
    {
        var block = Block(hash);
        for (var i = 0; i < WordsPerBlock; i++, hash = Mix(hash)) block[i] |= 1UL << (int)(hash & 63);
    }

    /// <summary>False: certainly not added.</summary>
    public bool MayContain(ulong hash)
    {
        var block = Block(hash);
        for (var i = 0; i < WordsPerBlock; i++, hash = Mix(hash))
        {
            if ((block[i] >> (int)(hash & 63) & 1) == 0) return false;
        }

        return true;
    }

    private static ulong Mix(ulong hash) => System.Numerics.BitOperations.RotateRight(hash, 6);

    private Span<ulong> Block(ulong hash) =>
        _words.AsSpan((int)(Math.BigMul(hash, _blocks, out _) * WordsPerBlock), WordsPerBlock);
}
