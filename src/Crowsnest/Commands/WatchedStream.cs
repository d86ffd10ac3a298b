namespace Crowsnest.Commands;

/// <summary>A stream whose reading is told of, and can be given up although the source underneath waits for bytes that never come (a terminal, a pipe).</summary>
/// <remarks>Reads go into a buffer of its own: a read that was given up may still end later, and must not write where somebody else reads by then.</remarks>
internal sealed class WatchedStream(Stream source, Action<int> onRead) : Stream
{
    private readonly byte[] _buffer = new byte[1 << 17];
    private int _start;
    private int _end;

    /// <summary>Whether the source is a pipe or a terminal, which may have more a second or a day from now.</summary>
    public bool IsLive => !source.CanSeek;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start == _end)
        {
            var read = source.ReadAsync(_buffer, cancellationToken);
            _end = read.IsCompleted ? await read : await read.AsTask().WaitAsync(cancellationToken);
            _start = 0;
            onRead(_end);
        }

        var count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer.Span);
        _start += count;
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) source.Dispose();
        base.Dispose(disposing);
    }
}
