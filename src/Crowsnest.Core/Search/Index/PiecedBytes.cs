namespace Crowsnest.Core.Search.Index;

/// <summary>A growing run of bytes in pieces of one size: a large segment grows without being copied, and without arrays of twice its size.</summary>
internal sealed class PiecedBytes
{
    private const int PieceBytes = 64 * 1024;

    // What a large merge took is given back; small segments are built one after another in these.
    private const int PiecesKept = 64;

    private readonly List<byte[]> _pieces = [];

    public long Length { get; private set; }

    public void Clear()
    {
        Length = 0;
        if (_pieces.Count > PiecesKept) _pieces.RemoveRange(PiecesKept, _pieces.Count - PiecesKept);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var (piece, at) = ((int)(Length / PieceBytes), (int)(Length % PieceBytes));
            if (piece == _pieces.Count) _pieces.Add(GC.AllocateUninitializedArray<byte>(PieceBytes));
            var part = bytes[..Math.Min(bytes.Length, PieceBytes - at)];
            part.CopyTo(_pieces[piece].AsSpan(at));
            Length += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    public void CopyTo(long offset, Span<byte> into)
    {
        while (!into.IsEmpty)
        {
            var (piece, at) = ((int)(offset / PieceBytes), (int)(offset % PieceBytes));
            var part = _pieces[piece].AsSpan(at, Math.Min(into.Length, PieceBytes - at));
            part.CopyTo(into);
            offset += part.Length;
            into = into[part.Length..];
        }
    }
}
