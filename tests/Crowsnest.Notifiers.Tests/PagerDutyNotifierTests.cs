using System.Net;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.PagerDuty;

namespace Crowsnest.Notifiers.Tests;

public sealed class PagerDutyNotifierTests : HttpNotifierContract
{
    private static readonly MessageLinks Links = new(new Uri("https://crowsnest.example.com/"));

    [Fact]
    public void An_incident_is_an_alert_with_its_id_as_its_key() =>
        Golden.Equal("pagerduty.json", Indented(PagerDutyEvent.Write(SomeMessage.Placed(), isEnd: false, "k", Links)));

    [Fact]
    public void Hostile_text_stays_text() => Golden.Equal("pagerduty-hostile.json", Indented(PagerDutyEvent.Write(SomeMessage.HostileOne().Incidents[0], isEnd: false, "k", Links)));

    [Theory]
    [InlineData("critical", "critical")]
    [InlineData("info", "info")]
    [InlineData("terrible", "error")]
    public void A_severity_is_one_that_PagerDuty_knows(string ours, string theirs)
    {
        var incident = SomeMessage.Incident();
        using var document = JsonDocument.Parse(PagerDutyEvent.Write(incident with { Labels = incident.Labels.SetItem("severity", ours) }, isEnd: false, "k", Links));
        Assert.Equal(theirs, document.RootElement.GetProperty("payload").GetProperty("severity").GetString());
    }

    [Fact]
    public async Task What_is_over_is_resolved_and_triggered_first_when_nobody_was_told()
    {
        var target = await ServiceAsync();
        var message = SomeMessage.Of(SomeMessage.Incident(), SomeMessage.Resolved("billing"), SomeMessage.Resolved("checkout") with { IsNews = true });
        Assert.Equal(Delivery.Sent, await Make(target.Url).SendAsync(message, TestContext.Current.CancellationToken));
        Assert.Equal(
            [("trigger", "incident-3"), ("resolve", "incident-7"), ("trigger", "incident-8"), ("resolve", "incident-8")],
            target.Received.Select(received => Text(received.Body)).Select(body => (body.GetProperty("event_action").GetString(), body.GetProperty("dedup_key").GetString())));
    }

    // Goal: a message of more events than are taken in a minute arrives in the end. Method: a service that takes two at a time.
    [Fact]
    public async Task What_was_taken_is_not_sent_again_by_the_next_attempt()
    {
        var answers = 0;
        var target = await KeepAsync(http =>
        {
            http.Response.StatusCode = ++answers % 3 == 0 ? 429 : 202;
            return Task.CompletedTask;
        });
        var message = SomeMessage.Of(SomeMessage.Incident("a"), SomeMessage.Incident("ab"), SomeMessage.Incident("abc"), SomeMessage.Incident("abcd"), SomeMessage.Incident("abcde"));
        var notifier = Make(target.Url);
        Assert.Equal(DeliveryOutcome.NotNow, (await notifier.SendAsync(message, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(DeliveryOutcome.NotNow, (await notifier.SendAsync(message, TestContext.Current.CancellationToken)).Outcome);
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(message, TestContext.Current.CancellationToken));
        Assert.Equal(
            ["1", "2", "3", "3", "4", "5", "5"],
            target.Received.Select(received => Text(received.Body).GetProperty("dedup_key").GetString()!["incident-".Length..]));
    }

    private protected override INotifier Create(Uri url, TimeProvider time, bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve) =>
        new PagerDutyNotifier(new PagerDutyOptions { RoutingKey = Secret, Url = url, AllowPrivate = allowPrivate, ExternalUrl = new Uri("https://crowsnest.example.com") }, time, resolve);

    protected override (int Status, string Text) Serve(JsonElement body)
    {
        var payload = body.GetProperty("payload");
        var fits = Encoding.UTF8.GetByteCount(body.GetRawText()) <= 512 * 1024
            && body.GetProperty("routing_key").GetString() == Secret
            && body.GetProperty("dedup_key").GetString()!.Length is > 0 and <= 255
            && payload.GetProperty("summary").GetString()!.Length is > 0 and <= 1024
            && payload.GetProperty("source").GetString()!.Length > 0
            && payload.GetProperty("severity").GetString() is "critical" or "error" or "warning" or "info";
        return fits ? (202, """{"status":"success"}""") : (400, """{"status":"invalid event"}""");
    }

    private static JsonElement Text(byte[] body) => JsonDocument.Parse(body).RootElement;
}
