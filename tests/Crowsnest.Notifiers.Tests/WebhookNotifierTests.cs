using System.Net;
using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Webhook;
using Microsoft.AspNetCore.Http;

namespace Crowsnest.Notifiers.Tests;

public sealed class WebhookNotifierTests : NotifierContract
{
    private readonly List<Target> _targets = [];
    private readonly List<IDisposable> _made = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

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
    public async Task A_date_to_come_back_at_is_heard()
    {
        await using var target = await Target.StartAsync(http =>
        {
            http.Response.StatusCode = 503;
            http.Response.Headers.RetryAfter = SomeMessage.Noon.AddMinutes(5).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
            return Task.CompletedTask;
        });
        var delivery = await Make(new WebhookOptions { Url = target.Url }, new FiringTime()).SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(TimeSpan.FromMinutes(5), delivery.RetryAfter);
    }

    [Fact]
    public async Task A_user_in_the_url_signs_in_and_is_never_told()
    {
        await using var target = await Target.AnsweringAsync(401, "no entry for joe:passw0rd am9lOnBhc3N3MHJk");
        var delivery = await SendAsync(new UriBuilder(target.Url) { UserName = "joe", Password = "passw0rd" }.Uri);
        Assert.Equal("Basic am9lOnBhc3N3MHJk", Assert.Single(target.Received).Headers.Authorization.ToString());
        Assert.All(["passw0rd", "am9lOn", "hooks", "T0KEN"], secret => Assert.DoesNotContain(secret, delivery.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("internal.example.com")]
    public async Task A_name_of_this_machine_is_refused_with_the_way_out(string host)
    {
        using var notifier = new WebhookNotifier(
            new WebhookOptions { Url = new Uri($"http://{host}:1/x") }, TimeProvider.System, (_, _) => Task.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Loopback]));
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.Refused, delivery.Outcome);
        Assert.Contains("allow_private: true", delivery.Reason, StringComparison.Ordinal);
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

    private static async Task<Delivery> SendAsync(Uri url, string? key = null)
    {
        using var notifier = new WebhookNotifier(new WebhookOptions { Url = url, HmacKey = key }, TimeProvider.System);
        return await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident(SomeMessage.Hostile)), TestContext.Current.CancellationToken);
    }

    protected override async Task<INotifier> WorkingAsync() => Make(new WebhookOptions { Url = (await KeepAsync(_ => Task.CompletedTask)).Url, HmacKey = Key }, TimeProvider.System);

    protected override async Task<(INotifier Notifier, Task Reached)> StuckAsync(TimeProvider time)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var target = await KeepAsync(_ =>
        {
            reached.TrySetResult();
            return _ended.Task;
        });
        return (Make(new WebhookOptions { Url = target.Url }, time), reached.Task);
    }

    protected override async ValueTask CleanUpAsync()
    {
        _ended.TrySetResult();
        foreach (var made in _made) made.Dispose();
        foreach (var target in _targets) await target.DisposeAsync();
    }

    private WebhookNotifier Make(WebhookOptions options, TimeProvider time)
    {
        var notifier = new WebhookNotifier(options, time);
        _made.Add(notifier);
        return notifier;
    }

    private async Task<Target> KeepAsync(Func<HttpContext, Task> answer)
    {
        var target = await Target.StartAsync(answer);
        _targets.Add(target);
        return target;
    }
}
