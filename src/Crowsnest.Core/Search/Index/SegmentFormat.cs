namespace Crowsnest.Core.Search.Index;

/// <summary>The numbers that the writing and the reading side of a segment agree on.</summary>
/// <remarks>
/// <code>
/// image     = "CNS1" length:u32 directory columns fields
/// directory = count minTime maxTime (length of each column) (field: tag, values, header length, pages length)
/// field     = header (page: first value, compressed length, raw length) pages
/// page      = run of (shared prefix, suffix length·2 + has capitals, suffix, capitals, postings), values ascending, Brotli where that is smaller
/// capitals  = count (gap to the letter before)…, so that a value is shown as an event spelled it
/// times     = (gap to the time before)…
/// places    = (difference to the receipt before, difference to the block before, place in the block)…
/// anchors   = (offset in times:u32, time before, offset in places:u32, receipt before, block before), one for every 128 events
/// postings  = count·2 (ordinals as gaps)  |  1 (a bitmap over all ordinals)
/// </code>
/// An event's ordinal is its place by (time, key). A value is in its field's normal form, so one lookup answers for every spelling.
/// </remarks>
internal static class SegmentFormat
{
    /// <summary>Ordinals are 16 bits: a set of events is 8 KiB at most, and 1M events are some 16 segments.</summary>
    public const int EventsMax = 65_536;

    /// <summary>A page is opened whole to find one value in it, so it is small; still smaller ones would compress worse.</summary>
    public const int PageBytes = 8 * 1024;

    public const int FixedHeaderBytes = 8;

    /// <summary>A single event is read by decoding so many at most; an anchor for each run costs a quarter of a byte an event.</summary>
    public const int EventsPerAnchor = 128;

    public const int AnchorBytes = 32;

    public static ReadOnlySpan<byte> Magic => "CNS1"u8;
}

/// <summary>The columns of a segment, in the order in which they stand.</summary>
internal enum SegmentColumn
{
    Times,
    KeyTimes,
    Hashes,
    Uncertain,
    Places,
    Anchors,
    KeyFilter,
    IdFilter,
    TokenFilter,
    Count,
}

/// <summary>A field as a segment names it: a listed one by its id, which never changes, an unlisted one by its path.</summary>
/// <param name="Id">The listed field's id, or -1.</param>
/// <param name="Path">The unlisted field's path, or empty.</param>
public readonly record struct FieldTag(int Id, string Path) : IComparable<FieldTag>
{
    /// <summary>A listed field's tag.</summary>
    public static FieldTag Listed(int id) => new(id, "");

    /// <summary>An unlisted field's tag.</summary>
    public static FieldTag Unlisted(string path) => new(-1, path);

    /// <summary>Listed ones first, by id; then the others by path.</summary>
    public int CompareTo(FieldTag other)
    {
        if (Id >= 0 != other.Id >= 0) return Id >= 0 ? -1 : 1;
        return Id >= 0 ? Id.CompareTo(other.Id) : string.CompareOrdinal(Path, other.Path);
    }
}

/// <summary>Where an event's bytes are kept.</summary>
/// <param name="Block">The block's id.</param>
/// <param name="Index">Its place in the block.</param>
public readonly record struct EventLocator(long Block, int Index);
