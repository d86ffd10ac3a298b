using Crowsnest.Core.Events;

namespace Crowsnest.Core.Search;

/// <summary>Finding events. Every store gives the same hits for the same query over the same events.</summary>
/// <remarks>Results are bounded by the request; a store that had to cut short says so (<c>Cut</c>) and why. Newest first, ties by key.</remarks>
public interface IEventSearch
{
    /// <summary>A page of events, newest first.</summary>
    ValueTask<SearchPage> SearchAsync(SearchRequest request, CancellationToken cancellationToken);

    /// <summary>Counts over time, broken down by a field's values.</summary>
    ValueTask<Histogram> HistogramAsync(HistogramRequest request, CancellationToken cancellationToken);

    /// <summary>A field's values and how many events have each, most first, ties by value.</summary>
    ValueTask<FieldValues> ValuesAsync(ValuesRequest request, CancellationToken cancellationToken);

    /// <summary>The combinations of several fields' values that events have, the latest first.</summary>
    ValueTask<EventGroups> GroupsAsync(GroupsRequest request, CancellationToken cancellationToken);

    /// <summary>The event with this key, or <see langword="null"/>.</summary>
    ValueTask<StoredEvent?> GetAsync(EventKey key, CancellationToken cancellationToken);

    /// <summary>All events with this id (as <see cref="EventIdComparer"/> compares them), oldest first; at most 100. Nothing has the empty id.</summary>
    ValueTask<IReadOnlyList<StoredEvent>> GetByIdAsync(string id, CancellationToken cancellationToken);

    /// <summary>Names of the unlisted fields that stored events have, sorted; at most <paramref name="limit"/>.</summary>
    ValueTask<IReadOnlyList<string>> UnlistedFieldsAsync(int limit, CancellationToken cancellationToken);
}

/// <summary>An event as a store keeps it; <see cref="EventDecoder"/> reads the rest out of the bytes again.</summary>
/// <param name="Key">Its identity.</param>
/// <param name="OccurredAt">Its time, by which results are ordered.</param>
/// <param name="ReceivedAt">When we received it.</param>
/// <param name="TimeUncertain">It named no time of its own.</param>
/// <param name="Raw">Its bytes, verbatim but for masked values.</param>
/// <param name="Masked">JSON pointers of the masked values.</param>
public sealed record StoredEvent(
    EventKey Key, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt, bool TimeUncertain, ReadOnlyMemory<byte> Raw, IReadOnlyList<string> Masked)
{
    /// <summary>The event itself, read again.</summary>
    public Decoded Read(EventDecoder decoder)
    {
        ArgumentNullException.ThrowIfNull(decoder);
        return decoder.Decode(Raw, ReceivedAt, Masked);
    }
}

/// <summary>A search for a page.</summary>
/// <param name="Query">What to find.</param>
/// <param name="From">Not before this moment; open when <see langword="null"/>.</param>
/// <param name="To">Before this moment (exclusive); open when <see langword="null"/>.</param>
/// <param name="Limit">At most so many.</param>
/// <param name="After">Continue after this place (<see cref="SearchPage.Next"/>).</param>
/// <param name="OldestFirst">Turn the order round.</param>
public sealed record SearchRequest(
    SearchQuery Query, DateTimeOffset? From, DateTimeOffset? To, int Limit, SearchCursor? After = null, bool OldestFirst = false)
{
    /// <summary>Bytes of events in a page unless told otherwise: some ten thousand usual events, or thirty of the largest.</summary>
    public const long UsualBytesMax = 32 << 20;

    /// <summary>The page ends before the event that would take it past so many bytes of events; it has one in any case.</summary>
    public long BytesMax { get; init; } = UsualBytesMax;
}

/// <summary>A place in the order of results: after the event with this time and key.</summary>
public readonly record struct SearchCursor(long TimeMilliseconds, EventKey Key);

/// <summary>A page of results.</summary>
/// <param name="Events">The events, in order.</param>
/// <param name="Next">Where the next page begins, or <see langword="null"/> at the end.</param>
/// <param name="Cut">Why the answer may be incomplete (a scan met its time bound), or <see langword="null"/>.</param>
public sealed record SearchPage(IReadOnlyList<StoredEvent> Events, SearchCursor? Next, string? Cut);

/// <summary>A search for counts over time.</summary>
/// <param name="Query">What to count.</param>
/// <param name="From">First moment; that of the oldest hit when <see langword="null"/>.</param>
/// <param name="To">Last moment, exclusive; just after the newest hit when <see langword="null"/>.</param>
/// <param name="By">Field to break down by, or <see langword="null"/>.</param>
/// <param name="Buckets">How many buckets of equal width, 1 to 2,000.</param>
/// <param name="TopValues">How many values of <paramref name="By"/> get a series of their own; the rest is one.</param>
public sealed record HistogramRequest(SearchQuery Query, DateTimeOffset? From, DateTimeOffset? To, FieldRef? By, int Buckets, int TopValues = 10);

/// <summary>Counts over time.</summary>
/// <param name="From">Start of the first bucket.</param>
/// <param name="BucketMilliseconds">Width of a bucket.</param>
/// <param name="Total">Hits in all.</param>
/// <param name="Counts">Hits a bucket.</param>
/// <param name="Series">Hits a bucket by value, most first; empty without a break-down. An event with several values counts in each.</param>
/// <param name="Cut">Why it may be incomplete, or <see langword="null"/>.</param>
public sealed record Histogram(
    DateTimeOffset From, long BucketMilliseconds, long Total, IReadOnlyList<long> Counts, IReadOnlyList<HistogramSeries> Series, string? Cut);

/// <summary>One value's counts, the value as one of the events spells it; <see langword="null"/> stands for all values without a series of their own.</summary>
public sealed record HistogramSeries(string? Value, long Total, IReadOnlyList<long> Counts);

/// <summary>A search for a field's top values.</summary>
public sealed record ValuesRequest(SearchQuery Query, DateTimeOffset? From, DateTimeOffset? To, FieldRef Field, int Limit);

/// <summary>A field's top values.</summary>
/// <param name="Values">Values and counts, most first, ties by value.</param>
/// <param name="Total">Hits of the query in all.</param>
/// <param name="Without">Hits that lack the field.</param>
/// <param name="Cut">Why it may be incomplete, or <see langword="null"/>.</param>
public sealed record FieldValues(IReadOnlyList<ValueCount> Values, long Total, long Without, string? Cut);

/// <summary>A value, as one of the events spells it (values that differ in case alone are one), and how many events have it.</summary>
public readonly record struct ValueCount(string Value, long Count);
