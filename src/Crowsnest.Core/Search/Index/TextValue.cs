using System.Text;

namespace Crowsnest.Core.Search.Index;

/// <summary>Looks for tokens in a whole value in normal form.</summary>
internal static class TextValue
{
    /// <summary>Whether the value has these tokens in a row.</summary>
    public static bool HasPhrase(ReadOnlySpan<byte> value, byte[][] tokens)
    {
        if (tokens.Length == 0) return false;

        // A vectorised search first: nearly all values lack the token.
        for (var from = 0; ;)
        {
            var found = value[from..].IndexOf(tokens[0]);
            if (found < 0) return false;
            var at = from + found;
            if (StartsToken(value, at) && PhraseAt(value[at..], tokens)) return true;
            from = at + 1;
        }
    }

    /// <summary>Whether a token of the value begins with this.</summary>
    public static bool HasPrefix(ReadOnlySpan<byte> value, ReadOnlySpan<byte> start)
    {
        for (var from = 0; ;)
        {
            var found = value[from..].IndexOf(start);
            if (found < 0) return false;
            if (StartsToken(value, from + found)) return true;
            from += found + 1;
        }
    }

    /// <summary>Whether a token of the value has this form.</summary>
    public static bool HasMatch(ReadOnlySpan<byte> value, WildcardPattern pattern)
    {
        foreach (var token in NormalForm.Tokens(value))
        {
            if (pattern.IsMatch(token)) return true;
        }

        return false;
    }

    private static bool PhraseAt(ReadOnlySpan<byte> rest, byte[][] tokens)
    {
        var next = 0;
        foreach (var token in NormalForm.Tokens(rest))
        {
            if (!token.SequenceEqual(tokens[next])) return false;
            if (++next == tokens.Length) return true;
        }

        return false;
    }

    private static bool StartsToken(ReadOnlySpan<byte> value, int at)
    {
        if (at == 0) return true;
        Rune.DecodeLastFromUtf8(value[..at], out var before, out _);
        return !Rune.IsLetterOrDigit(before);
    }
}
