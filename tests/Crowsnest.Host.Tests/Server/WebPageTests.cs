using System.IO.Compression;
using System.Net;
using System.Text.RegularExpressions;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

public sealed partial class WebPageTests
{
    // What the first visit fetches of scripts and styles, packed as a browser gets them; and of fonts.
    private const int FirstLoadMax = 250_000;
    private const int FontsMax = 120_000;

    [Fact]
    public async Task Every_address_of_the_page_opens_it_also_without_a_token_and_others_do_not()
    {
        await using var server = await RunningServer.StartAsync();
        await server.TokenAsync(TokenRole.Admin);
        foreach (var route in WebPage.Routes)
        {
            var (status, body) = await server.SendAsync("GET", route + "?q=outcome:failure");
            Assert.Equal(HttpStatusCode.OK, status);
            Assert.Contains("<div id=\"page\">", body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/nowhere")).Status);
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

    // All scripts and styles of the program, those of pages that are loaded later included: so the first load of any page is less.
    [Fact]
    public void The_first_load_is_small()
    {
        var assembly = typeof(WebPage).Assembly;
        long Sum(params string[] endings) => assembly.GetManifestResourceNames().Where(n => endings.Any(e => n.EndsWith(e, StringComparison.Ordinal)))
            .Sum(n => { using var resource = assembly.GetManifestResourceStream(n)!; return resource.Length; });

        Assert.InRange(Sum(".js.br", ".css.br"), 1, FirstLoadMax);
        Assert.InRange(Sum(".woff2"), 1, FontsMax);
    }

    private static IEnumerable<string> Named(string page) => Asset().Matches(page).Select(m => m.Value);

    [GeneratedRegex("/assets/[^\"]+")]
    private static partial Regex Asset();
}
