using System.Buffers;

namespace Crowsnest.Core.Events;

/// <summary>What was read of a stream in one go, in its order: some events and some faults.</summary>
/// <remarks>The events point into buffers that the batch owns: dispose it after the commit, and copy what is kept longer.</remarks>
public sealed class DecodedBatch : IDisposable
{
    private byte[]? _buffer;

    internal DecodedBatch(string source, DateTimeOffset receivedAt, IReadOnlyList<Decoded> items, long bytesRead, byte[]? buffer)
    {
        Source = source;
        ReceivedAt = receivedAt;
        Items = items;
        BytesRead = bytesRead;
        _buffer = buffer;
    }

    /// <summary>Where it came from: <c>http</c>, <c>file</c>, …</summary>
    public string Source { get; }

    /// <summary>Our clock when it was received.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>Events and faults.</summary>
    public IReadOnlyList<Decoded> Items { get; }

    /// <summary>Bytes of the stream (decompressed) up to the end of this batch.</summary>
    public long BytesRead { get; }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _buffer, null) is { } buffer) ArrayPool<byte>.Shared.Return(buffer);
    }
}
