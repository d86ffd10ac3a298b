using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Crowsnest.Core.Patterns;

/// <summary>
/// Walks an event's bytes once along the paths that patterns ask about, and notes the values there. All else is passed over by vectors, without a look at what it says.
/// </summary>
/// <remarks>
/// It takes the bytes for JSON and does not check them: what is none gives some values or none, in bounded time, and never reads beyond the end. Each step moves on
/// by a byte at least, and the depth is bounded.
/// </remarks>
internal readonly ref struct EventScan
{
    // Jackson's limit, and so event-ruler's; the decoder lets through much less.
    private const int DepthMax = 1_000;

    private readonly ref byte _origin;
    private readonly int _length;
    private readonly MatchMemory _memory;
    private readonly ValueHolder _holder;
    private readonly PathNode? _hidden;

    private EventScan(ReadOnlySpan<byte> json, MatchMemory memory, ValueHolder holder, PathNode? hidden)
    {
        _origin = ref MemoryMarshal.GetReference(json);
        _length = json.Length;
        _memory = memory;
        _holder = holder;
        _hidden = hidden;
    }

    /// <summary>Walks one object.</summary>
    /// <param name="json">The object's bytes.</param>
    /// <param name="node">The place that it stands at.</param>
    /// <param name="memory">Where to note values.</param>
    /// <param name="holder">What these bytes are.</param>
    /// <param name="hidden">A member to pass over, because other bytes stand for it.</param>
    public static void Run(ReadOnlySpan<byte> json, PathNode node, MatchMemory memory, ValueHolder holder, PathNode? hidden)
    {
        if (!node.HasChildren) return;
        var scan = new EventScan(json, memory, holder, hidden);
        var i = scan.SkipSpace(0);
        if (i < scan._length && scan.At(i) == (byte)'{') scan.Object(node, i + 1, -1, 1);
    }

    // From behind the brace to behind the closing one.
    private int Object(PathNode node, int i, int element, int depth)
    {
        while (true)
        {
            i = SkipSpace(i);
            if (i >= _length) return i;
            var c = At(i);
            if (c == (byte)'}') return i + 1;
            if (c != (byte)'"')
            {
                i++;
                continue;
            }

            var start = i + 1;
            i = StringEnd(start, out var isEscaped);
            if (i >= _length) return i;
            var child = Find(node, start, i - start, isEscaped);
            i = SkipSpace(i + 1);
            if (i < _length && At(i) == (byte)':') i = SkipSpace(i + 1);
            if (i >= _length) return i;
            i = child is null || child == _hidden ? SkipValue(i) : Value(child, i, element, depth);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private PathNode? Find(PathNode node, int start, int length, bool isEscaped)
    {
        if (isEscaped) return FindEscaped(node, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _origin, start), length));
        var child = node.Find(ref Unsafe.Add(ref _origin, start), length, _length - start);
        return child is null && node.HasGrandchildren ? FindDotted(node, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _origin, start), length)) : child;
    }

    private PathNode? FindDotted(PathNode node, ReadOnlySpan<byte> name)
    {
        if (!name.Contains((byte)'.')) return null;
        if (_hidden is null) return node.FindSteps(name);

        // "crowsnest.kind" at the top is as hidden as "crowsnest" itself.
        var step = name[..name.IndexOf((byte)'.')];
        return node.FindSteps(step) == _hidden ? null : node.FindSteps(name);
    }

    private PathNode? FindEscaped(PathNode node, ReadOnlySpan<byte> escaped)
    {
        var name = _memory.Unescape(escaped);
        return node.Find(ref MemoryMarshal.GetReference(name), name.Length, name.Length) ?? FindDotted(node, name);
    }

    // From a value's first byte to behind it.
    private int Value(PathNode node, int i, int element, int depth)
    {
        var c = At(i);
        switch (c)
        {
            case (byte)'"':
                var end = StringEnd(i + 1, out var isEscaped);
                if (node.Path >= 0 && end < _length)
                {
                    if (isEscaped) _memory.AddEscaped(node.Path, MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _origin, i + 1), end - i - 1), element);
                    else _memory.AddValue(node.Path, LeafKind.Text, _holder, i + 1, end - i - 1, element);
                }

                return end + 1;
            case (byte)'{':
                return node.HasChildren && depth < DepthMax ? Object(node, i + 1, element, depth + 1) : SkipContainer(i);
            case (byte)'[':
                return depth < DepthMax ? Array(node, i + 1, element, depth + 1) : SkipContainer(i);
            default:
                end = ScalarEnd(i);
                if (node.Path >= 0) _memory.AddValue(node.Path, c is (byte)'t' or (byte)'f' or (byte)'n' ? LeafKind.Literal : LeafKind.Number, _holder, i, end - i, element);
                return end;
        }
    }

    // From behind the bracket to behind the closing one. Plain values are the field's own; what is nested further stands in an element.
    private int Array(PathNode node, int i, int element, int depth)
    {
        var (array, index) = (-1, 0);
        while (true)
        {
            i = SkipSpace(i);
            if (i >= _length) return i;
            var c = At(i);
            switch (c)
            {
                case (byte)']':
                    return i + 1;
                case (byte)',':
                    index++;
                    i++;
                    break;
                case (byte)'{' when !node.HasChildren:
                    i = SkipContainer(i);
                    break;
                case (byte)'{' or (byte)'[':
                    if (array < 0) array = _memory.ArrayCount++;
                    var before = _memory.ValueCount;
                    var inner = _memory.AddElement(array, index, element);
                    i = Value(node, i, inner, depth);
                    if (_memory.ValueCount == before) _memory.ElementCount = inner;
                    break;
                default:
                    i = Value(node, i, element, depth);
                    break;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SkipValue(int i)
    {
        var c = At(i);
        if (c == (byte)'"') return StringEnd(i + 1, out _) + 1;
        return (c | 0x20) == (byte)'{' ? SkipContainer(i) : ScalarEnd(i);
    }

    // To behind the bracket that closes the one here. Blocks of 64 bytes: which bytes stand in strings, and how many brackets of either kind outside of them.
    private int SkipContainer(int i)
    {
        var (depth, inString, isEscaped) = (0, 0UL, 0UL);
        Span<byte> tail = stackalloc byte[64];
        for (; i < _length; i += 64)
        {
            Vector256<byte> low, high;
            if (_length - i >= 64)
            {
                low = Vector256.LoadUnsafe(ref _origin, (nuint)i);
                high = Vector256.LoadUnsafe(ref _origin, (nuint)i + 32);
            }
            else
            {
                tail.Clear();
                MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref _origin, i), _length - i).CopyTo(tail);
                low = Vector256.Create<byte>(tail);
                high = Vector256.Create<byte>(tail[32..]);
            }

            var quotes = Equal(low, high, (byte)'"');
            var escapes = Equal(low, high, (byte)'\\');
            if ((escapes | isEscaped) != 0) quotes &= ~Escaped(escapes, ref isEscaped);
            var strings = Parity(quotes) ^ inString;
            inString = (ulong)((long)strings >> 63);

            // The two kinds of opening brackets differ in one bit, and so do the closing ones.
            var bit = Vector256.Create((byte)0x20);
            var opens = Equal(low | bit, high | bit, (byte)'{') & ~strings;
            var closes = Equal(low | bit, high | bit, (byte)'}') & ~strings;
            var closing = BitOperations.PopCount(closes);
            if (closing >= depth && closing > 0 && End(opens, closes, depth) is var end and >= 0) return i + end + 1;
            depth += BitOperations.PopCount(opens) - closing;
        }

        return _length;
    }

    // The bit of the closing bracket at which the depth comes to nothing, or -1.
    private static int End(ulong opens, ulong closes, int depth)
    {
        while (closes != 0)
        {
            var bit = BitOperations.TrailingZeroCount(closes);
            var before = depth + BitOperations.PopCount(opens & ((1UL << bit) - 1));
            if (before == 1) return bit;
            depth--;
            closes &= closes - 1;
        }

        return -1;
    }

    // Bytes that a backslash stands before which is not itself escaped: of a run of backslashes every second is. The algorithm is simdjson's (Langdale and Lemire, 2019).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Escaped(ulong backslashes, ref ulong isEscaped)
    {
        backslashes &= ~isEscaped;
        var follows = (backslashes << 1) | isEscaped;
        const ulong Even = 0x5555_5555_5555_5555;
        var oddStarts = backslashes & ~Even & ~follows;
        var sum = oddStarts + backslashes;
        isEscaped = sum < oddStarts ? 1UL : 0UL;
        return (Even ^ (sum << 1)) & follows;
    }

    // Bit n: whether an odd number of bits stands at or below it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Parity(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Equal(Vector256<byte> low, Vector256<byte> high, byte c) =>
        Vector256.Equals(low, Vector256.Create(c)).ExtractMostSignificantBits() | ((ulong)Vector256.Equals(high, Vector256.Create(c)).ExtractMostSignificantBits() << 32);

    // The closing quote of the string that begins here, or the end.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int StringEnd(int i, out bool isEscaped)
    {
        isEscaped = false;
        while (i + 32 <= _length)
        {
            var block = Vector256.LoadUnsafe(ref _origin, (nuint)i);
            var found = (Vector256.Equals(block, Vector256.Create((byte)'"')) | Vector256.Equals(block, Vector256.Create((byte)'\\'))).ExtractMostSignificantBits();
            if (found == 0)
            {
                i += 32;
                continue;
            }

            i += BitOperations.TrailingZeroCount(found);
            if (At(i) == (byte)'"') return i;
            isEscaped = true;
            i += 2;
        }

        return StringEndSlow(i, ref isEscaped);
    }

    private int StringEndSlow(int i, ref bool isEscaped)
    {
        for (; i < _length; i++)
        {
            var c = At(i);
            if (c == (byte)'"') return i;
            if (c != (byte)'\\') continue;
            isEscaped = true;
            i++;
        }

        return _length;
    }

    // At least one byte on.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int ScalarEnd(int i)
    {
        for (i++; i < _length; i++)
        {
            var c = At(i);
            if (c is <= (byte)' ' or (byte)',' or (byte)'}' or (byte)']') break;
        }

        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int SkipSpace(int i)
    {
        while (i < _length && At(i) <= (byte)' ') i++;
        return i;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte At(int i) => Unsafe.Add(ref _origin, i);
}
