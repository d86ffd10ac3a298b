namespace Crowsnest.Server;

/// <summary>Finds the name that a mistyped one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The nearest of the names, or <see langword="null"/> when none is near.</summary>
    public static string? Of(string typed, IEnumerable<string> names)
    {
        string? best = null;
        var bestDistance = Math.Max(2, typed.Length / 3) + 1;
        foreach (var name in names)
        {
            var distance = Distance(typed, name);
            if (distance < bestDistance) (best, bestDistance) = (name, distance);
        }

        return best;
    }

    // Levenshtein's, over one row; names are short and typed text is cut, so the product is small.
    private static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        if (a.Length > 64) a = a[..64];
        var row = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++) row[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var substituted = diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(substituted, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
