namespace Crowsnest.Core.Events;

/// <summary>Where something broken ends, told by lines.</summary>
internal static class LineRules
{
    /// <summary>The length of <c>2026-01-01T00:00:00.000Z </c> before a value (CloudWatch Logs exports), else 0.</summary>
    public static int Timestamp(ReadOnlySpan<byte> line, out bool mayGoOn)
    {
        mayGoOn = line.Length < 40 && !line.Contains((byte)'\n') && line.Length > 0 && char.IsAsciiDigit((char)line[0]);
        var space = line[..Math.Min(40, line.Length)].IndexOf((byte)' ');
        if (space < 20 || !TimeText.TryParse(line[..space], out _)) return 0;
        var next = line[space..].IndexOfAnyExcept((byte)' ');
        if (next < 0) return 0;
        mayGoOn = false;
        return line[space + next] is (byte)'{' or (byte)'[' or (byte)'"' ? space + next : 0;
    }

    /// <summary>A line with nothing but the opening of a pretty-printed value.</summary>
    public static bool IsOpening(ReadOnlySpan<byte> line) => line.Trim(" \r\t"u8) is [(byte)'{'] or [(byte)'['];

    /// <summary>Whether what comes next may be a new item: before it stands a closing brace, in an array with a comma between.</summary>
    public static bool FollowsValue(ReadOnlySpan<byte> before, bool inArray)
    {
        var trimmed = before.TrimEnd(" \n\r\t"u8);
        if (inArray && trimmed is [.., (byte)',']) trimmed = trimmed[..^1].TrimEnd(" \n\r\t"u8);
        return trimmed is [.., (byte)'}'] || (inArray && trimmed.Length < before.Length && before.TrimEnd(" \n\r\t"u8) is [.., (byte)',']);
    }

    /// <summary>Where what is broken ends (exclusive); -1 when more bytes are needed to tell.</summary>
    public static int EndOfBroken(ReadOnlySpan<byte> span, int at, int wrongAt, bool isFinal, bool inArray)
    {
        var newline = span[at..].IndexOf((byte)'\n');
        if (newline < 0) return isFinal ? span.Length : -1;
        var lineEnd = at + newline;
        var byLine = wrongAt <= lineEnd && !IsOpening(span[at..lineEnd]);
        var indent = inArray ? Indent(span, at) : 0;

        // Line by line, until one begins something new.
        for (var start = lineEnd + 1; ; start = lineEnd + 1)
        {
            var rest = span[start..];
            if (rest.Length < 64 && !isFinal && !rest.Contains((byte)'\n')) return -1;
            if (rest.IsEmpty) return span.Length;
            if (Begins(rest, indent)) return start;
            if (byLine && !Continues(rest, inArray)) return start;

            newline = rest.IndexOf((byte)'\n');
            if (newline < 0) return isFinal ? span.Length : -1;
            lineEnd = start + newline;
        }
    }

    private static bool Begins(ReadOnlySpan<byte> line, int indent) =>
        line[0] is (byte)'{' or (byte)'[' || Timestamp(line, out _) > 0
        || (indent > 0 && line.Length > indent && line[indent] == (byte)'{' && line[..indent].IndexOfAnyExcept((byte)' ', (byte)'\t') < 0);

    // Within a line-by-line stream no item begins with these, so they belong to what is broken.
    private static bool Continues(ReadOnlySpan<byte> line, bool inArray)
    {
        var text = line.TrimStart(" \t\r"u8);
        if (text.IsEmpty) return false;
        return text[0] == (byte)'}' || (text[0] == (byte)']' && !inArray) || (text[0] == (byte)'"' && !(text.Length > 1 && text[1] is (byte)'{' or (byte)'['));
    }

    private static int Indent(ReadOnlySpan<byte> span, int at)
    {
        var start = span[..at].LastIndexOf((byte)'\n') + 1;
        return span[start..at].IndexOfAnyExcept((byte)' ', (byte)'\t') < 0 ? at - start : 0;
    }
}
