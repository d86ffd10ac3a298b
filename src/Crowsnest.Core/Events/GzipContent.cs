using System.Buffers;
using System.Globalization;
using System.IO.Compression;

namespace Crowsnest.Core.Events;

/// <summary>What is in a gzip stream (of one or more members): ends where it is damaged, cut off or grows too large, and then says so in <see cref="Wrong"/>.</summary>
internal sealed class GzipContent : Stream
{
    private readonly EndMarked _compressed;
    private readonly GZipStream _gzip;
    private readonly EventStreamOptions _options;
    private long _read;
    private int _marker;
    private bool _ended;

    public GzipContent(Stream compressed, EventStreamOptions options)
    {
        _compressed = new EndMarked(compressed);
        _gzip = new GZipStream(_compressed, CompressionMode.Decompress);
        _options = options;
    }

    /// <summary>Why it ended before its end; null while all is well.</summary>
    public string? Wrong { get; private set; }

    /// <summary>Cut off: all that there was came out. Else what the decompressor could not go past stands in the compressed bytes.</summary>
    public bool EndedEarly { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public static bool IsGzip(ReadOnlySpan<byte> bytes) => bytes is [0x1f, 0x8b, ..];

    /// <summary>The compressed bytes from where the decompressor stopped to the end; once, after <see cref="Wrong"/>.</summary>
    public async ValueTask<Decoded.Failed> RestAsync(CancellationToken cancellationToken)
    {
        var kept = new KeptBytes();
        kept.Append(_compressed.Recent);
        while (await _compressed.NextBlockAsync(cancellationToken).ConfigureAwait(false) is { IsEmpty: false } block) kept.Append(block.Span);
        return kept.ToFault(QuarantineReason.BadCompression, Wrong + " This is the compressed rest.");
    }

    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty) return 0;
        try
        {
            return Count(_gzip.Read(buffer), buffer);
        }
        catch (InvalidDataException wrong)
        {
            return Damaged(wrong);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty) return 0;
        try
        {
            return Count(await _gzip.ReadAsync(buffer, cancellationToken).ConfigureAwait(false), buffer.Span);
        }
        catch (InvalidDataException wrong)
        {
            return Damaged(wrong);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Count(int read, ReadOnlySpan<byte> bytes)
    {
        if (_compressed.HasEnded)
        {
            // All that comes from here on is ours: the marker if the stream was whole, rubbish or nothing if not.
            if (read > 0 && EndMarked.Marker.Slice(_marker).StartsWith(bytes[..read]))
            {
                _marker += read;
                return _marker < EndMarked.Marker.Length ? ReadMarker() : 0;
            }

            return _marker == EndMarked.Marker.Length ? 0 : Damaged(null);
        }

        _read += read;
        if (read == 0) return Damaged(null);
        var grown = _read > 16 << 20 && _read > _compressed.BytesRead * _options.DecompressionRatioMax;
        if (_read <= _options.DecompressedBytesMax && !grown) return read;
        return End(string.Create(CultureInfo.InvariantCulture, $"The gzip stream grows too large ({_read} bytes from {_compressed.BytesRead}): reading stopped there."));
    }

    private int ReadMarker()
    {
        Span<byte> rest = stackalloc byte[EndMarked.Marker.Length];
        return Read(rest);
    }

    private int Damaged(InvalidDataException? wrong)
    {
        EndedEarly = wrong is null || _compressed.HasEnded;
        return End(string.Create(
            CultureInfo.InvariantCulture,
            $"The gzip stream {(EndedEarly ? "ends early" : "is damaged")} near byte {_compressed.BytesRead}; {_read} bytes could be read out of it."));
    }

    private int End(string wrong)
    {
        _ended = true;
        Wrong ??= wrong;
        return 0;
    }

    /// <summary>
    /// The compressed bytes with a small gzip member of ours at the end. The runtime's decompressor says nothing of a stream that is cut off; but only
    /// if the stream was whole, our member comes out after it.
    /// </summary>
    private sealed class EndMarked(Stream inner) : Stream
    {
        private const int BlockBytes = 1 << 14;
        private const int RecentMax = 1 << 16;

        // What comes out of the piece in which the damage lies is lost, for the decompressor throws; so the pieces are small.
        private const int PieceBytes = 512;
        private static readonly byte[] Tail = Compress();
        private readonly ArrayBufferWriter<byte> _recent = new(BlockBytes);
        private readonly byte[] _block = new byte[BlockBytes];
        private int _given;
        private int _filled;
        private int _tail;

        public static ReadOnlySpan<byte> Marker => "crowsnest: the end of the stream"u8;

        /// <summary>
        /// What was read last, and with it up to 64 KiB: the decompressor asks for more only when it is through with what it has, so what it cannot go past is in here.
        /// </summary>
        public ReadOnlySpan<byte> Recent => _recent.WrittenSpan;

        public bool HasEnded { get; private set; }

        public long BytesRead { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => BytesRead;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            if (_given == _filled && !HasEnded) Fill(inner.Read(_block));
            return Give(buffer);
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_given == _filled && !HasEnded) Fill(await inner.ReadAsync(_block, cancellationToken).ConfigureAwait(false));
            return Give(buffer.Span);
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private static byte[] Compress()
        {
            using var into = new MemoryStream();
            using (var gzip = new GZipStream(into, CompressionLevel.Fastest)) gzip.Write(Marker);
            return into.ToArray();
        }

        public async ValueTask<ReadOnlyMemory<byte>> NextBlockAsync(CancellationToken cancellationToken)
        {
            if (!HasEnded) Fill(await inner.ReadAsync(_block, cancellationToken).ConfigureAwait(false));
            return _block.AsMemory(0, _filled);
        }

        private void Fill(int read)
        {
            (_given, _filled) = (0, read);
            HasEnded = read == 0;
            if (_recent.WrittenCount + read > RecentMax) _recent.ResetWrittenCount();
            _recent.Write(_block.AsSpan(0, read));
        }

        private int Give(Span<byte> buffer)
        {
            if (!HasEnded)
            {
                var piece = Math.Min(Math.Min(buffer.Length, PieceBytes), _filled - _given);
                _block.AsSpan(_given, piece).CopyTo(buffer);
                _given += piece;
                BytesRead += piece;
                return piece;
            }

            var count = Math.Min(buffer.Length, Tail.Length - _tail);
            Tail.AsSpan(_tail, count).CopyTo(buffer);
            _tail += count;
            return count;
        }
    }
}
