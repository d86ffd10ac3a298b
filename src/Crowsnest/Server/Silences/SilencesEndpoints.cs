using System.Text.Json;

namespace Crowsnest.Server.Silences;

/// <summary>Silences: what hides incidents for a while, who says so and why.</summary>
internal static class SilencesEndpoints
{
    /// <summary>Maps <c>/silences</c>.</summary>
    public static void MapSilences(this IEndpointRouteBuilder routes, ServerParts parts)
    {
        var desk = new SilenceDesk(parts.Store.Incidents, parts.Time);
        routes.Map(
            new Operation("GET", "/api/v1/silences", Access.Viewer, "Silences: active, pending, then those that ended within five days.",
                new Parameter("state", "string", "Only those in this state: open (pending or active), pending, active or expired.")) { Answer = "SilencePage" },
            async http => TypedResults.Json(await desk.ListAsync(http.Query("state"), http.RequestAborted), ApiJson.Default.PageSilenceItem));
        routes.Map(
            new Operation("GET", "/api/v1/silences/{id}", Access.Viewer, "One.") { Answer = "Silence" },
            async http => TypedResults.Json(await desk.GetAsync(Id(http), http.RequestAborted), ApiJson.Default.SilenceItem));
        routes.Map(
            new Operation(
                "POST", "/api/v1/silences", Access.Operator,
                "Makes one, or changes the one with the id; one that has ended, or would then hide something else, ends and another takes its place.") { Accepts = ["application/json"], Answer = "Silence" },
            async http =>
            {
                var body = await BodyAsync(http);
                var silence = await desk.SetAsync(body, By(http, body.By), http.RequestAborted);
                parts.Teller?.Wake();
                return TypedResults.Json(silence, ApiJson.Default.SilenceItem);
            });
        routes.Map(
            new Operation("POST", "/api/v1/silences/preview", Access.Viewer, "What a silence with these matchers would hide: incidents that fire now, and how many of the last seven days.")
            {
                Accepts = ["application/json"], Answer = "SilencePreview",
            },
            async http => TypedResults.Json(await desk.PreviewAsync(await BodyAsync(http), http.RequestAborted), ApiJson.Default.SilencePreview));
        routes.Map(
            new Operation("POST", "/api/v1/silences/{id}/expire", Access.Operator, "Ends one now.") { Answer = "Silence" },
            async http =>
            {
                var silence = await desk.ExpireAsync(Id(http), http.RequestAborted);
                parts.Teller?.Wake();
                return TypedResults.Json(silence, ApiJson.Default.SilenceItem);
            });
    }

    /// <summary>Who it is: a token says so; without one people say it themselves.</summary>
    public static string By(HttpContext http, string? said) =>
        http.Features.Get<SessionBody>() is { Name.Length: > 0 } known ? known.Name : said?.Trim() is { Length: > 0 } name ? name : "somebody";

    private static async Task<SilenceBody> BodyAsync(HttpContext http)
    {
        try
        {
            return await http.Request.ReadFromJsonAsync(ApiJson.Default.SilenceBody, http.RequestAborted) ?? new SilenceBody();
        }
        catch (JsonException)
        {
            throw ProblemException.BadRequest("""Send {"matchers":["cluster=prod"],"duration":"2h","by":"…","comment":"…"}; instead of the duration perhaps {"startsAt":"…","endsAt":"…"}, and {"id":"…"} to change one.""");
        }
    }

    private static string Id(HttpContext http) => (string)http.GetRouteValue("id")!; // The route has it.
}
