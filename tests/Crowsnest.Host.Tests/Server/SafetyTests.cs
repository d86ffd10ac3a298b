using System.Net;
using Crowsnest.Core.Pipeline;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

public class SafetyTests
{
    [Fact]
    public async Task An_address_that_others_reach_is_refused_without_a_token()
    {
        var options = new ServerOptions { Listen = new IPEndPoint(IPAddress.Any, 0) };
        await using var store = new HeldStore();
        var (pipeline, parts) = RunningServer.Parts(store);
        await using var ended = pipeline;
        var refused = await Assert.ThrowsAsync<ServerRefusedException>(() => CrowsnestServer.CreateAsync(options, parts, TestContext.Current.CancellationToken));
        Assert.Contains("crowsnest token create", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_token_every_caller_on_loopback_is_admin()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/api/v1/tokens")).Status);
    }

    [Fact]
    public async Task From_the_first_token_on_only_health_is_open()
    {
        await using var server = await RunningServer.StartAsync();
        await server.TokenAsync(TokenRole.Viewer);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/api/v1/pipeline")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/openapi/v1.json")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/metrics")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/-/healthy")).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync("GET", "/-/ready")).Status);
    }

    [Theory]
    [InlineData(TokenRole.Ingest, "GET", "/api/v1/pipeline", HttpStatusCode.Forbidden)]
    [InlineData(TokenRole.Viewer, "GET", "/api/v1/pipeline", HttpStatusCode.OK)]
    [InlineData(TokenRole.Viewer, "GET", "/api/v1/quarantine", HttpStatusCode.Forbidden)]
    [InlineData(TokenRole.Operator, "GET", "/api/v1/quarantine", HttpStatusCode.OK)]
    [InlineData(TokenRole.Operator, "GET", "/api/v1/tokens", HttpStatusCode.Forbidden)]
    [InlineData(TokenRole.Admin, "GET", "/api/v1/tokens", HttpStatusCode.OK)]
    public async Task A_role_opens_its_own_doors(TokenRole role, string method, string path, HttpStatusCode expected)
    {
        await using var server = await RunningServer.StartAsync();
        var token = await server.TokenAsync(role);
        Assert.Equal(expected, (await server.SendAsync(method, path, token: token)).Status);
    }

    [Fact]
    public async Task A_revoked_token_is_refused_and_the_last_one_does_not_open_the_API()
    {
        await using var server = await RunningServer.StartAsync();
        var token = await server.TokenAsync(TokenRole.Admin);
        var id = server.Server.Tokens.Tokens[0].Id;
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync("DELETE", $"/api/v1/tokens/{id}", token: token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/api/v1/tokens", token: token)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/api/v1/tokens")).Status);
    }

    [Fact]
    public async Task A_made_token_works_and_its_secret_is_never_listed()
    {
        await using var server = await RunningServer.StartAsync();
        var (status, body) = await server.SendAsync("POST", "/api/v1/tokens", """{"name":"ci","role":"admin"}""", "application/json");
        Assert.Equal(HttpStatusCode.Created, status);
        using var json = System.Text.Json.JsonDocument.Parse(body);
        var secret = json.RootElement.GetProperty("token").GetString()!;
        var list = await server.SendAsync("GET", "/api/v1/tokens", token: secret);
        Assert.Equal(HttpStatusCode.OK, list.Status);
        Assert.Contains("\"ci\"", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, list.Body, StringComparison.Ordinal);
        Assert.True(server.Server.Tokens.Tokens[0].Hash.Length == 32);
    }

    [Theory]
    [InlineData("evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost.evil.example", HttpStatusCode.MisdirectedRequest)]
    [InlineData("10.0.0.1", HttpStatusCode.MisdirectedRequest)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:1234", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("crowsnest.example.com", HttpStatusCode.OK)]
    public async Task Only_our_own_names_are_answered_to(string host, HttpStatusCode expected)
    {
        await using var server = await RunningServer.StartAsync(o => o with { ExternalUrl = new Uri("https://crowsnest.example.com") });
        Assert.Equal(expected, (await server.SendAsync("GET", "/-/healthy", headers: ("Host", host))).Status);
    }

    [Theory]
    [InlineData("https://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("null", HttpStatusCode.Forbidden)]
    [InlineData("https://crowsnest.example.com", HttpStatusCode.Created)]
    public async Task A_change_from_a_page_of_another_origin_is_refused(string origin, HttpStatusCode expected)
    {
        await using var server = await RunningServer.StartAsync(o => o with { ExternalUrl = new Uri("https://crowsnest.example.com") });
        var (status, _) = await server.SendAsync("POST", "/api/v1/tokens", """{"name":"x","role":"viewer"}""", "application/json", headers: ("Origin", origin));
        Assert.Equal(expected, status);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData(null)]
    public async Task A_body_that_a_browser_sends_without_asking_is_refused(string? type)
    {
        await using var server = await RunningServer.StartAsync();
        var (status, body) = await server.SendAsync("POST", "/api/v1/tokens", """{"name":"x","role":"admin"}""", type);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, status);
        Assert.Contains("application/json", body, StringComparison.Ordinal);
        Assert.Empty(server.Server.Tokens.Tokens);
    }

    // Goal: no page elsewhere can make a browser change something, though requests without a body need no content type here (docs/adr).
    [Theory]
    [InlineData("cross-site", HttpStatusCode.Forbidden)]
    [InlineData("same-site", HttpStatusCode.Forbidden)]
    [InlineData("same-origin", HttpStatusCode.NoContent)]
    [InlineData("none", HttpStatusCode.NoContent)]
    [InlineData(null, HttpStatusCode.NoContent)]
    public async Task A_change_that_a_browser_says_comes_from_elsewhere_is_refused_also_without_an_origin(string? site, HttpStatusCode expected)
    {
        await using var server = await RunningServer.StartAsync();
        server.Store.Entries.Add(new QuarantineEntry(1, DateTimeOffset.UnixEpoch, "http", new Core.Events.Fault(Core.Events.QuarantineReason.NotJson, "", new byte[1], 1, "")));
        (string, string)[] headers = site is null ? [] : [("Sec-Fetch-Site", site)];
        Assert.Equal(expected, (await server.SendAsync("DELETE", "/api/v1/quarantine/1", headers: headers)).Status);
        Assert.Equal(expected == HttpStatusCode.NoContent ? 0 : 1, server.Store.Entries.Count);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("text/plain")]
    public async Task A_form_without_fields_is_refused_by_its_type(string type)
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.SendAsync("POST", "/api/v1/quarantine/1/replay", "", type)).Status);
    }

    [Fact]
    public async Task Every_answer_forbids_running_framing_guessing_and_keeping()
    {
        await using var server = await RunningServer.StartAsync();
        foreach (var path in new[] { "/-/healthy", "/api/v1/pipeline", "/nowhere" })
        {
            using var response = await server.RespondAsync("GET", path);
            Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
            Assert.True(response.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task Through_the_socket_the_owner_is_admin_and_others_cannot_open_it()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes on sockets.");
            return;
        }

        var folder = Directory.CreateTempSubdirectory("crowsnest-socket-");
        try
        {
            var path = Path.Combine(folder.FullName, "crowsnest.sock");
            await using var server = await RunningServer.StartAsync(o => o with { SocketPath = path });
            await server.TokenAsync(TokenRole.Viewer);
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

            using var handler = new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var socket = new System.Net.Sockets.Socket(
                        System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
                    await socket.ConnectAsync(new System.Net.Sockets.UnixDomainSocketEndPoint(path), cancellationToken);
                    return new System.Net.Sockets.NetworkStream(socket, ownsSocket: true);
                },
            };
            using var client = new HttpClient(handler) { BaseAddress = new Uri("http://crowsnest") };
            using var answer = await client.GetAsync(new Uri("/api/v1/tokens", UriKind.Relative), TestContext.Current.CancellationToken);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/api/v1/tokens")).Status);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
