using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Server;

/// <summary>A token in a list: everything but the secret.</summary>
internal sealed record TokenItem(string Id, string Name, string Role, DateTime CreatedAt, DateTime? RevokedAt)
{
    /// <summary>As the API shows it.</summary>
    public static TokenItem Of(TokenRecord token) =>
        new(token.Id, token.Name, token.Role.ToString().ToLowerInvariant(), token.CreatedAt.UtcDateTime, token.RevokedAt?.UtcDateTime);
}

/// <summary>A wish for a token.</summary>
internal sealed record NewToken(string? Name, string? Role);

/// <summary>A new token, with its secret for the only time.</summary>
internal sealed record CreatedToken(string Id, string Name, string Role, DateTime CreatedAt, string Token)
{
    /// <summary>As the API shows it, this once.</summary>
    public static CreatedToken Of(TokenRecord token, string secret) =>
        new(token.Id, token.Name, token.Role.ToString().ToLowerInvariant(), token.CreatedAt.UtcDateTime, secret);
}

/// <summary>API tokens: list, make, revoke.</summary>
internal static class TokensEndpoints
{
    private const int NameLengthMax = 100;

    /// <summary>A token's name without the white space around it, or <see langword="null"/> when it cannot be one.</summary>
    public static string? NameOf(string? text) => text?.Trim() is { Length: > 0 and <= NameLengthMax } name && !name.Any(char.IsControl) ? name : null;

    /// <summary>Maps <c>/tokens</c>.</summary>
    public static void MapTokens(this IEndpointRouteBuilder routes, TokenGate tokens)
    {
        routes.Map(
            new Operation("GET", "/api/v1/tokens", Access.Admin, "All API tokens ever made, without their secrets.") { Answer = "TokenPage" },
            _ => Task.FromResult<IResult>(TypedResults.Json(new Page<TokenItem>([.. tokens.Tokens.Select(TokenItem.Of)], null), ApiJson.Default.PageTokenItem)));
        routes.Map(
            new Operation("POST", "/api/v1/tokens", Access.Admin, "Makes a token; its secret is in this answer and nowhere else.")
            {
                Success = StatusCodes.Status201Created,
                Accepts = ["application/json"],
                Answer = "CreatedToken",
            },
            http => CreateAsync(http, tokens));
        routes.Map(
            new Operation("DELETE", "/api/v1/tokens/{id}", Access.Admin, "Revokes a token, at once.") { Success = StatusCodes.Status204NoContent },
            http => RevokeAsync(http, tokens));
    }

    private static async Task<IResult> CreateAsync(HttpContext http, TokenGate tokens)
    {
        NewToken? wish;
        try
        {
            wish = await http.Request.ReadFromJsonAsync(ApiJson.Default.NewToken, http.RequestAborted);
        }
        catch (JsonException)
        {
            wish = null;
        }

        if (NameOf(wish?.Name) is not { } name)
            throw ProblemException.BadRequest("""Send {"name":"…","role":"viewer"}: a name of 1 to 100 characters without control characters.""");
        if (!TryRole(wish!.Role, out var role))
            throw ProblemException.BadRequest("The role must be one of: viewer, operator, admin, ingest.");

        var (secret, record) = await tokens.CreateAsync(name, role, http.RequestAborted);
        return TypedResults.Json(CreatedToken.Of(record, secret), ApiJson.Default.CreatedToken, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> RevokeAsync(HttpContext http, TokenGate tokens)
    {
        var id = (string)http.GetRouteValue("id")!;
        if (!await tokens.RevokeAsync(id, http.RequestAborted)) throw ProblemException.NotFound("There is no valid token with this id.");
        return TypedResults.NoContent();
    }

    // Enum.TryParse would take numbers and lists too.
    private static bool TryRole(string? text, out TokenRole role)
    {
        foreach (var candidate in Enum.GetValues<TokenRole>())
        {
            role = candidate;
            if (string.Equals(candidate.ToString(), text, StringComparison.OrdinalIgnoreCase)) return true;
        }

        role = default;
        return false;
    }
}
