namespace Crowsnest.Core.Search;

/// <summary>Finds the word that was probably meant.</summary>
public static class Spelling
{
    // Longer words are no slips of ours to find, and the work is bounded.
    private const int LengthMax = 64;

    /// <summary><c>; did you mean 'x'?</c>, or nothing when no word is near.</summary>
    public static string Hint(string word, IEnumerable<string> words) => Nearest(word, words) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>The nearest of the words, or <see langword="null"/> when none is near enough to be meant.</summary>
    public static string? Nearest(string word, IEnumerable<string> words)
    {
        ArgumentNullException.ThrowIfNull(word);
        ArgumentNullException.ThrowIfNull(words);
        if (word.Length > LengthMax) return null;
        string? best = null;

        // Two slips in a short word, a third of a long one: beyond that a guess only confuses.
        var bound = Math.Max(2, word.Length / 3);
        foreach (var candidate in words)
        {
            if (candidate.Length > 2 && word.Length > 2
                && (candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase) || word.StartsWith(candidate, StringComparison.OrdinalIgnoreCase)))
            {
                best ??= candidate;
                continue;
            }

            var distance = Distance(word, candidate, bound + 1);
            if (distance > bound || distance >= Math.Max(word.Length, candidate.Length)) continue;
            bound = distance - 1;
            best = candidate;
        }

        return best;
    }

    // Insertions, removals, replacements and swaps of neighbours (Damerau's optimal string alignment: a swap is one slip of the fingers), in any case; the
    // bound when there are so many or more.
    private static int Distance(ReadOnlySpan<char> left, ReadOnlySpan<char> right, int bound)
    {
        if (Math.Abs(left.Length - right.Length) >= bound) return bound;

        Span<int> before = stackalloc int[right.Length + 1];
        Span<int> above = stackalloc int[right.Length + 1];
        Span<int> row = stackalloc int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) above[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var same = Lower(left[i - 1]) == Lower(right[j - 1]);
                var best = Math.Min(above[j - 1] + (same ? 0 : 1), Math.Min(above[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && Lower(left[i - 1]) == Lower(right[j - 2]) && Lower(left[i - 2]) == Lower(right[j - 1]))
                    best = Math.Min(best, before[j - 2] + 1);
                row[j] = best;
            }

            var oldest = before;
            before = above;
            above = row;
            row = oldest;
        }

        return Math.Min(above[right.Length], bound);
    }

    private static char Lower(char c) => char.ToLowerInvariant(c);
}
