using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Server;

/// <summary>Incidents: how they stand, one with all that became of it, and what people do with them.</summary>
internal static class IncidentsEndpoints
{
    private const int NameMax = 100;
    private const int TextMax = 2_000;

    // Incidents that are looked through for a page of one state.
    private const int SearchedMax = 10_000;

    /// <summary>The states that a list may be of; <c>open</c>: firing or acknowledged.</summary>
    public static IReadOnlyList<string> States { get; } = ["open", "firing", "acknowledged", "resolved", "expired", "pending", "notice", "synthetic"];

    /// <summary>Maps <c>/incidents</c>.</summary>
    public static void MapIncidents(this IEndpointRouteBuilder routes, ServerParts parts)
    {
        routes.Map(
            new Operation(
                "GET", "/api/v1/incidents", Access.Viewer, "Incidents, the latest first.",
                new Parameter("state", "string", "Only those in this state: open (firing or acknowledged), firing, acknowledged, resolved, expired or synthetic."),
                new Parameter("limit", "integer", "How many, 1 to 1000; 100 unless told."),
                new Parameter("cursor", "string", "Where to go on: next of the page before.")) { Answer = "IncidentPage" },
            async http =>
            {
                var state = http.Query("state");
                if (state is not null && !States.Contains(state)) throw ProblemException.BadRequest($"The state must be one of: {string.Join(", ", States)}.");
                return TypedResults.Json(await ListAsync(parts.Store.Incidents, state, http.QueryInt("limit", 100, 1, 1_000), Place(http.Query("cursor")), http.RequestAborted), ApiJson.Default.PageIncidentItem);
            });
        routes.Map(
            new Operation("GET", "/api/v1/incidents/{id}", Access.Viewer, "An incident with its evidence and all that became of it: messages and their arrival, and what people did.") { Answer = "IncidentDetail" },
            async http =>
            {
                var incident = await parts.Store.Incidents.IncidentAsync(Id(http), http.RequestAborted) ?? throw Missing();
                return TypedResults.Json(await IncidentDetail.OfAsync(incident, parts.Store.Incidents, http.RequestAborted), ApiJson.Default.IncidentDetail);
            });
        Act(routes, parts, "acknowledge", IncidentVerb.Acknowledge, "Somebody has seen it: nobody is told of it again until it is resolved.");
        Act(routes, parts, "assign", IncidentVerb.Assign, "Somebody is to see to it; nobody any more when assignee is empty.");
        Act(routes, parts, "resolve", IncidentVerb.Resolve, "It is over, and whoever was told of it is told that.");
        Act(routes, parts, "reopen", IncidentVerb.Reopen, "It goes on after all, and is told anew.");
        Act(routes, parts, "comments", IncidentVerb.Comment, "Something to be said of it.");
    }

    /// <summary>A page of incidents.</summary>
    public static async Task<Page<IncidentItem>> ListAsync(IIncidentStore store, string? state, int limit, IncidentPlace? after, CancellationToken cancellationToken)
    {
        var found = new List<IncidentItem>();
        var atOnce = state is null ? limit : 1_000;
        for (var searched = 0; searched < SearchedMax;)
        {
            var read = await store.IncidentsAsync(atOnce, cancellationToken, after);
            foreach (var incident in read)
            {
                after = IncidentPlace.Of(incident);
                if (!IsIn(incident, state)) continue;
                found.Add(IncidentItem.Of(incident));
                if (found.Count == limit) return new Page<IncidentItem>(found, Cursor(after.Value));
            }

            if (read.Count < atOnce) return new Page<IncidentItem>(found, null);
            searched += read.Count;
        }

        return new Page<IncidentItem>(found, Cursor(after!.Value));
    }

    /// <summary>What a wish says, or why it says nothing that can be done.</summary>
    /// <exception cref="ProblemException">It cannot be done.</exception>
    public static IncidentAction Action(IncidentVerb verb, IncidentWish wish, string by)
    {
        var text = Checked(verb == IncidentVerb.Assign ? wish.Assignee : wish.Text, verb == IncidentVerb.Assign ? "assignee" : "text", verb == IncidentVerb.Assign ? NameMax : TextMax);
        if (verb == IncidentVerb.Assign && wish.Assignee is null) throw ProblemException.BadRequest("""Send {"assignee":"…"}; an empty one takes the assignment back.""");
        return new IncidentAction(verb, by, text);
    }

    /// <summary>Does it.</summary>
    /// <exception cref="ProblemException">There is no such incident, or it cannot be done.</exception>
    /// <exception cref="Core.Pipeline.StoreException">Another process that shares the store tells, and only that one may write.</exception>
    public static async Task<Incident> ApplyAsync(IIncidentStore store, IncidentActions actions, string id, IncidentAction action, TimeProvider time, CancellationToken cancellationToken)
    {
        var result = await actions.ApplyAsync(store, id, action, time.GetUtcNow(), cancellationToken);
        if (result.Incident is not { } incident) throw Missing();
        return result.Refusal.Length == 0 ? incident : throw new ProblemException(StatusCodes.Status409Conflict, "Not done", result.Refusal);
    }

    private static void Act(IEndpointRouteBuilder routes, ServerParts parts, string path, IncidentVerb verb, string summary) => routes.Map(
        new Operation("POST", "/api/v1/incidents/{id}/" + path, Access.Operator, summary) { Accepts = ["application/json"], Answer = "IncidentDetail" },
        async http =>
        {
            var wish = await WishAsync(http);
            var incident = await ApplyAsync(parts.Store.Incidents, parts.IncidentActions, Id(http), Action(verb, wish, By(http, wish)), parts.Time, http.RequestAborted);
            parts.Teller?.Wake();
            return TypedResults.Json(await IncidentDetail.OfAsync(incident, parts.Store.Incidents, http.RequestAborted), ApiJson.Default.IncidentDetail);
        });

    private static async Task<IncidentWish> WishAsync(HttpContext http)
    {
        try
        {
            if (http.Request.ContentLength == 0) return new IncidentWish();
            return await http.Request.ReadFromJsonAsync(ApiJson.Default.IncidentWish, http.RequestAborted) ?? new IncidentWish();
        }
        catch (JsonException)
        {
            throw ProblemException.BadRequest("""Send {"by":"…","text":"…"}, and for an assignment {"assignee":"…"}.""");
        }
    }

    // A token says who it is; without one people say it themselves.
    private static string By(HttpContext http, IncidentWish wish)
    {
        var said = Checked(wish.By, "by", NameMax);
        return http.Features.Get<SessionBody>() is { Name.Length: > 0 } known ? known.Name : said.Length > 0 ? said : "somebody";
    }

    private static string Checked(string? text, string name, int lengthMax)
    {
        var trimmed = text?.Trim() ?? "";
        if (trimmed.Length > lengthMax) throw ProblemException.BadRequest(string.Create(CultureInfo.InvariantCulture, $"'{name}' has more than {lengthMax} characters."));
        return trimmed;
    }

    private static bool IsIn(Incident incident, string? state) => state switch
    {
        null => incident.IsListed,
        "open" => incident.State == IncidentState.Firing,
        _ => IncidentItem.StateOf(incident) == state,
    };

    private static string Cursor(IncidentPlace place) => string.Create(CultureInfo.InvariantCulture, $"{place.LastAt}.{place.Id}");

    private static IncidentPlace? Place(string? cursor)
    {
        if (cursor is null) return null;
        var dot = cursor.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(cursor.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var at)
            ? new IncidentPlace(at, cursor[(dot + 1)..])
            : throw ProblemException.BadRequest("The cursor is not one of ours; take it from 'next' of a page.");
    }

    private static string Id(HttpContext http) => (string)http.GetRouteValue("id")!; // The route has it.

    private static ProblemException Missing() => ProblemException.NotFound("There is no incident with this id; one that is over leaves after retention.incidents.");
}
