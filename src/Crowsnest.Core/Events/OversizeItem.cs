using System.Security.Cryptography;

namespace Crowsnest.Core.Events;

/// <summary>An item over 1 MiB on its way past: its head, length and hash are kept, and its end is found, without holding it.</summary>
internal sealed class OversizeItem
{
    // Members that make a document a wrapper, which may be larger than an event.
    private static readonly string[] Wrapping =
        ["Records", "records", "Messages", "Message", "Body", "body", "logEvents", "events", "results", "awslogs", "data", "Sns"];

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _head = new byte[EventDecoder.HeadBytes];
    private long _length;
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _afterNewline;

    /// <summary>Whether what begins like this is a wrapper document rather than one event.</summary>
    public static bool MayBeWrapper(ReadOnlySpan<byte> start)
    {
        // A string or array at the top holds something else.
        if (start.IsEmpty || start[0] != (byte)'{') return !start.IsEmpty && start[0] == (byte)'"';
        var json = new JsonScanner(start);
        var first = true;
        json.Enter();
        while (json.NextName(ref first, out var name))
        {
            foreach (var known in Wrapping)
            {
                if (JsonText.Is(start, name, System.Text.Encoding.ASCII.GetBytes(known))) return true;
            }

            if (JsonText.Is(start, name, "detail-type"u8) || !json.Skip()) return false;
        }

        return false;
    }

    /// <summary>Takes of the bytes what belongs to the item.</summary>
    public int Take(ReadOnlySpan<byte> bytes, bool isFinal, out bool isOver)
    {
        var end = End(bytes);
        isOver = end >= 0 || isFinal;
        var part = end >= 0 ? bytes[..end] : bytes;
        if (_length < _head.Length) part[..(int)Math.Min(part.Length, _head.Length - _length)].CopyTo(_head.AsSpan((int)_length));
        _hash.AppendData(part);
        _length += part.Length;
        return part.Length;
    }

    /// <summary>What is kept of it.</summary>
    public Decoded.Failed ToFault()
    {
        var hash = Convert.ToHexStringLower(_hash.GetHashAndReset());
        _hash.Dispose();
        return new Decoded.Failed(new Fault(
            QuarantineReason.TooLarge, EventDecoder.TooLargeMessage(_length), _head.AsMemory(0, (int)Math.Min(_length, _head.Length)), _length, hash));
    }

    // Where the item's braces close, or where a new line begins something new; -1 when neither is in these bytes.
    private int End(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var c = bytes[i];
            if (_afterNewline && c == (byte)'{' && (_length > 0 || i > 0)) return i;
            _afterNewline = c == (byte)'\n';
            if (_afterNewline) _inString = false;
            if (_inString)
            {
                if (_escaped) _escaped = false;
                else if (c == (byte)'\\') _escaped = true;
                else if (c == (byte)'"') _inString = false;
                continue;
            }

            if (c == (byte)'"') _inString = true;
            else if (c is (byte)'{' or (byte)'[') _depth++;
            else if (c is (byte)'}' or (byte)']' && --_depth <= 0) return i + 1;
        }

        return -1;
    }
}
