using System.Text;
using System.Threading.Channels;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Tests.Events;

/// <summary>Reading bytes as a source would hand them over.</summary>
internal static class Streams
{
    public static async Task<List<Decoded>> ReadAsync(byte[] bytes, EventStreamOptions? options = null, Random? trickle = null)
    {
        using var stream = trickle is null ? new MemoryStream(bytes) : new Trickle(bytes, trickle);
        // Batches are kept undisposed here: the tests look at their events afterwards.
        var reader = new EventStreamReader(TimeProvider.System, options ?? new EventStreamOptions());
        var items = new List<Decoded>();
        await foreach (var batch in reader.ReadAsync(stream, "file", TestContext.Current.CancellationToken)) items.AddRange(batch.Items);
        return items;
    }
}

/// <summary>A long stream that is made while it is read: a head, the same part so many times, a tail.</summary>
internal sealed class Repeated(byte[] head, byte[] part, int times, byte[] tail) : Stream
{
    private int _index = -1;
    private int _at;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        var done = 0;
        while (done < count && _index <= times)
        {
            var from = _index < 0 ? head : _index < times ? part : tail;
            var length = Math.Min(count - done, from.Length - _at);
            from.AsSpan(_at, length).CopyTo(buffer.AsSpan(offset + done));
            done += length;
            _at += length;
            if (_at == from.Length) (_index, _at) = (_index + 1, 0);
        }

        return done;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>Bytes that come a few at a time.</summary>
internal sealed class Trickle(byte[] bytes, Random random) : MemoryStream(bytes)
{
    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, random.Next(1, 4096)));

    public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, random.Next(1, 4096))]);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
}

/// <summary>A pipe: a read gives what one write gave, and waits where nothing is at hand.</summary>
internal sealed class Written : MemoryStream
{
    private readonly Channel<byte[]> _parts = Channel.CreateUnbounded<byte[]>();

    public void Say(string text) => _parts.Writer.TryWrite(Encoding.UTF8.GetBytes(text));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Position == Length)
        {
            SetLength(0);
            Write(await _parts.Reader.ReadAsync(cancellationToken));
            Position = 0;
        }

        return Read(buffer.Span);
    }
}
