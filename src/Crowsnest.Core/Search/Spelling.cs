namespace Crowsnest.Core.Search;

/// <summary>How far apart two names are, for "did you mean".</summary>
internal static class Spelling
{
    /// <summary>Insertions, removals, replacements and swaps of neighbours, in any case; <paramref name="bound"/> when there are so many or more.</summary>
    public static int Distance(ReadOnlySpan<char> left, ReadOnlySpan<char> right, int bound)
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
