using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Crowsnest.Core.Patterns;

/// <summary>
/// A place in an event that patterns ask about, or one on the way there. Children are found by the bytes of a member's name.
/// </summary>
/// <remarks>Steps hold no dots: the path <c>a.b</c> is two steps, however pattern and event nest it. Arrays are no step.</remarks>
internal sealed class PathNode
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    private readonly Dictionary<string, PathNode> _children = new(StringComparer.Ordinal);
    private Slot[] _slots = [];
    private int _shift;

    // Bit n: some child's name has n bytes, modulo 64.
    private ulong _lengths;

    /// <summary>The number of the path whose values count, or -1.</summary>
    public int Path { get; private set; } = -1;

    /// <summary>Whether patterns ask for something further in.</summary>
    public bool HasChildren => _slots.Length > 0;

    /// <summary>Whether a name with a dot could lead anywhere.</summary>
    public bool HasGrandchildren { get; private set; }

    /// <summary>Makes the way to a path, and marks its end.</summary>
    public void Add(string path, int number)
    {
        var node = this;
        foreach (var step in path.Split('.'))
        {
            if (!node._children.TryGetValue(step, out var child)) node._children.Add(step, child = new PathNode());
            node = child;
        }

        node.Path = number;
    }

    /// <summary>Ends the making: from here on children can be found.</summary>
    public void Seal()
    {
        if (_children.Count == 0) return;
        var bits = BitOperations.Log2((uint)_children.Count) + 2;
        _slots = new Slot[1 << bits];
        _shift = 64 - bits;
        foreach (var (step, child) in _children)
        {
            child.Seal();
            HasGrandchildren |= child.HasChildren;
            var name = JavaText.Utf8(step);
            _lengths |= 1UL << (name.Length & 63);
            var first = FirstBytes(ref MemoryMarshal.GetArrayDataReference(name), name.Length, name.Length);
            var i = Place(first, name.Length);
            while (_slots[i].Child is not null) i = (i + 1) & (_slots.Length - 1);
            _slots[i] = new Slot(first, name, child);
        }
    }

    /// <summary>The child of a name, or <see langword="null"/>.</summary>
    /// <param name="name">Its first byte.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="readable">How many bytes may be read from there on.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public PathNode? Find(ref byte name, int length, int readable) => (_lengths >> (length & 63) & 1) == 0 ? null : Search(ref name, length, readable);

    /// <summary>Where a name of several steps leads, or <see langword="null"/>.</summary>
    public PathNode? FindSteps(ReadOnlySpan<byte> name)
    {
        var node = this;
        while (true)
        {
            var dot = name.IndexOf((byte)'.');
            var step = dot < 0 ? name : name[..dot];
            if (!node.HasChildren || node.Find(ref MemoryMarshal.GetReference(step), step.Length, step.Length) is not { } child) return null;
            if (dot < 0) return child;
            node = child;
            name = name[(dot + 1)..];
        }
    }

    private PathNode? Search(ref byte name, int length, int readable)
    {
        var first = FirstBytes(ref name, length, readable);
        var slots = _slots;
        for (var i = Place(first, length); ; i = (i + 1) & (slots.Length - 1))
        {
            ref var slot = ref slots[i];
            if (slot.Child is null) return null;
            if (slot.First == first && slot.Name.Length == length
                && (length <= 8 || MemoryMarshal.CreateReadOnlySpan(ref Unsafe.Add(ref name, 8), length - 8).SequenceEqual(slot.Name.AsSpan(8)))) return slot.Child;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Place(ulong first, int length) => (int)(((first ^ (uint)length) * Multiplier) >> _shift);

    // The first eight bytes of a name, zeros where it is shorter.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong FirstBytes(ref byte name, int length, int readable)
    {
        if (readable >= 8)
        {
            var bytes = Unsafe.ReadUnaligned<ulong>(ref name);
            return length >= 8 ? bytes : bytes & ((1UL << (8 * length)) - 1);
        }

        ulong slow = 0;
        for (var i = Math.Min(length, 8) - 1; i >= 0; i--) slow = (slow << 8) | Unsafe.Add(ref name, i);
        return slow;
    }

    private readonly record struct Slot(ulong First, byte[] Name, PathNode? Child);
}
