using System.Text;

namespace Crowsnest.Core.Search.Index;

/// <summary><c>*</c> is any run of characters, <c>?</c> any one character, a backslash takes the next one literally.</summary>
internal sealed class WildcardPattern
{
    private readonly Rune[] _pattern;
    private readonly bool[] _literal;

    /// <summary>A pattern in normal form.</summary>
    public WildcardPattern(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var (runes, literal) = (new List<Rune>(), new List<bool>());
        var escaped = false;
        foreach (var rune in pattern.EnumerateRunes())
        {
            if (!escaped && rune.Value == '\\')
            {
                escaped = true;
                continue;
            }

            runes.Add(rune);
            literal.Add(escaped || rune.Value is not ('*' or '?'));
            escaped = false;
        }

        (_pattern, _literal) = ([.. runes], [.. literal]);
    }

    /// <summary>Whether the whole value has this form. Linear in practice: only the last star is ever tried again.</summary>
    public bool IsMatch(ReadOnlySpan<byte> utf8)
    {
        int p = 0, at = 0, star = -1, starAt = 0;
        while (at < utf8.Length)
        {
            Rune.DecodeFromUtf8(utf8[at..], out var rune, out var consumed);
            if (p < _pattern.Length && (_literal[p] ? _pattern[p] == rune : _pattern[p].Value == '?'))
            {
                p++;
                at += consumed;
            }
            else if (p < _pattern.Length && !_literal[p] && _pattern[p].Value == '*')
            {
                star = p++;
                starAt = at;
            }
            else if (star >= 0)
            {
                p = star + 1;
                Rune.DecodeFromUtf8(utf8[starAt..], out _, out var step);
                at = starAt += step;
            }
            else
            {
                return false;
            }
        }

        while (p < _pattern.Length && !_literal[p] && _pattern[p].Value == '*') p++;
        return p == _pattern.Length;
    }
}
