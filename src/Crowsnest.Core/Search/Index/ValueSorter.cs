using System.Buffers.Binary;

namespace Crowsnest.Core.Search.Index;

/// <summary>Sorts byte strings by reference, eight bytes a step.</summary>
/// <remarks>
/// Values of one field share long beginnings (ARNs), so comparing two at a time would walk the same bytes again and again. Each step sorts by the next
/// eight bytes as one number and goes on within runs of equals.
/// </remarks>
internal sealed class ValueSorter
{
    private ulong[] _keys = [];

    /// <summary>Puts <paramref name="items"/> into the order of their values.</summary>
    public void Sort(Span<int> items, TermTable terms)
    {
        if (_keys.Length < items.Length) _keys = new ulong[items.Length * 2];
        Sort(items, _keys.AsSpan(0, items.Length), terms, 0);
    }

    private static void Sort(Span<int> items, Span<ulong> keys, TermTable terms, int depth)
    {
        if (items.Length < 2) return;
        for (var i = 0; i < items.Length; i++) keys[i] = Digit(terms.Value(items[i]), depth);
        keys.Sort(items);
        for (var first = 0; first < items.Length;)
        {
            var last = first + 1;
            while (last < items.Length && keys[last] == keys[first]) last++;
            if (last - first > 1) SortEquals(items[first..last], keys[first..last], terms, depth);
            first = last;
        }
    }

    private static void SortEquals(Span<int> items, Span<ulong> keys, TermTable terms, int depth)
    {
        // Equal digits with a zero byte at the end may be different lengths ("a" and "a\0"): those that end here come first, shortest first.
        var ended = 0;
        for (var i = 0; i < items.Length; i++)
        {
            if (terms.Value(items[i]).Length > depth + 8) continue;
            (items[ended], items[i]) = (items[i], items[ended]);
            ended++;
        }

        items[..ended].Sort((x, y) => terms.Value(x).Length.CompareTo(terms.Value(y).Length));
        Sort(items[ended..], keys[ended..], terms, depth + 8);
    }

    private static ulong Digit(ReadOnlySpan<byte> value, int depth)
    {
        var rest = value.Length - depth;
        if (rest >= 8) return BinaryPrimitives.ReadUInt64BigEndian(value[depth..]);
        var digit = 0UL;
        for (var i = 0; i < rest; i++) digit |= (ulong)value[depth + i] << (56 - (i * 8));
        return digit;
    }
}
