using System.IO.Hashing;
using System.Text;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Search.Index;

/// <summary>Builds a segment from a batch: add the events in the order of (time, key), each followed by its terms.</summary>
/// <remarks>Not thread-safe; <see cref="Build"/> leaves it empty, ready for the next batch.</remarks>
public sealed class SegmentBuilder : ITermSink
{
    private readonly record struct EventRow(long Time, EventKey Key, long Received, bool Uncertain, EventLocator Locator);

    private readonly List<EventRow> _events = [];
    private readonly ValueSorter _sorter = new();
    private readonly SegmentWriter _writer = new();
    private ushort[] _ordinals = new ushort[1024];

    // Distinct (field, raw value) pairs: an open-addressing table of entry numbers + 1, and the entries' parts side by side.
    private int[] _slots = new int[1 << 15];
    private int _entries;
    private int[] _field = new int[1 << 13];
    private int[] _start = new int[1 << 13];
    private int[] _length = new int[1 << 13];
    private ulong[] _hash = new ulong[1 << 13];
    private int[] _head = new int[1 << 13];
    private int[] _tail = new int[1 << 13];

    // Where the value stands as the event spells it, or -1.
    private int[] _raw = new int[1 << 13];
    private byte[] _arena = new byte[1 << 18];
    private int _arenaLength;

    // Postings: linked lists in one array, appended in ascending order.
    private int[] _next = new int[1 << 16];
    private ushort[] _ordinal = new ushort[1 << 16];
    private int _postings;

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
    public void Add(int field, ReadOnlySpan<byte> value)
    {
        var ordinal = (ushort)(_events.Count - 1);
        var hash = XxHash3.HashToUInt64(value, field);
        var mask = _slots.Length - 1;
        var slot = (int)hash & mask;
        while (true)
        {
            var entry = _slots[slot] - 1;
            if (entry < 0)
            {
                entry = NewEntry(field, value, hash);
                _slots[slot] = entry + 1;
                _head[entry] = _tail[entry] = NewPosting(ordinal);
                if (_entries * 2 > _slots.Length) GrowSlots();
                return;
            }

            if (_hash[entry] == hash && _field[entry] == field && _arena.AsSpan(_start[entry], _length[entry]).SequenceEqual(value))
            {
                if (_ordinal[_tail[entry]] == ordinal) return;
                var posting = NewPosting(ordinal);
                _next[_tail[entry]] = posting;
                _tail[entry] = posting;
                return;
            }

            slot = (slot + 1) & mask;
        }
    }

    /// <summary>The segment; compressing pages pays when it will be kept for long. Its bytes are valid until the next call.</summary>
    public SegmentImage Build(bool compress)
    {
        _writer.Begin(_events.Count, compress);
        foreach (var row in _events) _writer.Event(row.Time, row.Key, row.Received, row.Uncertain, row.Locator);

        NormalizeEntries();
        foreach (var (tag, items) in Fields()) WriteField(_writer, tag, items);
        Clear();
        return _writer.Finish();
    }

    /// <summary>Forgets what was added, so that a failed batch leaves nothing behind.</summary>
    public void Clear()
    {
        _events.Clear();
        Array.Clear(_slots);
        (_entries, _arenaLength, _postings) = (0, 0, 0);
    }

    private void WriteField(SegmentWriter writer, FieldTag tag, int[] items)
    {
        _sorter.Sort(items, _arena, _start, _length);
        writer.BeginField(tag);
        ref var ordinals = ref _ordinals;
        for (var first = 0; first < items.Length;)
        {
            var value = _arena.AsSpan(_start[items[first]], _length[items[first]]);
            var count = 0;
            var last = first;

            // Several raw values may have one normal form.
            for (; last < items.Length && (last == first || _arena.AsSpan(_start[items[last]], _length[items[last]]).SequenceEqual(value)); last++)
            {
                for (var at = _head[items[last]]; ; at = _next[at])
                {
                    if (count == ordinals.Length) Array.Resize(ref ordinals, ordinals.Length * 2);
                    ordinals[count++] = _ordinal[at];
                    if (at == _tail[items[last]]) break;
                }
            }

            if (tag == IndexedField.Id) writer.Id(IndexedField.IdHash(value));
            writer.Value(value, SpellingOf(items.AsSpan(first, last - first), value), last - first == 1 ? ordinals.AsSpan(0, count) : Postings.SortDistinct(ordinals.AsSpan(0, count)));
            first = last;
        }

        writer.EndField();
    }

    // As the first of them spells it that has capitals.
    private ReadOnlySpan<byte> SpellingOf(ReadOnlySpan<int> items, ReadOnlySpan<byte> value)
    {
        foreach (var item in items)
        {
            if (_raw[item] >= 0) return _arena.AsSpan(_raw[item], value.Length);
        }

        return default;
    }

    // A number's normal form is no text; a value that was cut is spelled as far as it goes.
    private static bool IsSpelling(int field, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> normal) =>
        raw.Length >= normal.Length && (field >= SearchFields.FirstUnlisted || SearchFields.All[field].Type is FieldType.Keyword or FieldType.Text)
        && Ascii.EqualsIgnoreCase(raw[..normal.Length], normal) && !raw[..normal.Length].SequenceEqual(normal);

    private void NormalizeEntries()
    {
        Span<byte> normal = stackalloc byte[1024];
        for (var i = 0; i < _entries; i++)
        {
            var raw = _arena.AsSpan(_start[i], _length[i]);
            var room = raw.Length * 3 <= normal.Length ? normal : new byte[raw.Length * 3];
            var length = NormalForm.Normalize(_field[i], raw, room);
            if (length < 0)
            {
                // No normal form (a number field with "null"): it is not indexed.
                _length[i] = -1;
                continue;
            }

            _raw[i] = -1;
            if (room[..length].SequenceEqual(raw)) continue;
            if (IsSpelling(_field[i], raw, room[..length])) _raw[i] = _start[i];
            _start[i] = Append(room[..length]);
            _length[i] = length;
        }
    }

    private IEnumerable<(FieldTag Tag, int[] Items)> Fields()
    {
        var byField = new Dictionary<int, List<int>>();
        for (var i = 0; i < _entries; i++)
        {
            if (_length[i] < 0) continue;
            if (!byField.TryGetValue(_field[i], out var items)) byField[_field[i]] = items = [];
            items.Add(i);
        }

        return byField.Select(f => (IndexedField.Of(f.Key), f.Value.ToArray())).OrderBy(f => f.Item1);
    }

    private int NewEntry(int field, ReadOnlySpan<byte> value, ulong hash)
    {
        if (_entries == _field.Length)
        {
            var size = _entries * 2;
            Array.Resize(ref _field, size);
            Array.Resize(ref _start, size);
            Array.Resize(ref _length, size);
            Array.Resize(ref _hash, size);
            Array.Resize(ref _head, size);
            Array.Resize(ref _tail, size);
            Array.Resize(ref _raw, size);
        }

        _field[_entries] = field;
        _start[_entries] = Append(value);
        _length[_entries] = value.Length;
        _hash[_entries] = hash;
        return _entries++;
    }

    private int Append(ReadOnlySpan<byte> value)
    {
        if (_arena.Length - _arenaLength < value.Length) Array.Resize(ref _arena, Math.Max(_arena.Length * 2, _arenaLength + value.Length));
        value.CopyTo(_arena.AsSpan(_arenaLength));
        _arenaLength += value.Length;
        return _arenaLength - value.Length;
    }

    private int NewPosting(ushort ordinal)
    {
        if (_postings == _ordinal.Length)
        {
            Array.Resize(ref _ordinal, _postings * 2);
            Array.Resize(ref _next, _postings * 2);
        }

        _ordinal[_postings] = ordinal;
        return _postings++;
    }

    private void GrowSlots()
    {
        _slots = new int[_slots.Length * 2];
        var mask = _slots.Length - 1;
        for (var entry = 0; entry < _entries; entry++)
        {
            var slot = (int)_hash[entry] & mask;
            while (_slots[slot] != 0) slot = (slot + 1) & mask;
            _slots[slot] = entry + 1;
        }
    }
}
