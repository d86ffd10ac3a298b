using Crowsnest.Core.Cluster;
using Crowsnest.Core.Events;

namespace Crowsnest.Core.Pipeline;

/// <summary>Batches that commit together, ready to be written.</summary>
/// <param name="AsAsked">The batches' receipts, when all goes as asked.</param>
/// <param name="BatchOf">By event of the commit: the batch that it came in.</param>
/// <param name="Commit">What is written.</param>
/// <param name="Changed">The states of the commit, as what they are.</param>
internal sealed record PreparedGroup(IReadOnlyList<BatchReceipt> AsAsked, IReadOnlyList<int> BatchOf, Commit Commit, IReadOnlyList<IResourceState> Changed)
{
    /// <summary>The receipts by what became of it.</summary>
    public IReadOnlyList<BatchReceipt> Receipts(CommitOutcome outcome)
    {
        if (outcome.IsAsAsked) return AsAsked;
        BatchReceipt[] receipts = [.. AsAsked];
        foreach (var place in outcome.Duplicates) Correct(place, new Accounting(0, -1, 1, 0, 0, 0));
        foreach (var (place, _) in outcome.Refused) Correct(place, new Accounting(0, -1, 0, 1, 0, 0));
        return receipts;

        void Correct(int place, Accounting by)
        {
            ref var receipt = ref receipts[BatchOf[place]];
            var unknown = Commit.Events[place].Event.Kind == EventKind.Unknown ? -1 : 0;
            receipt = receipt with { Accounting = receipt.Accounting + by + new Accounting(0, 0, 0, 0, 0, unknown) };
        }
    }

    /// <summary>The events that are new in the store.</summary>
    public IReadOnlyList<DiagnosedEvent> Stored(CommitOutcome outcome)
    {
        if (outcome.IsAsAsked) return Commit.Events;
        HashSet<int> others = [.. outcome.Duplicates, .. outcome.Refused.Select(one => one.Place)];
        return [.. Commit.Events.Where((_, place) => !others.Contains(place))];
    }
}
