using System.Text;

namespace Crowsnest.Core.Search;

/// <summary>A <see cref="SearchQuery.Wildcard"/>'s pattern: <c>*</c> any run of characters, <c>?</c> any one character, <c>\</c> takes the next one literally.</summary>
/// <remarks>Matching takes at most (length of pattern) × (length of value) steps, whatever the pattern.</remarks>
public sealed class WildcardPattern
{
    private const int Run = -1;
    private const int One = -2;

    // Code points, Run or One.
    private readonly int[] _parts;

    /// <summary>Reads a pattern.</summary>
    public WildcardPattern(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var parts = new List<int>();
        var isEscaped = false;
        foreach (var rune in pattern.EnumerateRunes())
        {
            if (!isEscaped && rune.Value == '\\')
            {
                isEscaped = true;
                continue;
            }

            if (isEscaped || rune.Value is not ('*' or '?')) parts.Add(rune.Value);
            else if (rune.Value == '?') parts.Add(One);
            else if (parts.Count == 0 || parts[^1] != Run) parts.Add(Run);
            isEscaped = false;
        }

        _parts = [.. parts];
    }

    /// <summary>Whether a value in normal form has this form, as a whole.</summary>
    public bool IsMatch(ReadOnlySpan<byte> value)
    {
        // The classical way back: on a mismatch the last run takes one character more.
        int part = 0, at = 0, runPart = -1, runAt = 0;
        while (at < value.Length)
        {
            Rune.DecodeFromUtf8(value[at..], out var rune, out var length);
            if (part < _parts.Length && _parts[part] == Run)
            {
                runPart = part++;
                runAt = at;
            }
            else if (part < _parts.Length && (_parts[part] == One || _parts[part] == rune.Value))
            {
                part++;
                at += length;
            }
            else if (runPart >= 0)
            {
                Rune.DecodeFromUtf8(value[runAt..], out _, out var skipped);
                runAt += skipped;
                at = runAt;
                part = runPart + 1;
            }
            else
            {
                return false;
            }
        }

        while (part < _parts.Length && _parts[part] == Run) part++;
        return part == _parts.Length;
    }
}
