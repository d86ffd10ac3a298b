using System.Text;

namespace Crowsnest.Core.Patterns;

/// <summary>What is wrong with a pattern's text, so far.</summary>
internal sealed class MistakeList
{
    // Nobody reads more, and finding a place costs a walk through the text.
    private const int CountMax = 100;

    private readonly List<PatternMistake> _mistakes = [];

    /// <summary>In the order in which they were found.</summary>
    public IReadOnlyList<PatternMistake> All => _mistakes;

    /// <summary>Notes a mistake at a byte of the text.</summary>
    public void Add(ReadOnlySpan<byte> text, long at, string message)
    {
        var before = text[..(int)at];
        AddAt(text, before.Count((byte)'\n'), (int)at - (before.LastIndexOf((byte)'\n') + 1), message);
    }

    /// <summary>Notes a mistake at a byte of a line, both from 0.</summary>
    public void AddAt(ReadOnlySpan<byte> text, int line, int byteOfLine, string message)
    {
        if (_mistakes.Count == CountMax) return;
        for (var i = 0; i < line; i++) text = text[(text.IndexOf((byte)'\n') + 1)..];
        _mistakes.Add(new PatternMistake(line + 1, Encoding.UTF8.GetCharCount(text[..Math.Min(byteOfLine, text.Length)]) + 1, message));
    }

    /// <summary>Notes where the text stops being JSON, both from 0.</summary>
    public void AddNotJson(ReadOnlySpan<byte> text, int line, int byteOfLine)
    {
        var rest = text;
        for (var i = 0; i < line; i++) rest = rest[(rest.IndexOf((byte)'\n') + 1)..];
        rest = rest[Math.Min(byteOfLine, rest.Length)..];
        AddAt(text, line, byteOfLine, rest.TrimEnd(" \t\r\n"u8).IsEmpty ? "not JSON: the text ends before the pattern does" : $"not JSON: '{Shown(rest)}' cannot stand here");
    }

    private static string Shown(ReadOnlySpan<byte> text)
    {
        Rune.DecodeFromUtf8(text, out var rune, out _);
        return Rune.IsControl(rune) ? $"U+{rune.Value:X4}" : rune.ToString();
    }
}
