using System.Net;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Slack;

namespace Crowsnest.Notifiers.Tests;

public sealed class SlackNotifierTests : HttpNotifierContract
{
    private static readonly MessageLinks Links = new(new Uri("https://crowsnest.example.com/"));

    [Fact]
    public void A_message_says_what_where_since_when_how_often_what_to_do_and_where_to_look() =>
        Golden.Equal("slack.json", Indented(SlackPayload.Write(SomeMessage.Of(SomeMessage.Placed(), SomeMessage.Placed("billing", count: 12)) with { Truncated = 3 }, Links, "#ops")));

    [Fact]
    public void What_is_over_says_so() => Golden.Equal("slack-resolved.json", Indented(SlackPayload.Write(SomeMessage.Of(SomeMessage.Resolved()), Links, "")));

    [Fact]
    public void Hostile_text_calls_nobody_and_links_nowhere()
    {
        var body = SlackPayload.Write(SomeMessage.HostileOne(), Links, "");
        Golden.Equal("slack-hostile.json", Indented(body));
        using var document = JsonDocument.Parse(body);
        var text = document.RootElement.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString()!;
        Assert.All(text.Split('<').Skip(1), link => Assert.StartsWith("https://", link, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a<b", 3, "a…")]
    [InlineData("a<b", 6, "a&lt;b")]
    [InlineData("a<b", 5, "a…")]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "ab…")]
    [InlineData("a\ud83d\ude00", 3, "a\ud83d\ude00")]
    [InlineData("a\ud83d\ude00b", 3, "a…")]
    [InlineData("&", 5, "&amp;")]
    public void Escaped_text_is_cut_between_characters_and_never_inside_an_entity(string text, int lengthMax, string escaped) =>
        Assert.Equal(escaped, SlackText.Escape(text, lengthMax));

    [Theory]
    [InlineData("""{"ok":true,"channel":"C1","ts":"1.2"}""", DeliveryOutcome.Sent, "")]
    [InlineData("""{"ok":false,"error":"ratelimited"}""", DeliveryOutcome.NotNow, "ratelimited")]
    [InlineData("""{"ok":false,"error":"not_in_channel"}""", DeliveryOutcome.Refused, "invite the bot")]
    [InlineData("""{"ok":false,"error":"invalid_auth"}""", DeliveryOutcome.Refused, "check bot_token")]
    [InlineData("<html>", DeliveryOutcome.NotNow, "as Slack does")]
    public async Task What_the_API_says_to_a_bot_decides(string answer, DeliveryOutcome outcome, string words)
    {
        await using var target = await Target.AnsweringAsync(200, answer);
        using var notifier = new SlackNotifier(new SlackOptions { BotToken = "xoxb-" + Secret, Channel = "#ops", ApiUrl = new Uri(target.Url, "/api/") }, TimeProvider.System);
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(outcome, delivery.Outcome);
        Assert.Contains(words, delivery.Reason, StringComparison.Ordinal);
        var (headers, body) = Assert.Single(target.Received);
        Assert.Equal("Bearer xoxb-" + Secret, headers.Authorization);
        Assert.Equal("application/json; charset=utf-8", headers.ContentType);
        using var document = JsonDocument.Parse(body);
        Assert.Equal("#ops", document.RootElement.GetProperty("channel").GetString());
    }

    private protected override INotifier Create(Uri url, TimeProvider time, bool allowPrivate, Func<string, CancellationToken, Task<IPAddress[]>>? resolve) =>
        new SlackNotifier(new SlackOptions { WebhookUrl = url, AllowPrivate = allowPrivate, ExternalUrl = new Uri("https://crowsnest.example.com") }, time, resolve);

    protected override (int Status, string Text) Serve(JsonElement body)
    {
        var blocks = body.GetProperty("blocks").EnumerateArray().Select(block => block.GetProperty("text").GetProperty("text").GetString()!).ToList();
        var fits = blocks.Count is > 0 and <= 50 && blocks.TrueForAll(text => text.Length is > 0 and <= 3000) && blocks.Sum(text => text.Length) <= 13_000
            && body.GetProperty("text").GetString()!.Length is > 0 and <= 40_000;
        return fits ? (200, "ok") : (400, "invalid_blocks");
    }
}
