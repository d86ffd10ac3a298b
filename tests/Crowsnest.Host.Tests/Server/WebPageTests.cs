using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

public sealed partial class WebPageTests
{
    // What the first visit of any page fetches of scripts and styles, packed as a browser gets them; what all pages together have; and fonts.
    private const int FirstLoadMax = 250_000;
    private const int AllMax = 300_000;
    private const int FontsMax = 120_000;

    [Fact]
    public async Task Every_address_of_the_page_opens_it_also_without_a_token_and_others_do_not()
    {
        await using var server = await RunningServer.StartAsync();
        await server.TokenAsync(TokenRole.Admin);
        foreach (var route in WebPage.Routes.Concat(WebPage.RoutesOfOne.SelectMany(prefix => new[] { prefix + "111122223333:eu-west-1:shop", prefix + "a%2Fb" })))
        {
            var (status, body) = await server.SendAsync("GET", route + "?q=outcome:failure");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains("<div id=\"page\">", body, StringComparison.Ordinal);
        }

        foreach (var other in new[] { "/nowhere", "/tasks", "/tasks/", "/clusters/", "/clusters/shop/else" })
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", other)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/index.html.gz")).Status);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await server.SendAsync("GET", "/", headers: ("Host", "evil.example"))).Status);
    }

    [Fact]
    public async Task The_page_may_run_and_load_only_what_came_with_it()
    {
        await using var server = await RunningServer.StartAsync();
        using var page = await server.RespondAsync("GET", "/");
        var policy = page.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("http", policy, StringComparison.Ordinal);

        using var api = await server.RespondAsync("GET", "/api/v1/pipeline");
        Assert.Equal("default-src 'none'; frame-ancestors 'none'", api.Headers.GetValues("Content-Security-Policy").Single());
    }

    [Fact]
    public async Task The_page_is_asked_for_anew_and_what_it_names_is_kept_for_ever()
    {
        await using var server = await RunningServer.StartAsync();
        using var page = await server.RespondAsync("GET", "/");
        Assert.True(page.Headers.CacheControl!.NoCache);
        using var again = await server.RespondAsync("GET", "/explore", headers: ("If-None-Match", page.Headers.ETag!.Tag));
        Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);

        foreach (var name in Named(await page.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)))
        {
            using var asset = await server.RespondAsync("GET", name);
            Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
            Assert.Equal("public, max-age=31536000, immutable", asset.Headers.GetValues("Cache-Control").Single());
        }
    }

    [Fact]
    public async Task What_holds_text_comes_packed_as_the_browser_asks()
    {
        await using var server = await RunningServer.StartAsync();
        var plain = (await server.SendAsync("GET", "/")).Body;
        foreach (var (encoding, unpack) in new (string, Func<Stream, Stream>)[]
        {
            ("br", s => new BrotliStream(s, CompressionMode.Decompress)),
            ("gzip", s => new GZipStream(s, CompressionMode.Decompress)),
        })
        {
            using var packed = await server.RespondAsync("GET", "/", headers: ("Accept-Encoding", $"deflate, {encoding}"));
            Assert.Equal(encoding, packed.Content.Headers.ContentEncoding.Single());
            Assert.Equal("Accept-Encoding", packed.Headers.Vary.Single());
            await using var unpacked = unpack(await packed.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            using var reader = new StreamReader(unpacked);
            Assert.Equal(plain, await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }
    }

    // Each page is loaded when it is first opened: what its visitors fetch is the frame, the page, and what the two import. Styles are counted whole, since all are few.
    [Fact]
    public async Task The_first_load_of_each_page_is_small()
    {
        var assembly = typeof(WebPage).Assembly;
        var sizes = assembly.GetManifestResourceNames().Where(n => n.StartsWith("ui/assets/", StringComparison.Ordinal))
            .ToDictionary(n => n["ui/assets/".Length..], n => { using var resource = assembly.GetManifestResourceStream(n)!; return resource.Length; });
        long Sum(params string[] endings) => sizes.Where(one => endings.Any(e => one.Key.EndsWith(e, StringComparison.Ordinal))).Sum(one => one.Value);

        await using var server = await RunningServer.StartAsync();
        var frame = Named((await server.SendAsync("GET", "/")).Body).Where(name => name.EndsWith(".js", StringComparison.Ordinal)).Select(name => name["/assets/".Length..]).ToList();
        var pages = sizes.Keys.Where(name => PageScript().IsMatch(name)).Select(name => name[..^".br".Length]).ToList();
        Assert.Equal(11, pages.Count);
        foreach (var page in pages)
        {
            var scripts = await ImportedAsync(server, [.. frame, page]);
            Assert.InRange(scripts.Count, 3, 100);
            Assert.InRange(scripts.Sum(name => sizes[name + ".br"]) + Sum(".css.br"), 1, FirstLoadMax);
        }

        Assert.InRange(Sum(".js.br", ".css.br"), 1, AllMax);
        Assert.InRange(Sum(".woff2"), 1, FontsMax);
    }

    private static async Task<HashSet<string>> ImportedAsync(RunningServer server, IEnumerable<string> names)
    {
        HashSet<string> seen = [];
        Queue<string> next = new(names);
        while (next.TryDequeue(out var name))
        {
            if (!seen.Add(name)) continue;
            foreach (Match import in Import().Matches((await server.SendAsync("GET", "/assets/" + name)).Body)) next.Enqueue(import.Groups[1].Value);
        }

        return seen;
    }

    private static IEnumerable<string> Named(string page) => Asset().Matches(page).Select(m => m.Value);

    [GeneratedRegex("/assets/[^\"]+")]
    private static partial Regex Asset();

    // What a script imports before it runs, and not what it may import later.
    [GeneratedRegex("(?:from|import)\\s*[\"`]\\./([^\"`]+\\.js)[\"`]")]
    private static partial Regex Import();

    [GeneratedRegex("^[A-Za-z]+Page-.*\\.js\\.br$")]
    private static partial Regex PageScript();
}
