using System.Runtime.CompilerServices;

namespace Crowsnest.Core.Patterns;

/// <summary>A value of the event at a path that patterns ask about.</summary>
internal struct FoundValue
{
    /// <summary>Where its bytes begin, in what holds them.</summary>
    public int Start;

    public int Length;

    /// <summary>The innermost array element that it stands in, or -1.</summary>
    public int Element;

    /// <summary>The next value of the same path, or -1.</summary>
    public int Next;

    public LeafKind Kind;

    public ValueHolder Holder;
}

/// <summary>Which bytes hold a value.</summary>
internal enum ValueHolder : byte
{
    /// <summary>The event.</summary>
    Event,

    /// <summary>The object that stands beside the event.</summary>
    Beside,

    /// <summary>The memory of a match: a string that had escapes.</summary>
    Unescaped,
}

/// <summary>An element of an array that holds values: one step on the way from a value up to the top.</summary>
internal struct ArrayElement
{
    /// <summary>The array's number, in the order of their beginnings.</summary>
    public int Array;

    public int Index;

    /// <summary>The element that the array itself stands in, or -1.</summary>
    public int Parent;

    /// <summary>How many elements are around this one.</summary>
    public int Depth;
}

/// <summary>What was found at one path.</summary>
internal struct PathState
{
    /// <summary>The match that it belongs to; any other number: nothing was found.</summary>
    public int Match;

    public int First;

    public int Last;

    /// <summary>Whether one of the values stands in an array's element, so that it cannot be combined with every other.</summary>
    public bool IsNested;
}

/// <summary>The working memory of one match after another. One thread's at a time; grows to the largest event and stays so.</summary>
internal sealed class MatchMemory
{
    private const int MatchesMax = int.MaxValue >> 2;

    private PatternMatcher? _owner;
    private byte[] _buffer = [];
    private int _mark;
    private int _unescapedLength;

    /// <summary>The current match, from 1: marks of any other number are old, which saves clearing.</summary>
    public int Match { get; private set; }

    public FoundValue[] Values { get; private set; } = new FoundValue[64];

    public int ValueCount { get; private set; }

    public ArrayElement[] Elements { get; private set; } = new ArrayElement[16];

    public int ElementCount { get; set; }

    public int ArrayCount { get; set; }

    public PathState[] Paths { get; private set; } = [];

    /// <summary>The paths at which something was found.</summary>
    public int[] Touched { get; private set; } = [];

    public int TouchedCount { get; private set; }

    /// <summary>By field: the match and, in the two lowest bits, the verdict.</summary>
    public int[] Verdicts { get; private set; } = [];

    /// <summary>By rule: the match in which it matched last.</summary>
    public int[] RuleMatches { get; private set; } = [];

    /// <summary>What tables have tried already for a value.</summary>
    public int[] Marks { get; private set; } = [];

    public byte[] Unescaped { get; private set; } = [];

    public ConsistencySearch Search { get; } = new();

    /// <summary>The numbers of the rules that matched.</summary>
    public int[] Rules { get; private set; } = [];

    public int RuleCount { get; private set; }

    /// <summary>Forgets the last match and gets ready for one by this matcher.</summary>
    public void Begin(PatternMatcher owner, int paths, int fields, int rules, int marks)
    {
        if (_owner != owner || Match == MatchesMax)
        {
            (_owner, Match) = (owner, 0);
            (Marks, _mark) = (new int[marks], 0);
            (Paths, Touched, Verdicts, RuleMatches, Rules) = (new PathState[paths], new int[paths], new int[fields], new int[rules], new int[rules]);
        }

        Match++;
        (ValueCount, ElementCount, ArrayCount, TouchedCount, RuleCount, _unescapedLength) = (0, 0, 0, 0, 0, 0);
        Search.Begin();
    }

    /// <summary>A mark that nothing has yet.</summary>
    public int NextMark()
    {
        if (_mark == int.MaxValue)
        {
            Marks.AsSpan().Clear();
            _mark = 0;
        }

        return ++_mark;
    }

    /// <summary>Memory for the moment, at least so long.</summary>
    public Span<byte> Buffer(int length)
    {
        if (_buffer.Length < length) _buffer = new byte[2 * length];
        return _buffer;
    }

    public void SortRules() => Rules.AsSpan(0, RuleCount).Sort();

    public void AddRule(int rule)
    {
        RuleMatches[rule] = Match;
        Rules[RuleCount++] = rule;
    }

    public void AddValue(int path, LeafKind kind, ValueHolder holder, int start, int length, int element)
    {
        if (ValueCount == Values.Length) Values = Grown(Values);
        var number = ValueCount++;
        ref var value = ref Values[number];
        (value.Start, value.Length, value.Element, value.Next, value.Kind, value.Holder) = (start, length, element, -1, kind, holder);
        ref var state = ref Paths[path];
        if (state.Match != Match)
        {
            (state.Match, state.First, state.IsNested) = (Match, number, false);
            Touched[TouchedCount++] = path;
        }
        else
        {
            Values[state.Last].Next = number;
        }

        state.Last = number;
        state.IsNested |= element >= 0;
    }

    /// <summary>Adds a string whose escapes are to be resolved.</summary>
    public void AddEscaped(int path, ReadOnlySpan<byte> escaped, int element)
    {
        var text = Unescape(escaped);
        AddValue(path, LeafKind.Text, ValueHolder.Unescaped, _unescapedLength, text.Length, element);
        _unescapedLength += text.Length;
    }

    /// <summary>Resolves escapes into memory that the next call uses again.</summary>
    public ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> escaped)
    {
        if (Unescaped.Length - _unescapedLength < escaped.Length)
        {
            var larger = new byte[Math.Max(2 * Unescaped.Length, _unescapedLength + escaped.Length)];
            Unescaped.AsSpan(0, _unescapedLength).CopyTo(larger);
            Unescaped = larger;
        }

        var length = JavaText.Unescape(escaped, Unescaped.AsSpan(_unescapedLength));
        return Unescaped.AsSpan(_unescapedLength, length);
    }

    public int AddElement(int array, int index, int parent)
    {
        if (ElementCount == Elements.Length) Elements = Grown(Elements);
        ref var element = ref Elements[ElementCount];
        (element.Array, element.Index, element.Parent, element.Depth) = (array, index, parent, parent < 0 ? 0 : Elements[parent].Depth + 1);
        return ElementCount++;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T[] Grown<T>(T[] array)
    {
        Array.Resize(ref array, 2 * array.Length);
        return array;
    }
}
