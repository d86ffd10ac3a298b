using System.IO.Hashing;
using System.Numerics;
using System.Text;

namespace Crowsnest.Core.Search.Index;

/// <summary>The distinct (field, value) pairs of a batch of events, and which events have each.</summary>
/// <remarks>
/// First <see cref="Add"/>, event by event; then <see cref="Gather"/>; then it can be read, by item: the number of a pair. An open-addressing table whose
/// slots hold a part of the hash, and entries of half a cache line: a known value costs three lines. Which events have it is written down in the order of
/// arrival, one number each, and sorted out once, since lists that grow all over the memory cost more than everything else.
/// </remarks>
internal sealed class TermTable
{
    private struct Entry
    {
        public int Field;
        public int Start;

        // -1 when the value has no normal form.
        public int Length;

        // Where the value stands as the event spells it, or -1.
        public int Spelling;
        public int LastOrdinal;
        public int Count;
        public int FirstOrdinal;
    }

    // The number of an entry + 1, or 0; and above it 32 bits of the hash, of which the lower lead to the slot.
    private ulong[] _slots = new ulong[1 << 15];
    private Entry[] _entries = new Entry[1 << 13];
    private int _count;
    private byte[] _arena = new byte[1 << 18];
    private int _arenaLength;

    // Entries in the order of arrival, and where each event's begin; then each entry's events side by side.
    private int[] _arrivals = new int[1 << 16];
    private int _arrived;
    private int[] _eventStarts = new int[1 << 10];
    private int _events;
    private ushort[] _ordinals = [];

    /// <summary>An event has a value; events come in ascending order.</summary>
    public void Add(int ordinal, int field, ReadOnlySpan<byte> value)
    {
        var hash = (uint)(XxHash3.HashToUInt64(value, field) >> 32);
        var mask = _slots.Length - 1;
        for (var at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            var slot = _slots[at];
            if (slot == 0)
            {
                _slots[at] = ((ulong)hash << 32) | (uint)(_count + 1);
                Arrive(ordinal, NewEntry(field, value));
                if (_count * 2 > _slots.Length) GrowSlots();
                return;
            }

            if ((uint)(slot >> 32) != hash) continue;
            var number = (int)(uint)slot - 1;
            ref var entry = ref _entries[number];
            if (entry.Field != field || !_arena.AsSpan(entry.Start, entry.Length).SequenceEqual(value)) continue;
            if (entry.LastOrdinal != ordinal) Arrive(ordinal, number);
            return;
        }
    }

    /// <summary>Brings values to their normal form, and sorts out which events have each.</summary>
    public void Gather()
    {
        var at = 0;
        for (var i = 0; i < _count; i++)
        {
            _entries[i].FirstOrdinal = at;
            at += _entries[i].Count;
            _entries[i].Count = 0;
        }

        if (_ordinals.Length < at) _ordinals = new ushort[_arrivals.Length];
        at = 0;
        for (var ordinal = 0; ordinal < _events; ordinal++)
        {
            for (var end = ordinal + 1 < _events ? _eventStarts[ordinal + 1] : _arrived; at < end; at++)
            {
                ref var entry = ref _entries[_arrivals[at]];
                _ordinals[entry.FirstOrdinal + entry.Count++] = (ushort)ordinal;
            }
        }

        Normalize();
    }

    /// <summary>The fields in order, with their items in no order.</summary>
    public IEnumerable<(FieldTag Tag, int[] Items)> Fields()
    {
        var byField = new Dictionary<int, List<int>>();
        for (var i = 0; i < _count; i++)
        {
            if (_entries[i].Length < 0) continue;
            if (!byField.TryGetValue(_entries[i].Field, out var items)) byField[_entries[i].Field] = items = [];
            items.Add(i);
        }

        return byField.Select(f => (IndexedField.Of(f.Key), f.Value.ToArray())).OrderBy(f => f.Item1);
    }

    /// <summary>An item's value in normal form.</summary>
    public ReadOnlySpan<byte> Value(int item) => _arena.AsSpan(_entries[item].Start, _entries[item].Length);

    /// <summary>The value as the event spells it, when that differs in the case of ASCII letters only; else empty.</summary>
    public ReadOnlySpan<byte> Spelling(int item) => _entries[item].Spelling < 0 ? default : _arena.AsSpan(_entries[item].Spelling, _entries[item].Length);

    /// <summary>The events that have it, ascending.</summary>
    public ReadOnlySpan<ushort> Ordinals(int item) => _ordinals.AsSpan(_entries[item].FirstOrdinal, _entries[item].Count);

    public void Clear()
    {
        Array.Clear(_slots);
        (_count, _arenaLength, _arrived, _events) = (0, 0, 0, 0);
    }

    private void Normalize()
    {
        Span<byte> normal = stackalloc byte[1024];
        for (var i = 0; i < _count; i++)
        {
            ref var entry = ref _entries[i];
            var raw = _arena.AsSpan(entry.Start, entry.Length);
            var room = raw.Length * 3 <= normal.Length ? normal : new byte[raw.Length * 3];
            entry.Spelling = -1;
            var length = NormalForm.Normalize(entry.Field, raw, room);
            if (length < 0)
            {
                // No normal form (a number field with "null"): it is not indexed.
                entry.Length = -1;
                continue;
            }

            if (room[..length].SequenceEqual(raw)) continue;
            if (IsSpelling(entry.Field, raw, room[..length])) entry.Spelling = entry.Start;
            entry.Start = Append(room[..length]);
            entry.Length = length;
        }
    }

    // A number's normal form is no text; a value that was cut is spelled as far as it goes.
    private static bool IsSpelling(int field, ReadOnlySpan<byte> raw, ReadOnlySpan<byte> normal) =>
        raw.Length >= normal.Length && (field >= SearchFields.FirstUnlisted || SearchFields.All[field].Type is FieldType.Keyword or FieldType.Text)
        && Ascii.EqualsIgnoreCase(raw[..normal.Length], normal) && !raw[..normal.Length].SequenceEqual(normal);

    private void Arrive(int ordinal, int number)
    {
        if (_events <= ordinal) BeginEvents(ordinal);
        if (_arrived == _arrivals.Length) Array.Resize(ref _arrivals, _arrived * 2);
        _arrivals[_arrived++] = number;
        ref var entry = ref _entries[number];
        entry.LastOrdinal = ordinal;
        entry.Count++;
    }

    // Events without a value have none of the arrivals.
    private void BeginEvents(int last)
    {
        if (_eventStarts.Length <= last) Array.Resize(ref _eventStarts, (int)BitOperations.RoundUpToPowerOf2((uint)last + 1));
        while (_events <= last) _eventStarts[_events++] = _arrived;
    }

    private int NewEntry(int field, ReadOnlySpan<byte> value)
    {
        if (_count == _entries.Length) Array.Resize(ref _entries, _count * 2);
        _entries[_count] = new Entry { Field = field, Start = Append(value), Length = value.Length, Spelling = -1 };
        return _count++;
    }

    private int Append(ReadOnlySpan<byte> value)
    {
        if (_arena.Length - _arenaLength < value.Length) Array.Resize(ref _arena, Math.Max(_arena.Length * 2, _arenaLength + value.Length));
        value.CopyTo(_arena.AsSpan(_arenaLength));
        _arenaLength += value.Length;
        return _arenaLength - value.Length;
    }

    private void GrowSlots()
    {
        var old = _slots;
        _slots = new ulong[old.Length * 2];
        var mask = _slots.Length - 1;
        foreach (var slot in old)
        {
            if (slot == 0) continue;
            var at = (int)(slot >> 32) & mask;
            while (_slots[at] != 0) at = (at + 1) & mask;
            _slots[at] = slot;
        }
    }
}
