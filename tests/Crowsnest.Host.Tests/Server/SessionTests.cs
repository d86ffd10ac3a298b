using System.Net;
using System.Text.Json;
using Crowsnest.Core.Pipeline;

namespace Crowsnest.Host.Tests.Server;

public class SessionTests
{
    private const string Path = "/api/v1/session";

    [Fact]
    public async Task A_token_begins_a_session_whose_cookie_holds_no_token_and_no_script_can_read()
    {
        await using var server = await RunningServer.StartAsync();
        var token = await server.TokenAsync(TokenRole.Operator);
        using var answer = await server.RespondAsync("POST", Path, $$"""{"token":"{{token}}"}""", "application/json");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("""{"name":"for Operator","role":"operator","method":"session"}""", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var cookie = answer.Headers.GetValues("Set-Cookie").Single();
        Assert.Contains("httponly", cookie, StringComparison.Ordinal);
        Assert.Contains("samesite=strict", cookie, StringComparison.Ordinal);
        Assert.DoesNotContain(token, cookie, StringComparison.Ordinal);

        var session = ("Cookie", cookie.Split(';')[0]);
        Assert.Equal("""{"name":"for Operator","role":"operator","method":"session"}""", (await server.SendAsync("GET", Path, headers: session)).Body);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/api/v1/quarantine", headers: session)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("GET", "/api/v1/tokens", headers: session)).Status);
    }

    [Fact]
    public async Task An_ended_session_is_over()
    {
        await using var server = await RunningServer.StartAsync();
        var session = await BeginAsync(server, TokenRole.Viewer);
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync("DELETE", Path, headers: session)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", Path, headers: session)).Status);
    }

    [Fact]
    public async Task A_revoked_token_ends_its_sessions()
    {
        await using var server = await RunningServer.StartAsync();
        var session = await BeginAsync(server, TokenRole.Admin);
        await server.Server.Tokens.RevokeAsync(server.Server.Tokens.Tokens[0].Id, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", Path, headers: session)).Status);
    }

    [Fact]
    public async Task A_change_by_a_session_must_come_from_our_own_page()
    {
        await using var server = await RunningServer.StartAsync();
        var session = await BeginAsync(server, TokenRole.Admin);
        const string body = """{"name":"x","role":"viewer"}""";
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("POST", "/api/v1/tokens", body, "application/json", headers: session)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("POST", "/api/v1/tokens", body, "application/json", headers: [session, ("Origin", "https://evil.example")])).Status);
        var own = server.Server.Address.GetLeftPart(UriPartial.Authority);
        Assert.Equal(HttpStatusCode.Created, (await server.SendAsync("POST", "/api/v1/tokens", body, "application/json", headers: [session, ("Origin", own)])).Status);
    }

    [Fact]
    public async Task A_wrong_token_and_one_that_only_sends_begin_nothing()
    {
        await using var server = await RunningServer.StartAsync();
        var ingest = await server.TokenAsync(TokenRole.Ingest);
        foreach (var (token, expected) in new[] { ("crowsnest_wrong", HttpStatusCode.Unauthorized), (ingest, HttpStatusCode.Forbidden) })
        {
            using var answer = await server.RespondAsync("POST", Path, $$"""{"token":"{{token}}"}""", "application/json");
            Assert.Equal(expected, answer.StatusCode);
            Assert.False(answer.Headers.Contains("Set-Cookie"));
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await server.SendAsync("POST", Path, "{}", "application/json")).Status);
    }

    [Fact]
    public async Task Behind_a_proxy_with_HTTPS_the_cookie_is_for_HTTPS_only()
    {
        await using var server = await RunningServer.StartAsync(o => o with { ExternalUrl = new Uri("https://crowsnest.example.com") });
        var token = await server.TokenAsync(TokenRole.Viewer);
        using var answer = await server.RespondAsync("POST", Path, $$"""{"token":"{{token}}"}""", "application/json", headers: ("Host", "crowsnest.example.com"));
        Assert.Contains("secure", answer.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_one_is_without_any_token_is_said_too()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal("""{"name":"","role":"admin","method":"open"}""", (await server.SendAsync("GET", Path)).Body);
        var token = await server.TokenAsync(TokenRole.Viewer);
        using var known = JsonDocument.Parse((await server.SendAsync("GET", Path, token: token)).Body);
        Assert.Equal("token", known.RootElement.GetProperty("method").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", Path)).Status);
    }

    private static async Task<(string Name, string Value)> BeginAsync(RunningServer server, TokenRole role)
    {
        var token = await server.TokenAsync(role);
        using var answer = await server.RespondAsync("POST", Path, $$"""{"token":"{{token}}"}""", "application/json");
        return ("Cookie", answer.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
    }
}
