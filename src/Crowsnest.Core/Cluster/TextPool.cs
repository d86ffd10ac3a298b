using System.Text;
using System.Text.Json;

namespace Crowsnest.Core.Cluster;

/// <summary>One string for all that are equal: most of a fleet's words (statuses, names, images, definitions) are said by thousands of tasks.</summary>
/// <remarks>Bounded: when full it begins anew, and what is in use stays in use. For one thread at a time.</remarks>
internal sealed class TextPool
{
    private const int Max = 100_000;

    // What is longer than an ARN is hardly said twice.
    private const int LengthMax = 512;

    /// <summary>Room for a member's name, which is read before the next is; longer names are none of ours.</summary>
    public char[] Name { get; } = new char[32];

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>The string that stands for the string or null at which the reader is; made only when it is the first.</summary>
    public string? Get(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.Null) return null;
        Span<char> room = stackalloc char[LengthMax];
        return json.ValueSpan.Length > LengthMax ? json.GetString() : Get(room[..json.CopyString(room)]);
    }

    /// <summary>The string that stands for all of this UTF-8.</summary>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        Span<char> room = stackalloc char[LengthMax];
        return utf8.Length > LengthMax ? Encoding.UTF8.GetString(utf8) : Get(room[..Encoding.UTF8.GetChars(utf8, room)]);
    }

    private string Get(ReadOnlySpan<char> text)
    {
        var known = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (known.TryGetValue(text, out var same)) return same;
        if (_texts.Count == Max) _texts.Clear();
        var made = text.ToString();
        _texts.Add(made);
        return made;
    }

    /// <summary>The string that stands for all of this text.</summary>
    public string? Get(string? text)
    {
        if (text is null) return null;
        if (_texts.TryGetValue(text, out var known)) return known;
        if (_texts.Count == Max) _texts.Clear();
        _texts.Add(text);
        return text;
    }
}
