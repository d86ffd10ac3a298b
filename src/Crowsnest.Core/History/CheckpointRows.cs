using System.Buffers;

namespace Crowsnest.Core.History;

/// <summary>The rows of some parts: of each resource the first that was added. They are gone with this.</summary>
internal sealed class CheckpointRows : IDisposable
{
    // Parts are megabytes when they are open: made anew for each look at the past, they would cost a collection of all memory each.
    private readonly List<byte[]> _rented = [];

    /// <summary>Rows by key; <see cref="CheckpointPart.ReadRow"/> reads one.</summary>
    public Dictionary<string, (ReadOnlyMemory<byte> Row, string[] Words)> Newest { get; } = new(StringComparer.Ordinal);

    /// <summary>Opens a part; what is there of its resources already stays.</summary>
    /// <exception cref="InvalidDataException">It is not as it was written.</exception>
    public void Add(ReadOnlyMemory<byte> part)
    {
        var length = CheckpointPart.Length(part);
        var bytes = ArrayPool<byte>.Shared.Rent(length);
        _rented.Add(bytes);
        CheckpointPart.Open(part, bytes.AsSpan(0, length));
        var reader = new PartReader(bytes.AsSpan(0, length), []);
        var words = reader.Words();
        while (!reader.IsAtEnd)
        {
            var (key, size) = (reader.Text(), reader.Int32());
            Newest.TryAdd(key, (bytes.AsMemory(reader.Position, size), words));
            reader.Skip(size);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Newest.Clear();
        foreach (var bytes in _rented) ArrayPool<byte>.Shared.Return(bytes);
        _rented.Clear();
    }
}
