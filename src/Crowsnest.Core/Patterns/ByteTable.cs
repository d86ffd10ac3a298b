using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Crowsnest.Core.Patterns;

/// <summary>Texts, each with what it leads to; looked up by the whole of a value.</summary>
internal sealed class ByteTable
{
    private readonly Entry[] _entries;
    private readonly IndexTarget[] _targets;

    // Bit n: some text has n bytes, modulo 64.
    private readonly ulong _lengths;

    public ByteTable(IReadOnlyCollection<(byte[] Text, IndexTarget Target)> items)
    {
        var groups = items.GroupBy(i => i.Text, ByteOrder.Instance).ToList();
        _entries = new Entry[BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, 2 * groups.Count))];
        _targets = new IndexTarget[items.Count];
        var next = 0;
        foreach (var group in groups)
        {
            var first = next;
            foreach (var (_, target) in group) _targets[next++] = target;
            _lengths |= 1UL << (group.Key.Length & 63);
            var hash = Hash(group.Key);
            var i = hash & (uint)(_entries.Length - 1);
            while (_entries[i].Text is not null) i = (i + 1) & (uint)(_entries.Length - 1);
            _entries[i] = new Entry(group.Key, hash, first, next - first);
        }
    }

    /// <summary>What a text leads to.</summary>
    public ReadOnlySpan<IndexTarget> Find(ReadOnlySpan<byte> text)
    {
        if ((_lengths >> (text.Length & 63) & 1) == 0) return default;
        var hash = Hash(text);
        var entries = _entries;
        for (var i = hash & (uint)(entries.Length - 1); ; i = (i + 1) & (uint)(entries.Length - 1))
        {
            ref var entry = ref entries[i];
            if (entry.Text is null) return default;
            if (entry.Hash == hash && text.SequenceEqual(entry.Text)) return _targets.AsSpan(entry.First, entry.Count);
        }
    }

    // Eight bytes a step. The texts are the rules' own, so that a value can make no chain longer than the rules did.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> text)
    {
        const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;
        ref var origin = ref MemoryMarshal.GetReference(text);
        var hash = (ulong)text.Length * Multiplier;
        var i = 0;
        for (; i + 8 <= text.Length; i += 8) hash = BitOperations.RotateLeft((hash ^ Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref origin, i))) * Multiplier, 29);
        ulong rest = 0;
        for (; i < text.Length; i++) rest = (rest << 8) | Unsafe.Add(ref origin, i);
        hash = (hash ^ rest) * Multiplier;
        return (uint)(hash >> 32) ^ (uint)hash;
    }

    private readonly record struct Entry(byte[]? Text, uint Hash, int First, int Count);
}
