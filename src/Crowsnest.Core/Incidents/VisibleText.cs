using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Incidents;

/// <summary>Makes text from outside fit for a terminal or a log: event text and answers of web servers are hostile.</summary>
public static class VisibleText
{
    /// <summary>On one line, at most <paramref name="lengthMax"/> characters of it, with every control and direction-changing character as a visible <c>\u001b</c>.</summary>
    public static string Of(string? text, int lengthMax)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var cut = Cut(text, lengthMax);
        var visible = new StringBuilder(cut.Length + 16);
        for (var i = 0; i < cut.Length; i++)
        {
            if (!IsUnsafe(cut, i)) visible.Append(cut[i]);
            else if (cut[i] is '\n' or '\r' or '\t') visible.Append(' ');
            else visible.Append(CultureInfo.InvariantCulture, $"\\u{(int)cut[i]:x4}");
        }

        return visible.ToString();
    }

    /// <summary>The text, or its beginning and an ellipsis; never half a surrogate pair more than it had.</summary>
    public static string Cut(string text, int lengthMax)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length <= lengthMax) return text;
        var end = lengthMax - 1;
        if (char.IsHighSurrogate(text[end - 1])) end--;
        return string.Concat(text.AsSpan(0, end), "…");
    }

    // Controls (C0, DEL, C1), what makes a line read differently from what it is, and halves of a surrogate pair.
    private static bool IsUnsafe(string text, int i) => text[i] switch
    {
        < ' ' or (>= '\u007f' and <= '\u009f') => true,
        '\u061c' or '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff' => true,
        var c when char.IsHighSurrogate(c) => i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]),
        var c when char.IsLowSurrogate(c) => i == 0 || !char.IsHighSurrogate(text[i - 1]),
        _ => false,
    };
}
