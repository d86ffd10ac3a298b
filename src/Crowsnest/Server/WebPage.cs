using System.IO.Compression;
using System.Reflection;
using System.Security.Cryptography;

namespace Crowsnest.Server;

/// <summary>The web page: what the build of <c>ui/</c> left in this program, as it is and to anyone, since it holds nothing but code.</summary>
/// <remarks>Files of the build carry a hash in their name and are kept for ever; the one page that names them is asked for anew each time.</remarks>
internal sealed class WebPage
{
    /// <summary>The addresses at which the page opens; it finds out by itself what to show there.</summary>
    public static readonly IReadOnlyList<string> Routes = ["/", "/explore", "/clusters", "/capacity", "/incidents", "/rules", "/pipeline"];

    /// <summary>Under these it opens at the address of any one thing: a cluster's name, a task's id.</summary>
    public static readonly IReadOnlyList<string> RoutesOfOne = ["/capacity/", "/clusters/", "/incidents/", "/tasks/"];

    // Only what came with the page: its own scripts, styles, fonts and pictures, and its own API. Nothing inline, not even a style attribute:
    // React sets styles through the object model, which a policy does not govern.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string Prefix = "ui/";
    private const string IndexName = "index.html";

    // What holds text is in the program only packed, in both ways that browsers ask for.
    private static readonly (string Name, string Suffix)[] Encodings = [("br", ".br"), ("gzip", ".gz")];

    private readonly Assembly _assembly = typeof(WebPage).Assembly;
    // As browsers ask for them: without what a packed one's name ends in.
    private readonly HashSet<string> _names;
    private readonly HashSet<string> _packed;
    private readonly string _indexTag;

    /// <summary>The page of this build, if it has one.</summary>
    public WebPage()
    {
        var files = _assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Select(name => name[Prefix.Length..]).ToArray();
        _packed = [.. files.Where(name => name.EndsWith(".gz", StringComparison.Ordinal)).Select(name => name[..^".gz".Length])];
        _names = [.. _packed, .. files.Where(name => !Encodings.Any(e => name.EndsWith(e.Suffix, StringComparison.Ordinal)))];
        _indexTag = _packed.Contains(IndexName) ? $"\"{Convert.ToHexStringLower(SHA256.HashData(Read(IndexName + ".gz")).AsSpan(0, 8))}\"" : "";
    }

    /// <summary>Answers what is the page's, and leaves the rest to <paramref name="next"/>.</summary>
    public Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method)) return next(http);
        var path = http.Request.Path.Value ?? "/";
        if (IsRoute(path)) return ServeIndexAsync(http);
        var name = path.TrimStart('/');
        if (name == IndexName || !_names.Contains(name)) return next(http);
        http.Response.Headers.CacheControl = name.StartsWith("assets/", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
        return ServeAsync(http, name);
    }

    // A name holds no slash but an escaped one, which stays escaped in a path.
    private static bool IsRoute(string path) =>
        Routes.Contains(path, StringComparer.Ordinal)
        || RoutesOfOne.Any(prefix => path.StartsWith(prefix, StringComparison.Ordinal) && path.Length > prefix.Length && !path.AsSpan(prefix.Length).Contains('/'));

    private Task ServeIndexAsync(HttpContext http)
    {
        if (_indexTag.Length == 0)
        {
            return Problem.WriteAsync(
                http, StatusCodes.Status404NotFound, "Not found", "This program was built without its web page (-p:BuildUi=false). The API is there: /openapi/v1.json describes it.");
        }

        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.CacheControl = "no-cache";
        headers.ETag = _indexTag;
        if (http.Request.Headers.IfNoneMatch.ToString() == _indexTag)
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        return ServeAsync(http, IndexName);
    }

    private async Task ServeAsync(HttpContext http, string name)
    {
        var response = http.Response;
        response.ContentType = TypeOf(name);
        var bytes = Pick(http, name);
        response.ContentLength = bytes.Length;
        if (HttpMethods.IsGet(http.Request.Method)) await response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private byte[] Pick(HttpContext http, string name)
    {
        if (!_packed.Contains(name)) return Read(name);
        http.Response.Headers.Vary = "Accept-Encoding";
        var accepted = http.Request.Headers.AcceptEncoding.ToString().Split(',', StringSplitOptions.TrimEntries);
        foreach (var (encoding, suffix) in Encodings)
        {
            if (!accepted.Any(a => a.Split(';')[0].Equals(encoding, StringComparison.OrdinalIgnoreCase) && !a.EndsWith("q=0", StringComparison.Ordinal))) continue;
            http.Response.Headers.ContentEncoding = encoding;
            return Read(name + suffix);
        }

        using var unpacked = new MemoryStream();
        using (var gzip = new GZipStream(new MemoryStream(Read(name + ".gz")), CompressionMode.Decompress)) gzip.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    private byte[] Read(string name)
    {
        using var resource = _assembly.GetManifestResourceStream(Prefix + name)!; // Only names that are there are asked for.
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
}
