using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Crowsnest.Core.Patterns;

/// <summary>Wildcards, each under four bytes in a row that every value must hold that it matches: of its own, those that the fewest others have.</summary>
/// <remarks>A value is read once, however many wildcards there are, and only those are tried of which it holds the four bytes; each at most once a value.</remarks>
internal sealed class GramTable
{
    private const int Length = 4;

    private readonly Entry[] _entries;
    private readonly IndexTarget[] _targets;
    private readonly int _shift;
    private readonly int _firstMark;

    /// <summary>A table.</summary>
    /// <param name="items">Wildcards for which <see cref="Takes"/> holds.</param>
    /// <param name="marks">How many marks all tables of a matcher have so far.</param>
    public GramTable(IReadOnlyCollection<(Glob Glob, IndexTarget Target)> items, ref int marks)
    {
        var counts = items.SelectMany(i => Grams(i.Glob)).CountBy(g => g).ToDictionary();
        var groups = items.GroupBy(i => Grams(i.Glob).MinBy(g => counts[g])).ToList();
        var bits = BitOperations.Log2((uint)groups.Count) + 3;
        (_entries, _shift, _firstMark) = (new Entry[1 << bits], 32 - bits, marks);
        _targets = [.. groups.SelectMany(g => g.Select(i => i.Target))];
        var first = 0;
        foreach (var group in groups)
        {
            var i = Place(group.Key);
            while (_entries[i].Count > 0) i = (i + 1) & (_entries.Length - 1);
            var count = group.Count();
            _entries[i] = new Entry(group.Key, first, count);
            first += count;
        }

        marks += _entries.Length;
    }

    /// <summary>Whether a wildcard has four bytes in a row.</summary>
    public static bool Takes(Glob glob)
    {
        for (var i = 0; i < glob.Count; i++)
        {
            if (glob.Segment(i).Length >= Length) return true;
        }

        return false;
    }

    /// <summary>Notes the fields of all wildcards that match.</summary>
    public void Find(in Leaf leaf, in MatchRun run)
    {
        var (marks, mark, entries) = (run.Memory.Marks, run.Memory.NextMark(), _entries);
        ref var origin = ref MemoryMarshal.GetReference(leaf.Bytes);
        for (var at = 0; at <= leaf.Bytes.Length - Length; at++)
        {
            var gram = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref origin, at));
            for (var i = Place(gram); entries[i].Count > 0; i = (i + 1) & (entries.Length - 1))
            {
                if (entries[i].Gram != gram) continue;
                if (marks[_firstMark + i] == mark) break;
                marks[_firstMark + i] = mark;
                FieldIndex.Hit(_targets.AsSpan(entries[i].First, entries[i].Count), leaf, run);
                break;
            }
        }
    }

    private static HashSet<uint> Grams(Glob glob)
    {
        var grams = new HashSet<uint>();
        for (var i = 0; i < glob.Count; i++)
        {
            var segment = glob.Segment(i);
            for (; segment.Length >= Length; segment = segment[1..]) grams.Add(MemoryMarshal.Read<uint>(segment));
        }

        return grams;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Place(uint gram) => (int)((gram * 0x9E37_79B1u) >> _shift);

    private readonly record struct Entry(uint Gram, int First, int Count);
}
