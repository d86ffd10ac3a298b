namespace Crowsnest.Core.Search.Index;

/// <summary>A finished segment: its bytes, and what a catalogue keeps of it. Its bytes are the writer's, and valid until that begins its next segment.</summary>
public sealed class SegmentImage
{
    private readonly byte[] _front;
    private readonly PiecedBytes _fields;

    internal SegmentImage(byte[] front, PiecedBytes fields, int count, long minTime, long maxTime, IReadOnlyList<string> topLevelNames) =>
        (_front, _fields, Count, MinTime, MaxTime, TopLevelNames) = (front, fields, count, minTime, maxTime, topLevelNames);

    /// <summary>Events in it.</summary>
    public int Count { get; }

    /// <summary>Time of its first event, milliseconds since 1970 UTC.</summary>
    public long MinTime { get; }

    /// <summary>Time of its last event.</summary>
    public long MaxTime { get; }

    /// <summary>Unlisted fields that stand beside <c>detail</c> and not in it: a query can name them only when they are known (<see cref="FieldPaths"/>).</summary>
    public IReadOnlyList<string> TopLevelNames { get; }

    /// <summary>How many bytes it has.</summary>
    public long Length => _front.Length + _fields.Length;

    /// <summary>Copies the bytes from <paramref name="offset"/> on, as many as <paramref name="into"/> has room for.</summary>
    public void CopyTo(long offset, Span<byte> into)
    {
        if (offset < _front.Length)
        {
            var front = _front.AsSpan((int)offset);
            if (front.Length > into.Length) front = front[..into.Length];
            front.CopyTo(into);
            into = into[front.Length..];
            offset += front.Length;
        }

        _fields.CopyTo(offset - _front.Length, into);
    }
}
