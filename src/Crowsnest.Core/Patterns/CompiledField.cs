namespace Crowsnest.Core.Patterns;

/// <summary>A field that one or more rules ask about: the same question is kept once, and answered once an event.</summary>
internal sealed class CompiledField
{
    // From here on a table is faster than comparing one by one.
    private const int TableMin = 8;

    private readonly ByteTable? _texts;
    private readonly ValueTest[] _tests;

    public CompiledField(PatternField field, int path)
    {
        (Source, Path) = (field, path);
        var texts = field.Tests.OfType<ValueTest.Text>().ToList();
        var isTabled = texts.Count >= TableMin;
        _texts = isTabled ? new ByteTable([.. texts.Select(t => (t.Bytes, default(IndexTarget)))]) : null;
        _tests = [.. field.Tests.Where(t => !isTabled || t is not ValueTest.Text)];
    }

    /// <summary>As the pattern has it.</summary>
    public PatternField Source { get; }

    /// <summary>The number of its path.</summary>
    public int Path { get; }

    /// <summary>The branches that are tried when a value passes: first and count in the matcher's list.</summary>
    public (int First, int Count) Driven { get; set; }

    /// <summary>Whether one of the alternatives takes the value.</summary>
    public bool Takes(in Leaf leaf)
    {
        foreach (var test in _tests)
        {
            if (test.Takes(leaf)) return true;
        }

        return _texts is not null && leaf.Kind == LeafKind.Text && !_texts.Find(leaf.Bytes).IsEmpty;
    }
}
