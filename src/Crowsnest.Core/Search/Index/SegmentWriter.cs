using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Search.Index;

/// <summary>Writes a segment's image: first every event in order, then every field with its values in order.</summary>
internal sealed class SegmentWriter
{
    private readonly ByteBuffer[] _columns = new ByteBuffer[(int)SegmentColumn.Count];
    private readonly ByteBuffer _directory = new();
    private readonly PiecedBytes _fields = new();
    private readonly ByteBuffer _header = new();
    private readonly ByteBuffer _pages = new(64 * 1024);
    private readonly ByteBuffer _page = new(2 * SegmentFormat.PageBytes);
    private BloomFilter _keyFilter = new(1);
    private BloomFilter _idFilter = new(1);
    private readonly HashSet<ulong> _tokens = [];
    private readonly List<string> _topLevelNames = [];
    private FieldTag _field;
    private bool _isTokenised;
    private bool _compress;
    private int _count;
    private int _events;
    private long _minTime;
    private long _lastTime;
    private long _lastReceived;
    private long _lastBlock;
    private int _fieldCount;
    private int _fieldValues;
    private byte[] _last = new byte[1024];
    private int _lastLength;

    public SegmentWriter()
    {
        for (var i = 0; i < _columns.Length; i++) _columns[i] = new ByteBuffer(256);
    }

    /// <summary>Begins a segment; the image of the one before is overwritten.</summary>
    /// <param name="count">How many events it will hold.</param>
    /// <param name="compress">Compress pages; not worth its time for a segment that is soon merged away.</param>
    public void Begin(int count, bool compress)
    {
        if (count is < 1 or > SegmentFormat.EventsMax) throw new ArgumentOutOfRangeException(nameof(count));
        (_count, _compress) = (count, compress);
        (_events, _fieldCount, _lastTime, _lastReceived, _lastBlock) = (0, 0, 0, 0, 0);
        _keyFilter = new BloomFilter(count);
        _idFilter = new BloomFilter(count);
        foreach (var column in _columns) column.Clear();
        _directory.Clear();
        _fields.Clear();
        _tokens.Clear();
        _topLevelNames.Clear();
    }

    public void Event(long time, EventKey key, long received, bool uncertain, EventLocator locator)
    {
        if (_events == 0) _minTime = _lastTime = time;
        if (_events % SegmentFormat.EventsPerAnchor == 0) Anchor();
        Column(SegmentColumn.Times).WriteVarint((ulong)(time - _lastTime));
        if (key.TimeMilliseconds != time)
        {
            Column(SegmentColumn.KeyTimes).WriteVarint((ulong)_events);
            Column(SegmentColumn.KeyTimes).WriteSigned(key.TimeMilliseconds);
        }

        Column(SegmentColumn.Hashes).WriteHash(key.Hash);
        if (uncertain) Column(SegmentColumn.Uncertain).WriteVarint((ulong)_events);
        var places = Column(SegmentColumn.Places);
        places.WriteSigned(received - _lastReceived);
        places.WriteSigned(locator.Block - _lastBlock);
        places.WriteVarint((ulong)locator.Index);
        _keyFilter.Add((ulong)key.Hash);
        (_lastTime, _lastReceived, _lastBlock) = (time, received, locator.Block);
        _events++;
    }

    public void Id(ulong idHash) => _idFilter.Add(idHash);

    public void BeginField(FieldTag field)
    {
        (_field, _isTokenised) = (field, IndexedField.IsTokenised(field));
        _header.Clear();
        _pages.Clear();
        _page.Clear();
        _fieldValues = 0;
    }

    /// <summary>A value of the field begun, greater than the one before, with the events that have it, ascending.</summary>
    /// <param name="value">The value in normal form.</param>
    /// <param name="spelling">The value as an event spells it, when only the case of ASCII letters differs; else empty.</param>
    /// <param name="ordinals">The events.</param>
    public void Value(ReadOnlySpan<byte> value, ReadOnlySpan<byte> spelling, ReadOnlySpan<ushort> ordinals)
    {
        if (_page.Length == 0)
        {
            _header.WriteVarint((ulong)value.Length);
            _header.Write(value);
            _lastLength = 0;
        }

        var shared = value.CommonPrefixLength(_last.AsSpan(0, _lastLength));
        _page.WriteVarint((ulong)shared);
        _page.WriteVarint(((ulong)(value.Length - shared) * 2) + (spelling.IsEmpty ? 0UL : 1));
        _page.Write(value[shared..]);
        if (!spelling.IsEmpty) WriteCapitals(value, spelling);
        WritePostings(ordinals);
        if (_last.Length < value.Length) _last = new byte[value.Length * 2];
        value.CopyTo(_last);
        _lastLength = value.Length;
        _fieldValues++;
        if (_isTokenised)
        {
            foreach (var token in NormalForm.Tokens(value)) _tokens.Add(IndexedField.TokenHash(token));
        }

        if (_page.Length >= SegmentFormat.PageBytes) EndPage();
    }

    public void EndField()
    {
        if (_fieldValues == 0) return;
        if (_page.Length > 0) EndPage();
        if (_field.Id >= 0)
        {
            _directory.WriteVarint((ulong)_field.Id * 2);
        }
        else
        {
            if (!FieldPaths.LooksLikePath(_field.Path)) _topLevelNames.Add(_field.Path);
            var path = Encoding.UTF8.GetBytes(_field.Path);
            _directory.WriteVarint((ulong)path.Length * 2 + 1);
            _directory.Write(path);
        }

        _directory.WriteVarint((ulong)_fieldValues);
        _directory.WriteVarint((ulong)_header.Length);
        _directory.WriteVarint((ulong)_pages.Length);
        _fields.Write(_header.Written);
        _fields.Write(_pages.Written);
        _fieldCount++;
    }

    /// <summary>The segment; its bytes are this writer's until the next <see cref="Begin"/>, so that building one batch after another allocates no large arrays.</summary>
    public SegmentImage Finish()
    {
        if (_events != _count) throw new InvalidOperationException($"{_events} events were written and {_count} promised.");
        Column(SegmentColumn.KeyFilter).Write(_keyFilter.Bytes);
        Column(SegmentColumn.IdFilter).Write(_idFilter.Bytes);
        var tokenFilter = new BloomFilter(_tokens.Count);
        foreach (var token in _tokens) tokenFilter.Add(token);
        Column(SegmentColumn.TokenFilter).Write(tokenFilter.Bytes);

        var head = new ByteBuffer(256);
        head.WriteVarint((ulong)_count);
        head.WriteSigned(_minTime);
        head.WriteSigned(_lastTime);
        foreach (var column in _columns) head.WriteVarint((ulong)column.Length);
        head.WriteVarint((ulong)_fieldCount);

        var directoryLength = head.Length + _directory.Length;
        var front = new byte[SegmentFormat.FixedHeaderBytes + directoryLength + _columns.Sum(c => c.Length)];
        SegmentFormat.Magic.CopyTo(front);
        BinaryPrimitives.WriteInt32LittleEndian(front.AsSpan(4), directoryLength);
        var at = SegmentFormat.FixedHeaderBytes;
        foreach (var part in (ReadOnlySpan<ByteBuffer>)[head, _directory, .. _columns])
        {
            part.Written.CopyTo(front.AsSpan(at));
            at += part.Length;
        }

        return new SegmentImage(front, _fields, _count, _minTime, _lastTime, [.. _topLevelNames]);
    }

    private ByteBuffer Column(SegmentColumn column) => _columns[(int)column];

    private void Anchor()
    {
        var anchor = Column(SegmentColumn.Anchors).Claim(SegmentFormat.AnchorBytes);
        BinaryPrimitives.WriteInt32LittleEndian(anchor, Column(SegmentColumn.Times).Length);
        BinaryPrimitives.WriteInt64LittleEndian(anchor[4..], _lastTime);
        BinaryPrimitives.WriteInt32LittleEndian(anchor[12..], Column(SegmentColumn.Places).Length);
        BinaryPrimitives.WriteInt64LittleEndian(anchor[16..], _lastReceived);
        BinaryPrimitives.WriteInt64LittleEndian(anchor[24..], _lastBlock);
    }

    private void WritePostings(ReadOnlySpan<ushort> ordinals)
    {
        var bitmapBytes = (_count + 7) / 8;
        if (ordinals.Length > bitmapBytes)
        {
            // More gaps than the bitmap has bytes: each gap takes a byte at least.
            _page.WriteVarint(1);
            var bits = _page.Claim(bitmapBytes);
            bits.Clear();
            foreach (var ordinal in ordinals) bits[ordinal >> 3] |= (byte)(1 << (ordinal & 7));
            return;
        }

        _page.WriteVarint((ulong)ordinals.Length * 2);
        var last = 0;
        foreach (var ordinal in ordinals)
        {
            _page.WriteVarint((ulong)(ordinal - last));
            last = ordinal;
        }
    }

    private void WriteCapitals(ReadOnlySpan<byte> value, ReadOnlySpan<byte> spelling)
    {
        var count = 0;
        for (var i = 0; i < value.Length; i++) count += value[i] != spelling[i] ? 1 : 0;
        _page.WriteVarint((ulong)count);
        var last = 0;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == spelling[i]) continue;
            _page.WriteVarint((ulong)(i - last));
            last = i;
        }
    }

    private void EndPage()
    {
        var raw = _page.Written;
        var stored = raw.Length;
        if (_compress && raw.Length > 128)
        {
            var room = _pages.Claim(BrotliEncoder.GetMaxCompressedLength(raw.Length));
            if (!BrotliEncoder.TryCompress(raw, room, out stored, quality: 1, window: 18) || stored >= raw.Length)
            {
                raw.CopyTo(room);
                stored = raw.Length;
            }

            _pages.GiveBack(room.Length - stored);
        }
        else
        {
            _pages.Write(raw);
        }

        // Equal lengths say "not compressed".
        _header.WriteVarint((ulong)stored);
        _header.WriteVarint((ulong)raw.Length);
        _page.Clear();
        _lastLength = 0;
    }
}
