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
}
