using Crowsnest.Configuration;

namespace Crowsnest.Rehearsal;

/// <summary>Compares what was told with what had to be: each expected message is one that was told, and there is no other.</summary>
internal static class Expectations
{
    /// <summary>What was expected and not told, and what was told and not expected.</summary>
    /// <remarks>An expectation that fits several gives way to one that fits fewer (a maximum matching, found by augmenting paths), so that their order does not matter.</remarks>
    public static (IReadOnlyList<ExpectedMessage> Missing, IReadOnlyList<RehearsedItem> Unexpected) Compare(IReadOnlyList<ExpectedMessage> expected, IReadOnlyList<RehearsedItem> told)
    {
        var of = new int?[told.Count];
        var missing = new List<ExpectedMessage>();
        for (var i = 0; i < expected.Count; i++)
        {
            if (!Place(i, new bool[told.Count])) missing.Add(expected[i]);
        }

        return (missing, [.. told.Where((_, j) => of[j] is null)]);

        bool Place(int i, bool[] seen)
        {
            for (var j = 0; j < told.Count; j++)
            {
                if (seen[j] || !Fits(expected[i], told[j])) continue;
                seen[j] = true;
                if (of[j] is { } other && !Place(other, seen)) continue;
                of[j] = i;
                return true;
            }

            return false;
        }
    }

    private static bool Fits(ExpectedMessage expected, RehearsedItem told) =>
        (expected.Receiver is null || expected.Receiver == told.Receiver) && expected.State == told.State && (expected.Count is null || expected.Count == told.Count)
        && expected.Labels.All(label => told.Labels.GetValueOrDefault(label.Key, "") == label.Value);
}
