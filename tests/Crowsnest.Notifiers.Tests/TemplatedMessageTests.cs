using System.Text;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Templates;
using Crowsnest.Notifiers.Email;
using Crowsnest.Notifiers.Slack;
using Crowsnest.Notifiers.Teams;

namespace Crowsnest.Notifiers.Tests;

/// <summary>Incidents in the words of a template, on the media that people read: as the template has it, and what comes from events no more trusted than ever.</summary>
public sealed class TemplatedMessageTests
{
    private static readonly MessageLinks Links = new(new Uri("https://crowsnest.example.com/"));

    private static readonly MessageTemplate Words = new(
        Template.Parse("[{{ mark }}] {{ kind }} in {{ place }}"), Template.Parse("{{ summary | truncate:200 }}\n\n{{ count }} since {{ firstAt | time }}, owner {{ labels.team | default:\"<nobody>\" }}\n{{ evidence | json }}"));

    [Fact]
    public void Slack_says_it() => Golden.Equal("slack-template.json", Indented(SlackPayload.Write(Message, Links, "#ops")));

    [Fact]
    public void Teams_says_it() => Golden.Equal("teams-template.json", Indented(TeamsPayload.Write(Message, Links)));

    [Fact]
    public void A_mail_says_it() => Golden.Equal("email-template.html", EmailMessage.Html(Message, Links).Html);

    [Fact]
    public void Plain_text_says_it() => Golden.Equal("template.txt", MessageText.Headline(Words.Apply(SomeMessage.Of(SomeMessage.Placed()), Links)) + "\n" + MessageText.Of(Message, Links));

    [Fact]
    public void Hostile_text_in_a_template_is_text()
    {
        var message = Words.Apply(SomeMessage.HostileOne(), Links);
        using var slack = JsonDocument.Parse(SlackPayload.Write(message, Links, ""));
        var text = slack.RootElement.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString()!;
        Assert.All(text.Split('<').Skip(1), link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
        Assert.DoesNotContain("<b>&amp;", EmailMessage.Html(message, Links).Html, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', MessageText.Of(message, Links));
    }

    // Goal: a template breaks no medium's bounds. Method: as much as a template may say, of characters that take most room, in as many incidents as a message has.
    [Theory]
    [InlineData('<')]
    [InlineData('漢')]
    public void Not_even_a_monstrous_template_makes_a_message_too_large(char filling)
    {
        var words = new MessageTemplate(Template.Parse("{{ summary }}"), Template.Parse(string.Concat(Enumerable.Repeat("{{ summary }}\n", 200))));
        var incident = SomeMessage.Placed() with { Summary = new string(filling, 20_000) };
        var message = words.Apply(SomeMessage.Of([.. Enumerable.Repeat(incident, 100)]) with { Remarks = [.. Enumerable.Repeat(incident.Summary, 50)] }, Links);
        Assert.InRange(TeamsPayload.Write(message, Links).Length, 1, TeamsPayload.BytesMax);
        using var slack = JsonDocument.Parse(SlackPayload.Write(message, Links, ""));
        var blocks = slack.RootElement.GetProperty("blocks").EnumerateArray().Select(block => block.GetProperty("text").GetProperty("text").GetString()!).ToList();
        Assert.All(blocks, text => Assert.InRange(text.Length, 1, SlackText.SectionMax));
        Assert.InRange(blocks.Sum(text => text.Length), 1, 13_000);
    }

    private static Notification Message => Words.Apply(SomeMessage.Of(SomeMessage.Placed(count: 12), SomeMessage.Resolved("billing")), Links);

    private static string Indented(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        using var buffer = new MemoryStream();
        using (var indented = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" })) document.WriteTo(indented);
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
