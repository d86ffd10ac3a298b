using System.Buffers;
using System.Security.Cryptography;

namespace Crowsnest.Core.Events;

/// <summary>Bytes on their way to quarantine, taken piece by piece: whole up to 1 MiB; of more the head, the length and the hash.</summary>
internal sealed class KeptBytes
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly ArrayBufferWriter<byte> _kept = new();

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        Length += bytes.Length;
        var room = EventDecoder.EventBytesMax - _kept.WrittenCount;
        if (room > 0) _kept.Write(bytes[..Math.Min(room, bytes.Length)]);
    }

    /// <summary>The fault over them. Once.</summary>
    public Decoded.Failed ToFault(QuarantineReason reason, string message)
    {
        var hash = Convert.ToHexStringLower(_hash.GetHashAndReset());
        _hash.Dispose();
        return new Decoded.Failed(new Fault(
            reason, message, Length > EventDecoder.EventBytesMax ? _kept.WrittenSpan[..EventDecoder.HeadBytes].ToArray() : _kept.WrittenMemory, Length, hash));
    }
}
