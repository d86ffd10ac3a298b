using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Webhook;

namespace Crowsnest.Notifiers.Tests;

public class WebhookPayloadTests
{
    [Fact]
    public void The_body_is_Alertmanagers_version_4()
    {
        Golden.Equal("webhook.json", Body(SomeMessage.Of(SomeMessage.Incident(), SomeMessage.Incident("billing", count: 3))));
    }

    [Fact]
    public void What_is_over_has_an_end_and_a_message_of_nothing_else_is_resolved()
    {
        Golden.Equal("webhook-resolved.json", Body(SomeMessage.Of(SomeMessage.Resolved())));
        using var mixed = JsonDocument.Parse(WebhookPayload.Write(SomeMessage.Of(SomeMessage.Resolved(), SomeMessage.Incident("billing")), null));
        Assert.Equal("firing", mixed.RootElement.GetProperty("status").GetString());
        Assert.Equal(["resolved", "firing"], mixed.RootElement.GetProperty("alerts").EnumerateArray().Select(alert => alert.GetProperty("status").GetString()));
    }

    // The first message after a silence says so on every medium; the others show what MessageText does.
    [Fact]
    public void What_was_muted_has_a_note()
    {
        var message = SomeMessage.Of(SomeMessage.Incident() with { Note = "Silenced by anna: deploy (2026-03-02 12:01 to 12:04 UTC)" });
        using var document = JsonDocument.Parse(WebhookPayload.Write(message, null));

        Assert.Equal(message.Incidents[0].Note, document.RootElement.GetProperty("alerts")[0].GetProperty("annotations").GetProperty("note").GetString());
        Assert.Contains("    note      Silenced by anna: deploy (2026-03-02 12:01 to 12:04 UTC)\n", MessageText.Of(message), StringComparison.Ordinal);
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

        // prometheus/common, model/signature_test.go, and one that a real Alertmanager sent.
        Assert.Equal(5799056148416392346UL.ToString("x16", null), Fingerprint.Of(Labels(("name", "garland, briggs"), ("fear", "love is not enough"))));
        Assert.Equal("f0c999b2bd0ee34c", Fingerprint.Of(Labels(
            ("acc_id", "130"), ("acn_id", "0007"), ("alertname", "V2 Sites offline metric"), ("consumer", "axcess"), ("severity", "critical"), ("team", "hit"))));

        // prometheus/common, model/signature.go: the empty set's is FNV-1a's offset basis.
        Assert.Equal("cbf29ce484222325", Fingerprint.Of(one.Labels.Clear()));
    }

    // Goal: the sum beside the bounds is right. Method: one incident of nothing but characters that take most bytes, in every field as long as may be.
    [Fact]
    public void Not_even_a_single_monstrous_incident_makes_the_body_too_long()
    {
        var text = new string('<', 100_000);
        var labels = Labels([.. Enumerable.Range(0, 1000).Select(i => ($"{i:d4}{new string('<', 60)}", text))]);
        var message = SomeMessage.Of(SomeMessage.Incident() with
        {
            Id = new string('\ud83d', 1000), Labels = labels, Summary = text, NextStep = text, Evidence = [text], Resources = [text, text],
        }) with { NotificationId = text, Receiver = text, GroupKey = text, GroupLabels = labels };

        var body = WebhookPayload.Write(message, new Uri("https://crowsnest.example.com/" + new string('&', 1900)));
        Assert.InRange(body.Length, 1, WebhookPayload.BytesMax);
        using var document = JsonDocument.Parse(body);
        Assert.Equal(1, document.RootElement.GetProperty("alerts").GetArrayLength());
        Assert.Equal(0, document.RootElement.GetProperty("truncatedAlerts").GetInt32());
    }

    private static ImmutableSortedDictionary<string, string> Labels(params (string Name, string Value)[] labels) =>
        labels.ToImmutableSortedDictionary(l => l.Name, l => l.Value, StringComparer.Ordinal);

    private static string Body(Notification notification)
    {
        using var document = JsonDocument.Parse(WebhookPayload.Write(notification, new Uri("https://crowsnest.example.com/")));
        using var buffer = new MemoryStream();
        using (var indented = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" })) document.WriteTo(indented);
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
