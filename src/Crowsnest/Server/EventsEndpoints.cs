using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Events;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Finding events: by query, key and id, and what stands around one.</summary>
internal sealed class EventsEndpoints(ServerParts parts, QueryTurns turns)
{
    // A page of the largest events would be a gigabyte; it ends here and the next page goes on.
    private const long PageBytesMax = 16 << 20;

    /// <summary>Maps <c>/events</c>, but for <c>POST</c>.</summary>
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(
            new Operation(
                "GET", "/api/v1/events", Access.Viewer, "Events that a query finds, newest first, each verbatim with what we know of it beside it.",
                QueryParameters.Q, QueryParameters.From, QueryParameters.To, new Parameter("limit", "integer", "How many, 1 to 1000; 100 unless told."),
                new Parameter("cursor", "string", "Where to go on: next of the page before.")) { Answer = "EventPage" },
            SearchAsync);
        routes.Map(new Operation("GET", "/api/v1/events/{key}", Access.Viewer, "One event.") { Answer = "Event" }, GetAsync);
        routes.Map(new Operation("GET", "/api/v1/events/by-id/{id}", Access.Viewer, "All events with an id (an id can be reused), oldest first.") { Answer = "EventList" }, GetByIdAsync);
        routes.Map(
            new Operation(
                "GET", "/api/v1/events/{key}/context", Access.Viewer, "An event and its neighbours in time.",
                new Parameter("q", "string", "Only neighbours that this query finds; all unless given."),
                new Parameter("limit", "integer", "How many on each side, 1 to 100; 10 unless told.")) { Answer = "EventContext" },
            ContextAsync);
    }

    private async Task<IResult> SearchAsync(HttpContext http)
    {
        var query = http.ReadQuery(parts.Time, out var hint);
        var (from, to) = (http.ReadMoment("from", parts.Time), http.ReadMoment("to", parts.Time));
        var limit = http.QueryInt("limit", 100, 1, 1_000);
        var after = http.Query("cursor") is { } cursor ? Cursor(cursor) : (SearchCursor?)null;
        var page = await turns.TakeAsync(() => parts.Store.Events.SearchAsync(new SearchRequest(query, from, to, limit, after), http.RequestAborted), http.RequestAborted);
        return EventJson.Answer(json =>
        {
            var written = WriteList(json, "items", page.Events);
            var next = written < page.Events.Count ? After(page.Events[written - 1]) : page.Next;
            json.WriteString("next", next is { } place ? EventCursor.Write(place) : null);
            json.WriteString("cut", page.Cut);
            json.WriteString("hint", hint);
        });
    }

    private async Task<IResult> GetAsync(HttpContext http)
    {
        var stored = await FindAsync(http);
        return EventJson.Answer(stored, parts.Diagnoser);
    }

    private async Task<IResult> GetByIdAsync(HttpContext http)
    {
        var id = (string)http.GetRouteValue("id")!;
        var events = await turns.TakeAsync(() => parts.Store.Events.GetByIdAsync(id, http.RequestAborted), http.RequestAborted);
        return EventJson.Answer(json =>
        {
            WriteList(json, "items", events);
            json.WriteNull("next");
        });
    }

    private async Task<IResult> ContextAsync(HttpContext http)
    {
        var query = http.ReadQuery(parts.Time);
        var limit = http.QueryInt("limit", 10, 1, 100);
        var stored = await FindAsync(http);
        var place = After(stored);
        var earlier = await turns.TakeAsync(() => parts.Store.Events.SearchAsync(new SearchRequest(query, null, null, limit, place), http.RequestAborted), http.RequestAborted);
        var later = await turns.TakeAsync(
            () => parts.Store.Events.SearchAsync(new SearchRequest(query, null, null, limit, place, OldestFirst: true), http.RequestAborted), http.RequestAborted);
        return EventJson.Answer(json =>
        {
            var decoder = EventJson.NewDecoder();
            json.WritePropertyName("event");
            EventJson.Write(json, stored, decoder, parts.Diagnoser);

            // Both sides from the event outwards, so that a side that had to be cut keeps its nearest.
            WriteList(json, "earlier", earlier.Events);
            WriteList(json, "later", later.Events);
            json.WriteString("cut", earlier.Cut ?? later.Cut);
        });
    }

    private async Task<StoredEvent> FindAsync(HttpContext http)
    {
        if (!EventKey.TryParse((string?)http.GetRouteValue("key"), out var key))
            throw ProblemException.BadRequest("This is no event's key; a key is TIME-HASH, as 'key' of an event shows it. To find events by id, ask /api/v1/events/by-id/ID.");
        return await turns.TakeAsync(() => parts.Store.Events.GetAsync(key, http.RequestAborted), http.RequestAborted)
            ?? throw ProblemException.NotFound("There is no event with this key; it may be past its retention.");
    }

    // How many were written: fewer than there are when the bytes are too many, but always one.
    private int WriteList(Utf8JsonWriter json, string name, IReadOnlyList<StoredEvent> events)
    {
        var decoder = EventJson.NewDecoder();
        long bytes = 0;
        var written = 0;
        json.WriteStartArray(name);
        foreach (var stored in events)
        {
            bytes += stored.Raw.Length;
            if (written > 0 && bytes > PageBytesMax) break;
            EventJson.Write(json, stored, decoder, parts.Diagnoser);
            written++;
        }

        json.WriteEndArray();
        return written;
    }

    private static SearchCursor After(StoredEvent stored) => new(stored.OccurredAt.ToUnixTimeMilliseconds(), stored.Key);

    private static SearchCursor Cursor(string text) =>
        EventCursor.TryRead(text, out var place) ? place : throw ProblemException.BadRequest("The cursor is not one of ours; take it from 'next' of a page.");
}

/// <summary>A place in the order of results as text: opaque to callers, the same in every process.</summary>
internal static class EventCursor
{
    /// <summary>As text.</summary>
    public static string Write(SearchCursor place) => string.Create(CultureInfo.InvariantCulture, $"{place.TimeMilliseconds}~{place.Key}");

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static bool TryRead(string? text, out SearchCursor place)
    {
        place = default;
        var tilde = text?.IndexOf('~', StringComparison.Ordinal) ?? -1;
        if (tilde <= 0 || !long.TryParse(text.AsSpan(0, tilde), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time)) return false;
        if (!EventKey.TryParse(text![(tilde + 1)..], out var key)) return false;
        place = new SearchCursor(time, key);
        return true;
    }
}
