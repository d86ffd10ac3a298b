using System.Text;

namespace Crowsnest.Commands;

/// <summary>Makes text from outside fit to be shown: event text is hostile, and a terminal obeys what it is sent.</summary>
internal static class SafeText
{
    /// <summary>On one line, with every control and direction-changing character as a visible <c>\u001b</c>.</summary>
    public static string Of(string? text)
    {
        if (string.IsNullOrEmpty(text)) return "";
        var first = 0;
        while (first < text.Length && !IsUnsafe(text, first)) first++;
        if (first == text.Length) return text;

        var safe = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length; i++)
        {
            if (!IsUnsafe(text, i)) safe.Append(text[i]);
            else if (text[i] is '\n' or '\t' or '\r') safe.Append(' ');
            else safe.Append(System.Globalization.CultureInfo.InvariantCulture, $"\\u{(int)text[i]:x4}");
        }

        return safe.ToString();
    }

    /// <summary>A value of a CSV line: quoted, without control characters, and never a formula.</summary>
    public static string Csv(string? text)
    {
        var safe = Of(text);
        // A spreadsheet runs what begins so, quoted or not, and some look past white space; an apostrophe makes it text. A plain number stays one.
        if (safe.AsSpan().TrimStart() is ['=' or '+' or '-' or '@' or '\uff1d' or '\uff0b' or '\uff0d' or '\uff20', ..] && !double.TryParse(safe, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _))
            safe = "'" + safe;
        return safe.AsSpan().IndexOfAny(",\"; ") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    // Controls (C0, DEL, C1), bidirectional overrides that make a line read differently from what it is, and halves of a surrogate pair.
    private static bool IsUnsafe(string text, int i) => text[i] switch
    {
        < ' ' or (>= '\u007f' and <= '\u009f') => true,
        '\u200e' or '\u200f' or (>= '\u2028' and <= '\u202e') or (>= '\u2066' and <= '\u2069') or '\ufeff' => true,
        var c when char.IsHighSurrogate(c) => i + 1 >= text.Length || !char.IsLowSurrogate(text[i + 1]),
        var c when char.IsLowSurrogate(c) => i == 0 || !char.IsHighSurrogate(text[i - 1]),
        _ => false,
    };
}
