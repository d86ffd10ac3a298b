namespace Crowsnest.Core.Search;

/// <summary>A search for the combinations of values that events have, e.g. cluster and service and kind.</summary>
/// <param name="Query">What to find.</param>
/// <param name="From">Not before this moment.</param>
/// <param name="To">Before this moment (exclusive); after <paramref name="From"/>.</param>
/// <param name="By">Keyword fields, the same for each group; an event that has several values of one belongs to the first of them in the order of their bytes.</param>
/// <param name="Buckets">How many buckets of equal width each group is counted in, 1 to 2,000.</param>
/// <param name="Gap">After a pause longer than this, what comes is a new run (<see cref="EventGroup.Since"/>); with <see langword="null"/> all of it is one.</param>
/// <param name="Limit">At most so many groups.</param>
/// <param name="NewestMax">So many of them, from the first on, come with their newest event.</param>
public sealed record GroupsRequest(
    SearchQuery Query, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<FieldRef> By, int Buckets, TimeSpan? Gap, int Limit, int NewestMax = 0);

/// <summary>Groups of events.</summary>
/// <param name="From">Start of the first bucket.</param>
/// <param name="BucketMilliseconds">Width of a bucket.</param>
/// <param name="Total">Hits in all.</param>
/// <param name="Groups">The groups, the one with the latest event first, ties by values.</param>
/// <param name="LeftOut">How many groups there are beyond the limit.</param>
/// <param name="Cut">Why it may be incomplete, or <see langword="null"/>.</param>
public sealed record EventGroups(DateTimeOffset From, long BucketMilliseconds, long Total, IReadOnlyList<EventGroup> Groups, int LeftOut, string? Cut);

/// <summary>The events that have the same values.</summary>
/// <param name="Values">The values, in the order of the fields, as one of the events spells them; empty for a field that they lack.</param>
/// <param name="Count">How many events.</param>
/// <param name="FirstAt">The first of them.</param>
/// <param name="Since">The first of the latest run.</param>
/// <param name="LastAt">The latest of them.</param>
/// <param name="Counts">Events a bucket.</param>
/// <param name="Newest">The latest of them, of several at that moment the one with the greatest key, where it was asked for.</param>
public sealed record EventGroup(
    IReadOnlyList<string> Values, long Count, DateTimeOffset FirstAt, DateTimeOffset Since, DateTimeOffset LastAt, IReadOnlyList<long> Counts, StoredEvent? Newest)
{
    /// <summary>The first moment of the latest run in these times, of which there is one at least: what comes after a pause longer than the gap is another run.</summary>
    public static long StartOfLatestRun(IEnumerable<long> times, TimeSpan gap)
    {
        long[] ordered = [.. times.Order()];
        var at = ordered.Length - 1;
        while (at > 0 && ordered[at] - ordered[at - 1] <= gap.TotalMilliseconds) at--;
        return ordered[at];
    }
}
