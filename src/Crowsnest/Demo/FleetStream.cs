using Crowsnest.Simulator;

namespace Crowsnest.Demo;

/// <summary>What a fleet says up to a moment, but not more than so many events, as a stream of lines. What comes after stays with the fleet.</summary>
internal sealed class FleetStream(FleetSimulator fleet, DateTimeOffset until, int eventsMax) : Stream
{
    private byte[] _line = new byte[4096];
    private int _start;
    private int _end;

    /// <summary>How many events were said.</summary>
    public int Events { get; private set; }

    /// <summary>How many of them are failures.</summary>
    public int Failures { get; private set; }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        var written = 0;
        while (written < buffer.Length && (_start < _end || Fetch()))
        {
            var part = Math.Min(_end - _start, buffer.Length - written);
            _line.AsSpan(_start, part).CopyTo(buffer[written..]);
            _start += part;
            written += part;
        }

        return written;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : ValueTask.FromResult(Read(buffer.Span));

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool Fetch()
    {
        if (Events == eventsMax || fleet.NextAt > until) return false;
        var next = fleet.Next();
        Events++;
        if (next.Truth.IsFailure) Failures++;
        if (_line.Length <= next.Json.Length) _line = new byte[next.Json.Length * 2];
        next.Json.Span.CopyTo(_line);
        _line[next.Json.Length] = (byte)'\n';
        (_start, _end) = (0, next.Json.Length + 1);
        return true;
    }
}
