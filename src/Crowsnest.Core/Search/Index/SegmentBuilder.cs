using Crowsnest.Core.Events;

namespace Crowsnest.Core.Search.Index;

/// <summary>Builds a segment from a batch: add the events in the order of (time, key), each followed by its terms.</summary>
/// <remarks>Not thread-safe; <see cref="Build"/> leaves it empty, ready for the next batch.</remarks>
public sealed class SegmentBuilder : ITermSink
{
    private readonly record struct EventRow(long Time, EventKey Key, long Received, bool Uncertain, EventLocator Locator);

    private readonly List<EventRow> _events = [];
    private readonly TermTable _terms = new();
    private readonly ValueSorter _sorter = new();
    private readonly SegmentWriter _writer = new();
    private ushort[] _ordinals = new ushort[1024];

    /// <summary>How many events were added.</summary>
    public int Count => _events.Count;

    /// <summary>The next event; its terms follow by <see cref="Add"/>.</summary>
    /// <param name="time">Its time, by which results are ordered; milliseconds since 1970 UTC.</param>
    /// <param name="stored">The event.</param>
    /// <param name="locator">Where its bytes are.</param>
    public void AddEvent(long time, EcsEvent stored, EventLocator locator)
    {
        ArgumentNullException.ThrowIfNull(stored);
        if (_events.Count == SegmentFormat.EventsMax) throw new InvalidOperationException("The segment is full.");
        _events.Add(new EventRow(time, stored.Key, stored.ReceivedAt.ToUnixTimeMilliseconds(), stored.TimeUncertain, locator));
    }

    /// <inheritdoc/>
    public void Add(int field, ReadOnlySpan<byte> value) => _terms.Add(_events.Count - 1, field, value);

    /// <summary>The segment; compressing pages pays when it will be kept for long. Its bytes are valid until the next call.</summary>
    public SegmentImage Build(bool compress)
    {
        _writer.Begin(_events.Count, compress);
        foreach (var row in _events) _writer.Event(row.Time, row.Key, row.Received, row.Uncertain, row.Locator);

        _terms.Gather();
        foreach (var (tag, items) in _terms.Fields()) WriteField(tag, items);
        Clear();
        return _writer.Finish();
    }

    /// <summary>Forgets what was added, so that a failed batch leaves nothing behind.</summary>
    public void Clear()
    {
        _events.Clear();
        _terms.Clear();
    }

    private void WriteField(FieldTag tag, Span<int> items)
    {
        _sorter.Sort(items, _terms);
        _writer.BeginField(tag);
        for (var first = 0; first < items.Length;)
        {
            var value = _terms.Value(items[first]);
            var last = first + 1;

            // Several raw values may have one normal form.
            while (last < items.Length && _terms.Value(items[last]).SequenceEqual(value)) last++;
            if (tag == IndexedField.Id) _writer.Id(IndexedField.IdHash(value));
            _writer.Value(value, SpellingOf(items[first..last]), OrdinalsOf(items[first..last]));
            first = last;
        }

        _writer.EndField();
    }

    private ReadOnlySpan<ushort> OrdinalsOf(ReadOnlySpan<int> items)
    {
        if (items.Length == 1) return _terms.Ordinals(items[0]);
        var count = 0;
        foreach (var item in items)
        {
            var more = _terms.Ordinals(item);
            if (_ordinals.Length < count + more.Length) Array.Resize(ref _ordinals, Math.Max(_ordinals.Length * 2, count + more.Length));
            more.CopyTo(_ordinals.AsSpan(count));
            count += more.Length;
        }

        return Postings.SortDistinct(_ordinals.AsSpan(0, count));
    }

    // As the first of them spells it that has capitals.
    private ReadOnlySpan<byte> SpellingOf(ReadOnlySpan<int> items)
    {
        foreach (var item in items)
        {
            if (_terms.Spelling(item) is { IsEmpty: false } spelling) return spelling;
        }

        return default;
    }
}
