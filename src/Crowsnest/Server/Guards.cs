using System.Net;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Search;

namespace Crowsnest.Server;

/// <summary>Marks a connection that came by the owner's socket: the file's mode is its authentication, and no browser can open it.</summary>
internal sealed class OwnerConnection
{
    /// <summary>The mark.</summary>
    public static readonly OwnerConnection Mark = new();
}

/// <summary>What every request must pass before an endpoint sees it.</summary>
internal sealed class Guards(TokenGate tokens, Sessions sessions, ServerOptions options)
{
    private static readonly string[] BodyTypes = ["application/json"];

    /// <summary>Headers that keep an answer from being run, framed, kept or guessed at.</summary>
    public static Task AddHeadersAsync(HttpContext http, RequestDelegate next)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        return next(http);
    }

    /// <summary>Refuses names that are not ours: a page elsewhere whose name was made to point here (DNS rebinding).</summary>
    public Task CheckHostAsync(HttpContext http, RequestDelegate next)
    {
        if (IsOwner(http) || IsOurs(http.Request.Host.Host)) return next(http);
        return Problem.WriteAsync(
            http, StatusCodes.Status421MisdirectedRequest, "Misdirected request",
            "This server does not answer to that host name. Use 127.0.0.1 or localhost, or set server.external_url to the name that people use.");
    }

    /// <summary>Refuses what a page elsewhere could make a browser send: another origin, or a body type that needs no preflight.</summary>
    public Task CheckOriginAsync(HttpContext http, RequestDelegate next)
    {
        var request = http.Request;
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsSigned(http)) return next(http);
        if (!IsOwner(http) && request.Headers.Origin is { Count: > 0 } origin && !IsOurOrigin(request, origin.ToString()))
        {
            return Problem.WriteAsync(
                http, StatusCodes.Status403Forbidden, "Forbidden", "The request comes from a page of another origin. Send it without an Origin header, or from this server's own page.");
        }

        // Every browser of today says where a request comes from, also where it leaves the Origin out. "none" is the address bar.
        if (!IsOwner(http) && request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site && site is not ("same-origin" or "none"))
        {
            return Problem.WriteAsync(
                http, StatusCodes.Status403Forbidden, "Forbidden", "The request comes from a page elsewhere (Sec-Fetch-Site). Send it from this server's own page, or not from a browser.");
        }

        var operation = http.GetEndpoint()?.Metadata.GetMetadata<Operation>();
        if (operation is null) return next(http);
        var accepted = operation.Accepts.Count > 0 ? operation.Accepts : BodyTypes;
        var type = request.ContentType?.Split(';', 2)[0].Trim() ?? "";

        // A request without a body has no type, but a browser's form without fields has one and no body; so the type decides, and absent is well
        // only where no body is.
        var isBodiless = request.ContentLength is null or 0 && !request.Headers.ContainsKey("Transfer-Encoding");
        if (type.Length == 0 && isBodiless && (operation.Accepts.Count == 0)) return next(http);
        if (accepted.Contains(type, StringComparer.OrdinalIgnoreCase)) return next(http);
        return Problem.WriteAsync(
            http, StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", $"Send the body as Content-Type: {string.Join(", or ", accepted)}.");
    }

    /// <summary>Lets through whom the endpoint is for.</summary>
    public Task AuthoriseAsync(HttpContext http, RequestDelegate next)
    {
        var access = http.GetEndpoint()?.Metadata.GetMetadata<Operation>()?.Access ?? Access.Viewer;
        if (access == Access.Open || IsSigned(http)) return next(http);
        if (IsOwner(http)) return NextAs(new SessionBody("", Name(Access.Admin), "socket"), http, next);

        // A server that others can reach stays closed even if no token is left in its store.
        if (!tokens.IsClosed && IPAddress.IsLoopback(options.Listen.Address)) return NextAs(new SessionBody("", Name(Access.Admin), "open"), http, next);

        var bearer = Bearer(http);
        if ((bearer is null ? sessions.Find(http) : tokens.Find(bearer)) is not { } token)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer realm=\"crowsnest\"";
            return Problem.WriteAsync(
                http, StatusCodes.Status401Unauthorized, "Unauthorized", "Send 'Authorization: Bearer TOKEN' with a valid token ('crowsnest token create' makes one).");
        }

        // A browser sends the cookie by itself, so a change that comes by it must say which page it comes from; CheckOriginAsync has seen that it is ours.
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (bearer is null && !isRead && http.Request.Headers.Origin.Count == 0)
            return Problem.WriteAsync(http, StatusCodes.Status403Forbidden, "Forbidden", "A change by a session must come from this server's own page, with its Origin header.");
        if (access.Allows(token.Role)) return NextAs(SessionEndpoints.Of(token, bearer is null ? "session" : "token"), http, next);
        return Problem.WriteAsync(
            http, StatusCodes.Status403Forbidden, "Forbidden",
            $"This needs the role {Name(access)}; the token has {token.Role.ToString().ToLowerInvariant()}.");
    }

    private static Task NextAs(SessionBody caller, HttpContext http, RequestDelegate next)
    {
        http.Features.Set(caller);
        return next(http);
    }

    /// <summary>Refuses parameters that the endpoint does not have, with the name that was meant.</summary>
    public static Task CheckQueryAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Operation>() is not { } operation) return next(http);
        foreach (var name in http.Request.Query.Keys)
        {
            if (operation.Query.Any(p => p.Name == name)) continue;
            var names = operation.Query.Select(p => p.Name);
            var help = Spelling.Nearest(name, names) is { } near
                ? $"Did you mean '{near}'?"
                : operation.Query.Length == 0 ? "It takes none." : $"It takes: {string.Join(", ", names)}.";
            var shown = name.Length > 64 ? name[..64] : name;
            return Problem.WriteAsync(http, StatusCodes.Status400BadRequest, "Bad request", $"There is no parameter '{shown}' here. {help}");
        }

        return next(http);
    }

    // The operation looks at the signature, so a request that only says so gets no further than that.
    private static bool IsSigned(HttpContext http) =>
        http.GetEndpoint()?.Metadata.GetMetadata<Operation>()?.SignedBy is { } header && http.Request.Headers.ContainsKey(header);

    private static bool IsOwner(HttpContext http) => http.Features.Get<OwnerConnection>() is not null;

    private bool IsOurs(string host)
    {
        if (host.Equals("localhost", StringComparison.OrdinalIgnoreCase)) return true;
        if (options.ExternalUrl is { } external && host.Equals(external.Host, StringComparison.OrdinalIgnoreCase)) return true;
        if (!IPAddress.TryParse(host.AsSpan().Trim("[]"), out var address)) return false;

        // A literal address cannot be rebound; ours are loopback's, the one we listen on, and any when we listen on all.
        var listen = options.Listen.Address;
        return IPAddress.IsLoopback(address) || address.Equals(listen) || listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any);
    }

    private bool IsOurOrigin(HttpRequest request, string origin)
    {
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var uri)) return false;
        if (options.ExternalUrl is { } external && Uri.Compare(uri, external, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0) return true;
        return uri.Scheme == request.Scheme && uri.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }

    private static string? Bearer(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        return header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? header["Bearer ".Length..].Trim() : null;
    }

    private static string Name(Access access) => access switch
    {
        Access.Ingest => nameof(TokenRole.Ingest).ToLowerInvariant(),
        Access.Viewer => nameof(TokenRole.Viewer).ToLowerInvariant(),
        Access.Operator => nameof(TokenRole.Operator).ToLowerInvariant(),
        _ => nameof(TokenRole.Admin).ToLowerInvariant(),
    };
}
