namespace Crowsnest.Configuration;

/// <summary>Finds the word that was probably meant.</summary>
internal static class NearestWord
{
    /// <summary><c>; did you mean 'x'?</c>, or nothing when no word is near.</summary>
    public static string Hint(string word, IEnumerable<string> words) => Of(word, words) is { } near ? $"; did you mean '{near}'?" : "";

    /// <summary>The nearest of the words, or <see langword="null"/> when none is near enough to be meant.</summary>
    public static string? Of(string word, IEnumerable<string> words)
    {
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

            var distance = Distance(word.ToLowerInvariant(), candidate.ToLowerInvariant());
            if (distance > bound || distance >= Math.Max(word.Length, candidate.Length)) continue;
            bound = distance - 1;
            best = candidate;
        }

        return best;
    }

    // Damerau's optimal string alignment: a swap of two neighbours is one slip of the fingers.
    private static int Distance(string left, string right)
    {
        var before = new int[right.Length + 1];
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) previous[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = left[i - 1] == right[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
                if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) current[j] = Math.Min(current[j], before[j - 2] + 1);
            }

            (before, previous, current) = (previous, current, before);
        }

        return previous[right.Length];
    }
}
