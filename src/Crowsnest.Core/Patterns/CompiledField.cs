namespace Crowsnest.Core.Patterns;

/// <summary>A field that one or more rules ask about: the same question is kept once, and answered once an event.</summary>
internal sealed class CompiledField
{
    // From here on searching is faster than comparing one by one.
    private const int SortedMin = 8;

    private readonly byte[][] _texts;
    private readonly ValueTest[] _tests;

    /// <summary>A field.</summary>
    /// <param name="path">The number of its path.</param>
    /// <param name="tests">Alternatives, each once.</param>
    public CompiledField(int path, ValueTest[] tests)
    {
        (Path, Tests, MayBeAbsent) = (path, tests, tests.Any(t => t is ValueTest.Absent));
        var texts = tests.OfType<ValueTest.Text>().Select(t => t.Bytes).ToArray();
        var isSorted = texts.Length >= SortedMin;
        _texts = isSorted ? texts : [];
        Array.Sort(_texts, ByteOrder.Instance);
        _tests = isSorted ? [.. tests.Where(t => t is not ValueTest.Text)] : tests;
    }

    /// <summary>The number of its path.</summary>
    public int Path { get; }

    /// <summary>The alternatives.</summary>
    public ValueTest[] Tests { get; }

    /// <summary>Whether the field may be absent.</summary>
    public bool MayBeAbsent { get; }

    /// <summary>The branches that are tried when a value passes: first and count in the matcher's list.</summary>
    public (int First, int Count) Driven { get; set; }

    /// <summary>Whether one of the alternatives takes the value.</summary>
    public bool Takes(in Leaf leaf)
    {
        foreach (var test in _tests)
        {
            if (test.Takes(leaf)) return true;
        }

        return _texts.Length > 0 && leaf.Kind == LeafKind.Text && HasText(leaf.Bytes);
    }

    private bool HasText(ReadOnlySpan<byte> text)
    {
        var (low, high) = (0, _texts.Length);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var order = text.SequenceCompareTo(_texts[middle]);
            if (order == 0) return true;
            if (order < 0) high = middle;
            else low = middle + 1;
        }

        return false;
    }
}
