using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Crowsnest.Aws.Sns;
using Crowsnest.Aws.Tests.Sns;
using Crowsnest.Core.Pipeline;
using Crowsnest.Core.Tests.InMemory;
using Crowsnest.Server;

namespace Crowsnest.Host.Tests.Server;

/// <summary>Deliveries of SNS to <c>POST /events</c>: believed by their signature, and by it alone.</summary>
public sealed class SnsDeliveryTests : IAsyncDisposable
{
    private readonly SnsHost _host = new();
    private readonly SnsInbox _inbox;

#pragma warning disable CA2000 // The inbox owns its gate.
    public SnsDeliveryTests() => _inbox = new SnsInbox(new SnsGate([SnsHost.Topic], _host.Trust, TimeProvider.System), TimeProvider.System);
#pragma warning restore CA2000

    public async ValueTask DisposeAsync()
    {
        _inbox.Dispose();
        await _host.DisposeAsync();
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task An_event_that_SNS_delivers_is_on_disk_without_a_token_and_again_is_a_duplicate(string version)
    {
        await using var store = new InMemoryStore(TimeProvider.System);
        await using var server = await StartAsync(store);
        var body = Signed(Event("a"), version);

        var (status, answer) = await SendAsync(server, body);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.StartsWith("""{"received":1,"stored":1,"duplicates":0,""", answer, StringComparison.Ordinal);
        Assert.StartsWith("""{"received":1,"stored":0,"duplicates":1,""", (await SendAsync(server, body)).Body, StringComparison.Ordinal);

        var sums = await store.AccountingAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["sns:ecs-events"], sums.Keys);
        Assert.Equal(new Accounting { Received = 2, Stored = 1, Duplicates = 1, UnknownKinds = 1 }, sums["sns:ecs-events"]);
        Assert.Empty(_inbox.Hear());
    }

    [Fact]
    public async Task A_message_that_is_no_event_is_in_quarantine_and_not_sent_again()
    {
        await using var store = new InMemoryStore(TimeProvider.System);
        await using var server = await StartAsync(store);
        var (status, answer) = await SendAsync(server, Signed("Hello world!"));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Contains("\"quarantined\":{\"count\":1,", answer, StringComparison.Ordinal);
        Assert.Equal("Hello world!", Encoding.UTF8.GetString((await store.Quarantine.ListAsync(null, 5, TestContext.Current.CancellationToken)).Single().Fault.Bytes.Span));
    }

    // Goal: whoever saw one genuine delivery cannot bring in an event of their own with it. Method: what Core would read as an event, or a list of them, is put beside what is signed.
    [Fact]
    public async Task What_stands_beside_what_is_signed_is_not_read()
    {
        await using var server = await StartAsync();
        var around = JsonNode.Parse(Signed(Event("a")))!.AsObject();
        around["detail-type"] = "ECS Task State Change";
        around["source"] = "aws.ecs";
        around["id"] = "forged";
        around["detail"] = new JsonObject { ["lastStatus"] = "STOPPED" };
        around["Records"] = new JsonArray(new JsonObject { ["body"] = Event("forged") });
        around["body"] = Event("forged");
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, around.ToJsonString())).Status);
        Assert.Equal(["a"], server.Store.CommittedIds);
    }

    [Fact]
    public async Task A_forged_delivery_is_refused_counted_and_spoken_of_once()
    {
        await using var server = await StartAsync();
        for (var i = 0; i < 3; i++)
        {
            var (status, answer) = await SendAsync(server, Signed(Event("a")).Replace("\\u0022a\\u0022", "\\u0022b\\u0022", StringComparison.Ordinal));
            Assert.Equal((HttpStatusCode.Forbidden, "It is not believed: the signature is not that of this message."), (status, Detail(answer)));
        }

        Assert.Equal("3 deliveries of SNS were refused and will not come again; of the last: It is not believed: the signature is not that of this message.", Assert.Single(_inbox.Hear()));
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(server, "{}")).Status);
        Assert.Empty(_inbox.Hear());
        Assert.Empty(server.Store.CommittedIds);
        Assert.Contains("crowsnest_sns_refused_total 4\n", (await server.SendAsync("GET", "/metrics", token: await server.TokenAsync(TokenRole.Viewer))).Body, StringComparison.Ordinal);
    }

    // Goal: the header alone opens nothing.
    [Fact]
    public async Task The_header_stands_for_no_token_and_no_origin()
    {
        await using var server = await StartAsync();
        var header = (SnsEndpoint.Header, SnsEnvelope.Notification);
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync("POST", "/api/v1/events", Event("a"), "application/json", headers: header)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("POST", "/api/v1/tokens", """{"name":"x","role":"admin"}""", "application/json", headers: header)).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync("GET", "/api/v1/events", headers: header)).Status);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await server.SendAsync("POST", "/api/v1/tokens", "{}", "text/plain", headers: header)).Status);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, (await SendAsync(server, Signed(Event("a")), headers: ("Host", "evil.example"))).Status);
        Assert.Empty(server.Store.CommittedIds);
    }

    [Fact]
    public async Task Where_no_topic_is_named_it_says_what_to_configure()
    {
        await using var server = await RunningServer.StartAsync();
        var (status, answer) = await SendAsync(server, Signed(Event("a")));
        Assert.Equal((HttpStatusCode.Forbidden, "No topic of SNS may deliver here: name its ARN in sources.http.sns_topics of crowsnest.yaml, and start again."), (status, Detail(answer)));
        Assert.Empty(server.Store.CommittedIds);
    }

    [Fact]
    public async Task What_is_not_signed_decides_nothing()
    {
        await using var server = await StartAsync();
        Assert.Contains("RawMessageDelivery", Detail((await SendAsync(server, Event("a"), headers: ("x-amz-sns-rawdelivery", "true"))).Body), StringComparison.Ordinal);
        Assert.Contains("no parameters", Detail((await SendAsync(server, Signed(Event("a")), path: "/api/v1/events?notify=false")).Body), StringComparison.Ordinal);
        Assert.Contains("differ", Detail((await SendAsync(server, Signed(Event("a")), type: SnsEnvelope.UnsubscribeConfirmation)).Body), StringComparison.Ordinal);
        Assert.Empty(server.Store.CommittedIds);
    }

    [Fact]
    public async Task While_the_store_is_down_SNS_is_to_try_again()
    {
        await using var server = await StartAsync(with: o => o with { StorePatience = TimeSpan.FromMilliseconds(200) });
        server.Store.WriteFailure = new StoreException("The disk is full.", "Make room.", isTransient: true);
        var body = Signed(Event("a"));
        var (status, answer) = await SendAsync(server, body);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Contains("Make room.", answer, StringComparison.Ordinal);

        server.Store.WriteFailure = null;
        for (var i = 0; status != HttpStatusCode.OK; i++)
        {
            Assert.True(i < 200, answer);
            (status, answer) = await SendAsync(server, body);
        }

        Assert.Contains("a", server.Store.CommittedIds);
    }

    [Fact]
    public async Task While_the_certificate_cannot_be_had_SNS_is_to_try_again()
    {
        _host.Put(SnsHost.CertificateAddress, "", 503);
        await using var server = await StartAsync();
        var (status, answer) = await SendAsync(server, Signed(Event("a")));
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "It cannot be checked for now: sns.eu-west-1.amazonaws.com answers 503 where the certificate should be."), (status, Detail(answer)));
        Assert.Empty(_inbox.Hear());
    }

    [Fact]
    public async Task The_largest_message_of_SNS_is_read_and_what_is_larger_than_any_is_not()
    {
        await using var server = await StartAsync();

        // Every character of it is escaped, once by the event and once by the envelope.
        var quotes = new string('"', 60_000);
        var largest = Event("a").Replace("\"n\":1", $"\"n\":{JsonValue.Create(quotes).ToJsonString()}", StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(largest), 256 << 10, 400 << 10);
        Assert.Equal(HttpStatusCode.OK, (await SendAsync(server, Signed(largest))).Status);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(server, Signed(Event("b")) + new string(' ', 2 << 20))).Status);
        Assert.Equal(["a"], server.Store.CommittedIds);
    }

    [Fact]
    public async Task A_subscription_is_confirmed_and_said()
    {
        await using var server = await StartAsync();
        var (status, answer) = await SendAsync(server, Signed("You have chosen to subscribe", type: SnsEnvelope.SubscriptionConfirmation), type: SnsEnvelope.SubscriptionConfirmation);
        Assert.Equal((HttpStatusCode.OK, "subscribed\n"), (status, answer));
        Assert.Equal(SnsHost.Host + SnsHost.ConfirmationPath, _host.Asked.Last());
        Assert.Equal($"the topic {SnsHost.TopicArn} is subscribed: what is published to it comes in", Assert.Single(_inbox.Hear()));

        _host.Put(SnsHost.ConfirmationPath, "", 500);
        var second = Signed("You have chosen to subscribe", type: SnsEnvelope.SubscriptionConfirmation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await SendAsync(server, second, type: SnsEnvelope.SubscriptionConfirmation)).Status);
        Assert.Contains("is not confirmed: SNS answers 500", Assert.Single(_inbox.Hear()), StringComparison.Ordinal);
        Assert.Empty(server.Store.CommittedIds);
    }

    [Fact]
    public async Task The_end_of_a_subscription_is_said_and_nothing_is_fetched()
    {
        await using var server = await StartAsync();
        var (status, answer) = await SendAsync(server, Signed("You have chosen to deactivate", type: SnsEnvelope.UnsubscribeConfirmation), type: SnsEnvelope.UnsubscribeConfirmation);
        Assert.Equal((HttpStatusCode.OK, "unsubscribed\n"), (status, answer));
        Assert.Equal([SnsHost.CertificateAddress["https://".Length..]], _host.Asked);
        Assert.Contains("was unsubscribed from here", Assert.Single(_inbox.Hear()), StringComparison.Ordinal);
    }

    // A token exists, so whoever has none is a stranger.
    private async Task<RunningServer> StartAsync(IStore? store = null, Func<ServerOptions, ServerOptions>? with = null)
    {
        var server = await RunningServer.StartAsync(with, parts => parts with { Sns = _inbox }, store);
        await server.TokenAsync(TokenRole.Admin);
        return server;
    }

    private static Task<(HttpStatusCode Status, string Body)> SendAsync(
        RunningServer server, string body, string type = SnsEnvelope.Notification, string path = "/api/v1/events", params (string Name, string Value)[] headers) =>
        server.SendAsync("POST", path, body, "text/plain; charset=UTF-8", headers: [(SnsEndpoint.Header, type), .. headers]);

    private static string Signed(string message, string version = "1", string type = SnsEnvelope.Notification) =>
        Encoding.UTF8.GetString(SnsAuthority.Sign(SnsAuthority.Envelope(type, message, SnsAuthority.Now), SnsAuthority.Ours.Signer, version));

    private static string Event(string id) =>
        $$"""{"detail-type":"Something New","source":"my.app","id":"{{id}}","time":"{{SnsAuthority.Now.ToString("s", CultureInfo.InvariantCulture)}}Z","detail":{"n":1} }""";

    private static string Detail(string problem) => JsonElement.Parse(problem).GetProperty("detail").GetString()!;
}
