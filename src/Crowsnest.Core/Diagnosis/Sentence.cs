using System.Text;

namespace Crowsnest.Core.Diagnosis;

/// <summary>A sentence with named holes: <c>[The container {container}|A container] was killed[ after {ran}].</c></summary>
/// <remarks>
/// A bracket holds alternatives; the first one whose holes can all be filled is said, and nothing when none can. Brackets do not nest. A hole outside
/// a bracket that cannot be filled is left out. That is the whole language: causes are data, and users write them too.
/// </remarks>
internal static class Sentence
{
    /// <summary>The longest sentence; longer ones end with an ellipsis.</summary>
    public const int LengthMax = 600;

    /// <summary>Fills the template's holes from <paramref name="fact"/>, which answers <see langword="null"/> for what is not known.</summary>
    public static string Say(string template, Func<string, string?> fact)
    {
        var said = new StringBuilder(template.Length + 64);
        for (var i = 0; i < template.Length;)
        {
            var end = template[i] switch
            {
                '[' => template.IndexOf(']', i),
                '{' => template.IndexOf('}', i),
                _ => -1,
            };
            if (end < 0)
            {
                // What fills the last hole may be a whole sentence of AWS's own.
                if (template[i] != '.' || said.Length == 0 || said[^1] != '.') said.Append(template[i]);
                i++;
                continue;
            }

            if (template[i] == '{') said.Append(fact(template[(i + 1)..end]));
            else said.Append(FirstComplete(template[(i + 1)..end], fact));
            i = end + 1;
        }

        // A template may open with a part that is left out.
        if (said.Length > 0 && char.IsAsciiLetterLower(said[0])) said[0] = char.ToUpperInvariant(said[0]);
        return HostileText.Quote(said.ToString(), LengthMax);
    }

    private static string FirstComplete(string alternatives, Func<string, string?> fact)
    {
        foreach (var alternative in alternatives.Split('|'))
        {
            if (TryFill(alternative, fact) is { } filled) return filled;
        }

        return "";
    }

    private static string? TryFill(string template, Func<string, string?> fact)
    {
        var filled = new StringBuilder(template.Length + 32);
        for (var i = 0; i < template.Length;)
        {
            var end = template[i] == '{' ? template.IndexOf('}', i) : -1;
            if (end < 0)
            {
                filled.Append(template[i++]);
                continue;
            }

            if (fact(template[(i + 1)..end]) is not { Length: > 0 } value) return null;
            filled.Append(value);
            i = end + 1;
        }

        return filled.ToString();
    }
}
