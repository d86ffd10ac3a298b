using System.Text;
using System.Text.Json;
using Crowsnest.Notifiers.Webhook;

namespace Crowsnest.Notifiers.Tests;

public class WebhookPayloadTests
{
    [Fact]
    public void The_body_is_Alertmanagers_version_4()
    {
        var body = WebhookPayload.Write(SomeMessage.Of(SomeMessage.Incident(), SomeMessage.Incident("billing", count: 3)), new Uri("https://crowsnest.example.com/"));
        using var document = JsonDocument.Parse(body);
        using var buffer = new MemoryStream();
        using (var indented = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" })) document.WriteTo(indented);
        Golden.Equal("webhook.json", Encoding.UTF8.GetString(buffer.ToArray()) + "\n");
    }

    [Fact]
    public void Hostile_text_stays_text()
    {
        var body = WebhookPayload.Write(SomeMessage.Of(SomeMessage.Incident(SomeMessage.Hostile, SomeMessage.Hostile)), null);
        using var document = JsonDocument.Parse(body);
        var summary = document.RootElement.GetProperty("alerts")[0].GetProperty("annotations").GetProperty("summary").GetString();
        Assert.Equal(SomeMessage.Hostile.Replace('\ud83d', '\ufffd'), summary);
        Assert.DoesNotContain((byte)'<', body.ToArray());
    }

    [Fact]
    public void A_body_that_would_be_too_long_has_fewer_alerts_and_says_so()
    {
        var many = SomeMessage.Of([.. Enumerable.Range(0, 100).Select(i => SomeMessage.Incident("s" + i, new string('x', 8_000)))]) with { Truncated = 7 };
        using var document = JsonDocument.Parse(WebhookPayload.Write(many, null));
        var alerts = document.RootElement.GetProperty("alerts").GetArrayLength();
        Assert.InRange(alerts, 1, 99);
        Assert.Equal(100 - alerts + 7, document.RootElement.GetProperty("truncatedAlerts").GetInt32());
    }

    [Fact]
    public void The_fingerprint_is_Alertmanagers_and_depends_on_the_labels_alone()
    {
        var (one, same, other) = (SomeMessage.Incident(), SomeMessage.Incident(summary: "else"), SomeMessage.Incident("billing"));
        Assert.Equal(Fingerprint.Of(one.Labels), Fingerprint.Of(same.Labels));
        Assert.NotEqual(Fingerprint.Of(one.Labels), Fingerprint.Of(other.Labels));

        // prometheus/common, model/signature.go: the empty set's is FNV-1a's offset basis.
        Assert.Equal("cbf29ce484222325", Fingerprint.Of(one.Labels.Clear()));
    }
}
