using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Search.Index;

/// <summary>Gives a range of a segment's bytes, wherever they are kept. Thread-safe if the reader is to be shared.</summary>
public interface ISegmentBytes
{
    /// <summary>Bytes <paramref name="offset"/> to <paramref name="offset"/> + <paramref name="length"/> - 1 of the image.</summary>
    ReadOnlyMemory<byte> Read(long offset, int length);
}

/// <summary>What a segment's directory says: where each column and field stands. Immutable; kept for as long as the segment lives.</summary>
public sealed class SegmentDirectory
{
    internal readonly record struct FieldEntry(int Values, long Header, int HeaderLength, long Pages);

    private readonly Dictionary<FieldTag, FieldEntry> _fields;
    private readonly (long Offset, int Length)[] _columns = new (long, int)[(int)SegmentColumn.Count];

    private SegmentDirectory(int count, long minTime, long maxTime, Dictionary<FieldTag, FieldEntry> fields)
    {
        (Count, MinTime, MaxTime, _fields) = (count, minTime, maxTime, fields);
    }

    /// <summary>Events in the segment.</summary>
    public int Count { get; }

    /// <summary>Time of the first event, milliseconds since 1970 UTC.</summary>
    public long MinTime { get; }

    /// <summary>Time of the last event.</summary>
    public long MaxTime { get; }

    /// <summary>The fields that its events have.</summary>
    public IEnumerable<FieldTag> Fields => _fields.Keys;

    /// <summary>Reads a segment's directory.</summary>
    public static SegmentDirectory Read(ISegmentBytes bytes)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var head = bytes.Read(0, SegmentFormat.FixedHeaderBytes).Span;
        if (!head[..4].SequenceEqual(SegmentFormat.Magic)) throw new InvalidDataException("A segment does not begin as one.");
        var length = BinaryPrimitives.ReadInt32LittleEndian(head[4..]);
        var reader = new ByteReader(bytes.Read(SegmentFormat.FixedHeaderBytes, length).Span);
        var (count, minTime, maxTime) = (reader.ReadInt(), reader.ReadSigned(), reader.ReadSigned());
        var fields = new Dictionary<FieldTag, FieldEntry>();
        var directory = new SegmentDirectory(count, minTime, maxTime, fields);
        long offset = SegmentFormat.FixedHeaderBytes + length;
        for (var i = 0; i < directory._columns.Length; i++)
        {
            directory._columns[i] = (offset, reader.ReadInt());
            offset += directory._columns[i].Length;
        }

        for (var left = reader.ReadInt(); left > 0; left--)
        {
            var tag = reader.ReadInt();
            var field = (tag & 1) == 0 ? FieldTag.Listed(tag >> 1) : FieldTag.Unlisted(Encoding.UTF8.GetString(reader.Read(tag >> 1)));
            var (values, headerLength, pagesLength) = (reader.ReadInt(), reader.ReadInt(), reader.ReadInt());
            fields[field] = new FieldEntry(values, offset, headerLength, offset + headerLength);
            offset += headerLength + pagesLength;
        }

        return directory;
    }

    // Decoded often and large: kept while memory allows.
    private readonly WeakReference<long[]?> _times = new(null);

    internal long[]? Times
    {
        get => _times.TryGetTarget(out var times) ? times : null;
        set => _times.SetTarget(value);
    }

    internal BloomFilter? Tokens { get; set; }

    internal bool TryGetField(FieldTag tag, out FieldEntry entry) => _fields.TryGetValue(tag, out entry);

    internal (long Offset, int Length) Column(SegmentColumn column) => _columns[(int)column];
}

/// <summary>Reads a segment: its columns, and the values of its fields with the events that have them.</summary>
/// <remarks>Cheap to make over a kept <see cref="SegmentDirectory"/>; for one query on one thread.</remarks>
public sealed class SegmentReader(SegmentDirectory directory, ISegmentBytes bytes)
{
    private readonly long[] _timesRun = new long[SegmentFormat.EventsPerAnchor];
    private readonly EventPlace[] _placesRun = new EventPlace[SegmentFormat.EventsPerAnchor];
    private int _timesAnchor = -1;
    private int _placesAnchor = -1;
    private EventKeyTimes? _keyTimes;
    private HashSet<int>? _uncertain;

    /// <summary>What is known of it without reading.</summary>
    public SegmentDirectory Directory => directory;

    /// <summary>Every event's time, ascending; milliseconds since 1970 UTC.</summary>
    public long[] Times => directory.Times ??= ReadTimes();

    /// <summary>One event's time, without decoding those of all.</summary>
    public long TimeAt(int ordinal)
    {
        if (directory.Times is { } times) return times[ordinal];
        var (anchor, place) = Math.DivRem(ordinal, SegmentFormat.EventsPerAnchor);
        if (anchor != _timesAnchor)
        {
            var (from, time) = (Anchor(anchor).Times, Anchor(anchor).Time);
            var reader = new ByteReader(ColumnFrom(SegmentColumn.Times, from, anchor, static a => a.Times));
            for (var i = 0; !reader.AtEnd; i++) _timesRun[i] = time += (long)reader.ReadVarint();
            _timesAnchor = anchor;
        }

        return _timesRun[place];
    }

    /// <summary>One event's place, without decoding those of all.</summary>
    public EventPlace PlaceAt(int ordinal)
    {
        var (anchor, place) = Math.DivRem(ordinal, SegmentFormat.EventsPerAnchor);
        if (anchor != _placesAnchor)
        {
            var start = Anchor(anchor);
            DecodePlaces(ColumnFrom(SegmentColumn.Places, start.Places, anchor, static a => a.Places), start, _placesRun);
            _placesAnchor = anchor;
        }

        return _placesRun[place];
    }

    /// <summary>Every event's place.</summary>
    public EventPlace[] ReadPlaces()
    {
        var places = new EventPlace[directory.Count];
        DecodePlaces(Column(SegmentColumn.Places), default, places);
        return places;
    }

    /// <summary>Whether an event named no time of its own.</summary>
    public bool IsUncertain(int ordinal) => (_uncertain ??= ReadUncertain()).Contains(ordinal);

    /// <summary>Every event's key.</summary>
    public EventKey[] ReadKeys()
    {
        var keys = new EventKey[directory.Count];
        var hashes = new ByteReader(Column(SegmentColumn.Hashes));
        for (var i = 0; i < keys.Length; i++) keys[i] = new EventKey(Times[i], hashes.ReadHash());
        var reader = new ByteReader(Column(SegmentColumn.KeyTimes));
        while (!reader.AtEnd)
        {
            var ordinal = reader.ReadInt();
            keys[ordinal] = keys[ordinal] with { TimeMilliseconds = reader.ReadSigned() };
        }

        return keys;
    }

    /// <summary>One event's key.</summary>
    public EventKey KeyAt(int ordinal)
    {
        _keyTimes ??= EventKeyTimes.Read(Column(SegmentColumn.KeyTimes));
        var (offset, _) = directory.Column(SegmentColumn.Hashes);
        var hash = BinaryPrimitives.ReadUInt128LittleEndian(bytes.Read(offset + (ordinal * 16L), 16).Span);
        return new EventKey(_keyTimes.Of(ordinal) ?? TimeAt(ordinal), hash);
    }

    /// <summary>The events that have this value of the field, or none.</summary>
    public void Find(FieldTag field, ReadOnlySpan<byte> value, EventBitmap into)
    {
        if (Open(field) is not { } cursor) return;
        if (cursor.Seek(value) && cursor.Value.SequenceEqual(value)) cursor.AddTo(into);
    }

    /// <summary>False: certainly no tokenised field of any event has this token (<see cref="IndexedField.IsTokenised"/>).</summary>
    public bool MayHaveToken(ReadOnlySpan<byte> token)
    {
        var filter = directory.Tokens ??= BloomFilter.FromBytes(Column(SegmentColumn.TokenFilter));
        return filter.MayContain(IndexedField.TokenHash(token));
    }

    /// <summary>A walk over a field's values in order, or <see langword="null"/> when no event has the field.</summary>
    public FieldCursor? Open(FieldTag field) =>
        directory.TryGetField(field, out var entry)
            ? new FieldCursor(bytes, bytes.Read(entry.Header, entry.HeaderLength), entry.Pages, directory.Count)
            : null;

    /// <summary>The filters that tell which keys and ids are certainly not here.</summary>
    public (byte[] Keys, byte[] Ids) ReadFilters() => (Column(SegmentColumn.KeyFilter).ToArray(), Column(SegmentColumn.IdFilter).ToArray());

    internal ReadOnlySpan<byte> Column(SegmentColumn column)
    {
        var (offset, length) = directory.Column(column);
        return length == 0 ? default : bytes.Read(offset, length).Span;
    }

    private long[] ReadTimes()
    {
        var times = new long[directory.Count];
        var reader = new ByteReader(Column(SegmentColumn.Times));
        var last = directory.MinTime;
        for (var i = 0; i < times.Length; i++) times[i] = last += (long)reader.ReadVarint();
        return times;
    }

    private static void DecodePlaces(ReadOnlySpan<byte> column, AnchorRow start, Span<EventPlace> places)
    {
        var reader = new ByteReader(column);
        var (received, block) = (start.Received, start.Block);
        for (var i = 0; !reader.AtEnd; i++)
        {
            received += reader.ReadSigned();
            block += reader.ReadSigned();
            places[i] = new EventPlace(received, new EventLocator(block, reader.ReadInt()));
        }
    }

    private HashSet<int> ReadUncertain()
    {
        var uncertain = new HashSet<int>();
        var reader = new ByteReader(Column(SegmentColumn.Uncertain));
        while (!reader.AtEnd) uncertain.Add(reader.ReadInt());
        return uncertain;
    }

    // A column's bytes from an anchor to the next one, or to the column's end.
    private ReadOnlySpan<byte> ColumnFrom(SegmentColumn column, int from, int anchor, Func<AnchorRow, int> offsetOf)
    {
        var (offset, length) = directory.Column(column);
        var isLast = (anchor + 1) * SegmentFormat.EventsPerAnchor >= directory.Count;
        var end = isLast ? length : offsetOf(Anchor(anchor + 1));
        return bytes.Read(offset + from, end - from).Span;
    }

    private AnchorRow Anchor(int anchor)
    {
        var row = bytes.Read(directory.Column(SegmentColumn.Anchors).Offset + ((long)anchor * SegmentFormat.AnchorBytes), SegmentFormat.AnchorBytes).Span;
        return new AnchorRow(
            BinaryPrimitives.ReadInt32LittleEndian(row), BinaryPrimitives.ReadInt64LittleEndian(row[4..]),
            BinaryPrimitives.ReadInt32LittleEndian(row[12..]), BinaryPrimitives.ReadInt64LittleEndian(row[16..]), BinaryPrimitives.ReadInt64LittleEndian(row[24..]));
    }

    private readonly record struct AnchorRow(int Times, long Time, int Places, long Received, long Block);
}

/// <summary>When an event was received, and where its bytes are.</summary>
/// <param name="Received">Milliseconds since 1970 UTC.</param>
/// <param name="Locator">Where its bytes are.</param>
public readonly record struct EventPlace(long Received, EventLocator Locator);

/// <summary>The few events whose key's time is not the time they are ordered by.</summary>
internal sealed class EventKeyTimes
{
    private readonly Dictionary<int, long> _times = [];

    public static EventKeyTimes Read(ReadOnlySpan<byte> column)
    {
        var read = new EventKeyTimes();
        var reader = new ByteReader(column);
        while (!reader.AtEnd)
        {
            var ordinal = reader.ReadInt();
            read._times[ordinal] = reader.ReadSigned();
        }

        return read;
    }

    public long? Of(int ordinal) => _times.TryGetValue(ordinal, out var time) ? time : null;
}

/// <summary>A walk over the values of one field of one segment, ascending.</summary>
public sealed class FieldCursor
{
    private readonly record struct Page(byte[] First, long Offset, int Stored, int Raw);

    private readonly ISegmentBytes _bytes;
    private readonly List<Page> _pages = [];
    private readonly int _count;
    private int _page = -1;
    private ReadOnlyMemory<byte> _raw;
    private byte[] _room = [];
    private int _position;
    private byte[] _value = new byte[256];
    private int _valueLength;
    private int _capitals;
    private int _postings;

    internal FieldCursor(ISegmentBytes bytes, ReadOnlyMemory<byte> header, long pagesOffset, int count)
    {
        (_bytes, _count) = (bytes, count);
        var reader = new ByteReader(header.Span);
        while (!reader.AtEnd)
        {
            var first = reader.Read(reader.ReadInt()).ToArray();
            var (stored, raw) = (reader.ReadInt(), reader.ReadInt());
            _pages.Add(new Page(first, pagesOffset, stored, raw));
            pagesOffset += stored;
        }
    }

    /// <summary>The value at hand.</summary>
    public ReadOnlySpan<byte> Value => _value.AsSpan(0, _valueLength);

    /// <summary>Writes the value at hand as an event spells it, where only the case of ASCII letters differs; answers how many bytes, 0 when there is no such spelling.</summary>
    /// <param name="into">At least as long as the value.</param>
    public int Spelling(Span<byte> into)
    {
        if (_capitals < 0) return 0;
        Value.CopyTo(into);
        var reader = new ByteReader(_raw.Span) { Position = _capitals };
        var at = 0;
        for (var left = reader.ReadInt(); left > 0; left--)
        {
            at += reader.ReadInt();
            into[at] -= 'a' - 'A';
        }

        return _valueLength;
    }

    /// <summary>Goes to the next value; false at the end.</summary>
    public bool Next()
    {
        if (_page < 0 || _position >= _raw.Length)
        {
            if (_page + 1 >= _pages.Count) return false;
            OpenPage(_page + 1);
        }

        Step();
        return true;
    }

    /// <summary>Goes to the first value that is not less than this one; false when there is none.</summary>
    public bool Seek(ReadOnlySpan<byte> value)
    {
        int low = 0, high = _pages.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_pages[middle].First.AsSpan().SequenceCompareTo(value) <= 0) low = middle;
            else high = middle - 1;
        }

        OpenPage(low);
        while (Next())
        {
            if (Value.SequenceCompareTo(value) >= 0) return true;
        }

        return false;
    }

    /// <summary>Adds the events that have the value at hand.</summary>
    public void AddTo(EventBitmap into)
    {
        ArgumentNullException.ThrowIfNull(into);
        var reader = new ByteReader(_raw.Span) { Position = _postings };
        var head = reader.ReadInt();
        if (head == 1)
        {
            var bits = reader.Read((_count + 7) / 8);
            var words = System.Runtime.InteropServices.MemoryMarshal.AsBytes(into.Words);
            for (var i = 0; i < bits.Length; i++) words[i] |= bits[i];
            return;
        }

        var ordinal = 0;
        for (var left = head / 2; left > 0; left--) into.Set(ordinal += reader.ReadInt());
    }

    /// <summary>Writes the events that have the value at hand, ascending, and returns how many they are.</summary>
    /// <param name="into">Has room for as many as the segment has events.</param>
    public int ReadOrdinals(Span<ushort> into)
    {
        var reader = new ByteReader(_raw.Span) { Position = _postings };
        var head = reader.ReadInt();
        var written = 0;
        if (head == 1)
        {
            var bits = reader.Read((_count + 7) / 8);
            for (var i = 0; i < bits.Length; i++)
            {
                for (var b = (uint)bits[i]; b != 0; b &= b - 1) into[written++] = (ushort)((i * 8) + System.Numerics.BitOperations.TrailingZeroCount(b));
            }

            return written;
        }

        var ordinal = 0;
        for (var left = head / 2; left > 0; left--) into[written++] = (ushort)(ordinal += reader.ReadInt());
        return written;
    }

    private void OpenPage(int page)
    {
        _page = page;
        var (_, offset, stored, raw) = _pages[page];
        var read = _bytes.Read(offset, stored);
        if (stored != raw)
        {
            if (_room.Length < raw) _room = new byte[Math.Max(raw, SegmentFormat.PageBytes * 2)];
            if (!BrotliDecoder.TryDecompress(read.Span, _room, out var written) || written != raw)
            {
                throw new InvalidDataException("A page of a segment does not decompress.");
            }

            read = _room.AsMemory(0, raw);
        }

        (_raw, _position, _valueLength) = (read, 0, 0);
    }

    private void Step()
    {
        var reader = new ByteReader(_raw.Span) { Position = _position };
        var (shared, suffix) = (reader.ReadInt(), reader.ReadInt());
        var rest = suffix / 2;
        if (_value.Length < shared + rest) Array.Resize(ref _value, (shared + rest) * 2);
        reader.Read(rest).CopyTo(_value.AsSpan(shared));
        _valueLength = shared + rest;
        _capitals = -1;
        if (suffix % 2 == 1)
        {
            _capitals = reader.Position;
            for (var left = reader.ReadInt(); left > 0; left--) reader.ReadVarint();
        }

        _postings = reader.Position;
        var head = reader.ReadInt();
        if (head == 1)
        {
            reader.Position += (_count + 7) / 8;
        }
        else
        {
            for (var left = head / 2; left > 0; left--) reader.ReadVarint();
        }

        _position = reader.Position;
    }
}
