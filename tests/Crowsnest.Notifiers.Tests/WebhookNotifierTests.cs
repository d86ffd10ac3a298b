using System.Net;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Webhook;
using Microsoft.AspNetCore.Http;

namespace Crowsnest.Notifiers.Tests;

public class WebhookNotifierTests
{
    private const string Key = "a-very-secret-key";

    [Fact]
    public async Task A_message_arrives_with_its_id_and_a_signature()
    {
        await using var target = await Target.AnsweringAsync(200);
        Assert.Equal(Delivery.Sent, await SendAsync(target.Url, key: Key));

        var (headers, body) = Assert.Single(target.Received);
        Assert.Equal("00c0ffee00c0ffee", headers["X-Crowsnest-Notification-Id"]);
        Assert.Equal("00c0ffee00c0ffee", headers["Idempotency-Key"]);
        Assert.Equal("application/json", headers.ContentType);
        var signed = Encoding.UTF8.GetBytes(headers["X-Crowsnest-Timestamp"] + ".").Concat(body).ToArray();
        Assert.Equal("sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), signed)), headers["X-Crowsnest-Signature"]);
    }

    [Theory]
    [InlineData(204, DeliveryOutcome.Sent)]
    [InlineData(302, DeliveryOutcome.Refused)]
    [InlineData(400, DeliveryOutcome.Refused)]
    [InlineData(401, DeliveryOutcome.Refused)]
    [InlineData(404, DeliveryOutcome.Refused)]
    [InlineData(408, DeliveryOutcome.NotNow)]
    [InlineData(429, DeliveryOutcome.NotNow)]
    [InlineData(500, DeliveryOutcome.NotNow)]
    [InlineData(503, DeliveryOutcome.NotNow)]
    public async Task The_answers_status_decides(int status, DeliveryOutcome outcome)
    {
        await using var target = await Target.AnsweringAsync(status);
        var delivery = await SendAsync(target.Url);
        Assert.Equal(outcome, delivery.Outcome);
        if (outcome != DeliveryOutcome.Sent) Assert.Contains(status.ToString(System.Globalization.CultureInfo.InvariantCulture), delivery.Reason, StringComparison.Ordinal);
        Assert.Single(target.Received);
    }

    [Theory]
    [InlineData("120", 120)]
    [InlineData("999999", 3600)]
    [InlineData("soon", null)]
    public async Task A_target_that_asks_for_time_is_heard_within_an_hour(string header, int? seconds)
    {
        await using var target = await Target.StartAsync(http =>
        {
            http.Response.StatusCode = 429;
            http.Response.Headers.RetryAfter = header;
            return Task.CompletedTask;
        });
        Assert.Equal(seconds, (await SendAsync(target.Url)).RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_says_where_it_leads()
    {
        await using var elsewhere = await Target.AnsweringAsync(200);
        await using var target = await Target.StartAsync(http =>
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = elsewhere.Url.ToString();
            return Task.CompletedTask;
        });
        var delivery = await SendAsync(target.Url);
        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
        Assert.Contains("redirect", delivery.Reason, StringComparison.Ordinal);
        Assert.Empty(elsewhere.Received);
    }

    [Fact]
    public async Task What_a_target_says_is_quoted_short_on_one_line_and_without_our_secrets()
    {
        await using var target = await Target.StartAsync(http =>
        {
            http.Response.StatusCode = 403;
            return http.Response.WriteAsync($"\u001b[31mno such hook {http.Request.Path}{http.Request.QueryString}\n{Key} " + new string('x', 1 << 20));
        });
        var delivery = await SendAsync(target.Url, key: Key);
        Assert.Contains("no such hook", delivery.Reason, StringComparison.Ordinal);
        Assert.InRange(delivery.Reason.Length, 1, 600);
        Assert.All(["T0KEN", Key, "\n", "\u001b"], secret => Assert.DoesNotContain(secret, delivery.Reason, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_target_that_never_answers_is_left_after_its_time()
    {
        using var never = new CancellationTokenSource();
        await using var target = await Target.StartAsync(http => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, never.Token).ContinueWith(_ => { }, TaskScheduler.Default));
        var delivery = await SendAsync(target.Url, timeout: TimeSpan.FromMilliseconds(200));
        await never.CancelAsync();
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
        Assert.Contains("did not answer", delivery.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_closed_port_is_tried_again()
    {
        var target = await Target.AnsweringAsync(200);
        var url = target.Url;
        await target.DisposeAsync();
        Assert.Equal(DeliveryOutcome.NotNow, (await SendAsync(url)).Outcome);
    }

    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("10.1.2.3", false, true)]
    [InlineData("169.254.169.254", true, true)]
    [InlineData("::ffff:169.254.170.2", true, true)]
    [InlineData("fd00:ec2::254", true, true)]
    [InlineData("64:ff9b::a9fe:a9fe", true, true)]
    [InlineData("0.0.0.0", true, true)]
    public async Task A_name_leads_to_no_place_that_no_message_goes_to(string address, bool allowPrivate, bool isRefused)
    {
        using var notifier = new WebhookNotifier(
            new WebhookOptions { Url = new Uri("http://hooks.example.com:1/x"), AllowPrivate = allowPrivate, Timeout = TimeSpan.FromSeconds(5) }, TimeProvider.System,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse(address)]));
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(isRefused, delivery.Outcome == DeliveryOutcome.Refused);
        Assert.Contains("hooks.example.com", delivery.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_leads_here_is_connected_to_when_that_is_meant()
    {
        await using var target = await Target.AnsweringAsync(200);
        using var notifier = new WebhookNotifier(
            new WebhookOptions { Url = new Uri($"http://hooks.example.com:{target.Url.Port}/x"), AllowPrivate = true }, TimeProvider.System,
            (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Loopback]));
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_metadata_address_in_the_url_itself_is_refused()
    {
        var delivery = await SendAsync(new Uri("http://169.254.169.254/latest/meta-data"));
        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
    }

    private static async Task<Delivery> SendAsync(Uri url, string? key = null, TimeSpan? timeout = null)
    {
        using var notifier = new WebhookNotifier(new WebhookOptions { Url = url, HmacKey = key, Timeout = timeout ?? TimeSpan.FromSeconds(10) }, TimeProvider.System);
        return await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident(SomeMessage.Hostile)), TestContext.Current.CancellationToken);
    }
}
