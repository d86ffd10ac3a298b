using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Diagnosis;

/// <summary>Text that came with an event, made fit to stand in a sentence of ours.</summary>
/// <remarks>
/// Anyone who can name a container or stop a task writes this text. Escaping for a medium is the notifier's; here it loses what no sentence needs:
/// control and formatting characters (newlines, terminal escapes, direction overrides), lone surrogates, and length.
/// </remarks>
internal static class HostileText
{
    /// <summary>At most <paramref name="max"/> characters of the text on one line; an ellipsis marks a cut.</summary>
    public static string Quote(string? text, int max)
    {
        if (string.IsNullOrEmpty(text)) return "";

        var needsWork = text.Length > max;
        for (var i = 0; i < text.Length && !needsWork; i++) needsWork = text[i] is < ' ' or > '~';
        return needsWork ? Clean(text, max) : text;
    }

    private static string Clean(string text, int max)
    {
        var clean = new StringBuilder(Math.Min(text.Length, max));
        foreach (var rune in text.EnumerateRunes())
        {
            // The enumerator turns a lone surrogate into U+FFFD.
            var plain = Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => new Rune(' '),
                UnicodeCategory.Format => default,
                _ => rune,
            };
            if (plain == default) continue;
            if (clean.Length + plain.Utf16SequenceLength > max - 1)
            {
                clean.Append('…');
                break;
            }

            clean.Append(plain.ToString());
        }

        return clean.ToString();
    }
}
