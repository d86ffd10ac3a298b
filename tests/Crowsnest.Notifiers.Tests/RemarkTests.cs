using System.Text;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Alertmanager;
using Crowsnest.Notifiers.Email;
using Crowsnest.Notifiers.PagerDuty;
using Crowsnest.Notifiers.Slack;
using Crowsnest.Notifiers.Teams;
using Crowsnest.Notifiers.Webhook;

namespace Crowsnest.Notifiers.Tests;

/// <summary>What a message says of itself, for whom it was meant and what it sums up, stands on every medium, and is no more trusted than the rest.</summary>
public sealed class RemarkTests
{
    private const string Remark = "Meant for 'ops' (slack), who was not told: <!channel> \u001b[31mno";
    private const string Visible = "Meant for 'ops' (slack), who was not told: <!channel> \\u001b[31mno";

    private static readonly MessageLinks Links = new(new Uri("https://crowsnest.example.com/"));

    private static Notification Message => SomeMessage.Of(SomeMessage.Placed()) with { Remarks = [Remark], Truncated = 4 };

    public static TheoryData<string, string> Media => new()
    {
        { "console", MessageText.Of(Message, Links) },
        { "slack", TextOf(SlackPayload.Write(Message, Links, "")) },
        { "teams", TextOf(TeamsPayload.Write(Message, Links)) },
        { "webhook", TextOf(WebhookPayload.Write(Message, new Uri("https://crowsnest.example.com/"))) },
        { "email", System.Net.WebUtility.HtmlDecode(EmailMessage.Html(Message, Links).Html) },
        { "alertmanager", TextOf(AlertmanagerPayload.Write(Message, Links, TimeSpan.FromHours(5)).Single()) },
        { "pagerduty", TextOf(PagerDutyEvent.Write(Message.Incidents[0], isEnd: false, "k", Links, MessageText.Remarks(Message).Single())) },
    };

    [Theory]
    [MemberData(nameof(Media))]
    public void It_stands_on_every_medium(string medium, string text) =>
        Assert.Contains(medium == "slack" ? Visible.Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal) : Visible, text, StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Media))]
    public void Where_people_read_the_rest_is_a_link(string medium, string text)
    {
        if (medium is "console" or "slack" or "teams" or "email") Assert.Contains("https://crowsnest.example.com/incidents", text.Replace("/incidents/", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void In_a_mail_it_is_text() => Assert.Contains("&lt;!channel&gt;", EmailMessage.Html(Message, Links).Html, StringComparison.Ordinal);

    // Every text of a body, as whoever reads it gets it.
    private static string TextOf(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        var text = new StringBuilder();
        Add(document.RootElement);
        return text.ToString();

        void Add(JsonElement element)
        {
            if (element.ValueKind == JsonValueKind.Object) foreach (var member in element.EnumerateObject()) Add(member.Value);
            if (element.ValueKind == JsonValueKind.Array) foreach (var item in element.EnumerateArray()) Add(item);
            if (element.ValueKind == JsonValueKind.String) text.Append(element.GetString()).Append('\n');
        }
    }
}
