using System.Collections.Concurrent;
using Crowsnest.Core.Events;

namespace Crowsnest.OpenSearch.Events;

/// <summary>Which index an event belongs to.</summary>
/// <remarks>
/// That of its day where the day is kept or its index exists; otherwise the archive. An index is never made for a day that is not kept any more, so that
/// an event which came before its day was dropped and one that comes after are both met where they are; nor for a day that no clock can have reached, so
/// that made-up times make no indices without end.
/// </remarks>
internal sealed class EventPlaces(IndexNames names, TimeSpan? kept, TimeProvider time)
{
    // Of what is kept for ever, and of clocks that are ahead.
    private static readonly TimeSpan LongestPast = TimeSpan.FromDays(3_653);
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(2);

    private volatile ConcurrentDictionary<string, bool> _existing = new(StringComparer.Ordinal);

    /// <summary>The indices that may have the event.</summary>
    public static IEnumerable<string> PossibleOf(EventKey key, IndexNames names) => DayOf(key) is { } day ? [names.OfDay(day), names.Archive] : [names.Archive];

    /// <summary>The day (UTC) of an event; <see langword="null"/> when its time is none that a calendar has.</summary>
    public static DateTimeOffset? DayOf(EventKey key) =>
        key.TimeMilliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || key.TimeMilliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? null
            : new DateTimeOffset(DateTimeOffset.FromUnixTimeMilliseconds(key.TimeMilliseconds).UtcDateTime.Date, TimeSpan.Zero);

    /// <summary>When a day is over; of the last one that a calendar has, as near to that as can be said.</summary>
    public static DateTimeOffset EndOf(DateTimeOffset day) => day < DateTimeOffset.MaxValue.AddDays(-1) ? day.AddDays(1) : DateTimeOffset.MaxValue;

    /// <summary>Where the event is written to.</summary>
    public string Of(EventKey key)
    {
        if (DayOf(key) is not { } day) return names.Archive;
        var (index, now) = (names.OfDay(day), time.GetUtcNow());
        var isKept = EndOf(day) >= now - (kept is { } span && span < LongestPast ? span : LongestPast) && day <= now + Ahead;
        return isKept || _existing.ContainsKey(index) ? index : names.Archive;
    }

    /// <summary>Whether an index may have something.</summary>
    public bool Exists(string index) => index == names.Archive || _existing.ContainsKey(index);

    /// <summary>An event was written where it belongs.</summary>
    public void Note(EventKey key) => _existing.TryAdd(Of(key), true);

    /// <summary>Takes note of the indices that there are.</summary>
    public void Know(IEnumerable<string> indices) => _existing = new ConcurrentDictionary<string, bool>(indices.Select(index => KeyValuePair.Create(index, true)), StringComparer.Ordinal);
}
