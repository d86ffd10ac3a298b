using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>Who the caller is.</summary>
/// <param name="Name">The token's name; empty without one.</param>
/// <param name="Role">What the caller may.</param>
/// <param name="Method">How it is known: session, token, socket, or open where no token was ever made.</param>
internal sealed record SessionBody(string Name, string Role, string Method);

/// <summary>A wish for a session.</summary>
internal sealed record NewSession(string? Token);

/// <summary>The page's sessions: begin, ask, end.</summary>
internal static class SessionEndpoints
{
    private const string Path = "/api/v1/session";

    /// <summary>Maps <c>/session</c>.</summary>
    public static void MapSession(this IEndpointRouteBuilder routes, TokenGate tokens, Sessions sessions, ServerOptions options)
    {
        routes.Map(
            new Operation("GET", Path, Access.Viewer, "Who the caller is, and with which role.") { Answer = "Session" },
            // Guards let nobody come here without having said who it is.
            http => Task.FromResult<IResult>(TypedResults.Json(http.Features.Get<SessionBody>()!, ApiJson.Default.SessionBody)));
        routes.Map(
            new Operation("POST", Path, Access.Open, "Begins a session of the page by a token: a cookie that scripts cannot read and other sites cannot send.")
            {
                Accepts = ["application/json"],
                Answer = "Session",
            },
            http => BeginAsync(http, tokens, sessions, options));
        routes.Map(
            new Operation("DELETE", Path, Access.Open, "Ends the session.") { Success = StatusCodes.Status204NoContent },
            http =>
            {
                sessions.End(http);
                http.Response.Cookies.Delete(Sessions.Cookie, CookieOptions(http, options));
                return Task.FromResult<IResult>(TypedResults.NoContent());
            });
    }

    private static async Task<IResult> BeginAsync(HttpContext http, TokenGate tokens, Sessions sessions, ServerOptions options)
    {
        NewSession? wish;
        try
        {
            wish = await http.Request.ReadFromJsonAsync(ApiJson.Default.NewSession, http.RequestAborted);
        }
        catch (JsonException)
        {
            wish = null;
        }

        if (wish?.Token is not { Length: > 0 } secret) throw ProblemException.BadRequest("""Send {"token":"…"}.""");
        if (tokens.Find(secret) is not { } token)
            throw new ProblemException(StatusCodes.Status401Unauthorized, "Unauthorized", "This is no valid token; 'crowsnest token list' shows which there are.");
        if (!Access.Viewer.Allows(token.Role))
            throw new ProblemException(StatusCodes.Status403Forbidden, "Forbidden", "This token only sends events. The page needs one with the role viewer, operator or admin.");

        sessions.End(http);
        http.Response.Cookies.Append(Sessions.Cookie, sessions.Begin(token), CookieOptions(http, options));
        return TypedResults.Json(Of(token, "session"), ApiJson.Default.SessionBody);
    }

    /// <summary>A caller with a token.</summary>
    public static SessionBody Of(TokenRecord token, string method) => new(token.Name, token.Role.ToString().ToLowerInvariant(), method);

    // A session cookie: gone with the browser. Secure wherever people come by HTTPS, also when a proxy ends it.
    private static CookieOptions CookieOptions(HttpContext http, ServerOptions options) => new()
    {
        HttpOnly = true,
        SameSite = SameSiteMode.Strict,
        Path = "/",
        Secure = http.Request.IsHttps
            || (options.ExternalUrl is { Scheme: "https" } external && http.Request.Host.Host.Equals(external.Host, StringComparison.OrdinalIgnoreCase)),
        IsEssential = true,
    };
}
