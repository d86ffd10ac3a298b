namespace Crowsnest.Core.Events;

/// <summary>An item over 1 MiB on its way past: its head, length and hash are kept, and its end is found, without holding it.</summary>
internal sealed class OversizeItem
{
    private readonly KeptBytes _kept = new();
    private int _depth;
    private bool _inString;
    private bool _escaped;
    private bool _afterNewline;

    /// <summary>Whether what begins like this is a wrapper around something rather than one event.</summary>
    public static bool MayBeWrapper(ReadOnlySpan<byte> start)
    {
        // A string at the top holds something else.
        if (start.IsEmpty || start[0] != (byte)'{') return !start.IsEmpty && start[0] == (byte)'"';
        var json = new JsonScanner(start);
        var first = true;
        json.Enter();
        while (json.NextName(ref first, out var name))
        {
            switch (KnownMembers.Named(start, name))
            {
                case Member.DetailType: return false;
                case Member.MessageUpper or Member.Message or Member.BodyUpper or Member.Body or Member.AwsLogs or Member.Data or Member.DataUpper or Member.Sns
                    or Member.Kinesis: return true;
            }

            if (!json.Skip()) return false;
        }

        return false;
    }

    /// <summary>Takes of the bytes what belongs to the item.</summary>
    public int Take(ReadOnlySpan<byte> bytes, bool isFinal, out bool isOver)
    {
        var end = End(bytes);
        isOver = end >= 0 || isFinal;
        var part = end >= 0 ? bytes[..end] : bytes;
        _kept.Append(part);
        return part.Length;
    }

    /// <summary>What is kept of it.</summary>
    public Decoded.Failed ToFault() => _kept.ToFault(QuarantineReason.TooLarge, EventDecoder.TooLargeMessage(_kept.Length));

    // Where the item's braces close, or where a new line begins something new; -1 when neither is in these bytes.
    private int End(ReadOnlySpan<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            var c = bytes[i];
            if (_afterNewline && c == (byte)'{' && (_kept.Length > 0 || i > 0)) return i;
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
