using System.Text;
using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.OpenSearch.Events;

/// <summary>Reads events back out of documents.</summary>
internal static class StoredEventReader
{
    /// <summary>Members of <c>_source</c> that an event is made of; an event's id in the index is its key.</summary>
    public static readonly string[] Members = [EventFieldNames.Raw, EventFieldNames.Facts];

    /// <summary>The event of a hit or of an item of <c>_mget</c>.</summary>
    public static StoredEvent Read(JsonElement hit)
    {
        if (!EventKey.TryParse(hit.GetProperty("_id").GetString(), out var key)) throw new InvalidDataException("A document of an event has no event's key as its id.");
        var source = hit.GetProperty("_source");
        var facts = source.GetProperty(EventFieldNames.Facts);
        return new StoredEvent(
            key, Moment(facts, "at"), Moment(facts, "received"), facts.TryGetProperty("uncertain", out _),
            Encoding.UTF8.GetBytes(source.GetProperty(EventFieldNames.Raw).GetString()!),
            facts.TryGetProperty("masked", out var masked) ? [.. masked.EnumerateArray().Select(one => one.GetString()!)] : []);
    }

    private static DateTimeOffset Moment(JsonElement facts, string name) => new(facts.GetProperty(name).GetInt64(), TimeSpan.Zero);
}
