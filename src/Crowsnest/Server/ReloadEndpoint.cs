using Crowsnest.Configuration;

namespace Crowsnest.Server;

/// <summary>Reads the configuration again, for whoever asks: over HTTP or by a signal.</summary>
internal static class ReloadEndpoint
{
    /// <summary>What a new configuration changes at once, in words.</summary>
    public const string Taken = "rules, routes, receivers, templates, inhibition and time intervals are as the configuration says now; all else of it begins with the next start";

    /// <summary>Maps <c>/-/reload</c>.</summary>
    public static void MapReload(this IEndpointRouteBuilder routes, ServerParts parts) => routes.Map(
        new Operation("POST", "/-/reload", Access.Admin, "Reads the configuration again: rules and who is told are taken whole, or stay as they were.") { Produces = "text/plain" },
        async http =>
        {
            if (parts.Reload is not { } reload) throw new ProblemException(StatusCodes.Status409Conflict, "No configuration", "This server reads no configuration.");
            try
            {
                await reload(http.RequestAborted);
            }
            catch (ConfigException mistakes)
            {
                throw ProblemException.BadRequest($"The configuration was not taken, and the one before stays: {mistakes.Message}");
            }

            return TypedResults.Text(Taken + "\n");
        });
}
