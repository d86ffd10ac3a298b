namespace Crowsnest.Core.Search.Index;

/// <summary>Lists of ordinals.</summary>
internal static class Postings
{
    /// <summary>Sorts in place and drops repeats; the usual case, sorted already, costs one pass.</summary>
    public static ReadOnlySpan<ushort> SortDistinct(Span<ushort> ordinals)
    {
        for (var i = 1; i < ordinals.Length; i++)
        {
            if (ordinals[i] > ordinals[i - 1]) continue;
            ordinals.Sort();
            var kept = 1;
            for (var j = 1; j < ordinals.Length; j++)
            {
                if (ordinals[j] != ordinals[kept - 1]) ordinals[kept++] = ordinals[j];
            }

            return ordinals[..kept];
        }

        return ordinals;
    }
}
