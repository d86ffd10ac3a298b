using System.Text;
using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Slack;

namespace Crowsnest.Notifiers.Tests;

public sealed class SlackEditTests : IAsyncDisposable
{
    private static readonly MessageLinks Links = new(new Uri("https://crowsnest.example.com/"));
    private static readonly SlackReference Earlier = new(SlackServer.Channel, "1772452800.000100");

    private readonly List<SlackNotifier> _made = [];
    private SlackServer _slack = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public void An_edit_is_the_whole_message_anew() =>
        Golden.Equal("slack-update.json", Indented(SlackPayload.WriteUpdate(SomeMessage.Of(SomeMessage.Placed(count: 12), SomeMessage.Resolved("billing")), Links, Earlier)));

    [Fact]
    public void A_reply_says_what_began_and_what_is_over_and_nothing_of_the_rest() =>
        Golden.Equal("slack-reply.json", Indented(SlackPayload.WriteReply(
            SomeMessage.Of(SomeMessage.Placed(count: 12), SomeMessage.Placed("search") with { IsNews = true }, SomeMessage.Resolved("billing")), Earlier)));

    [Fact]
    public void A_reply_to_what_only_goes_on_says_since_when_and_how_often() =>
        Golden.Equal("slack-reply-repeat.json", Indented(SlackPayload.WriteReply(SomeMessage.Of(SomeMessage.Placed(count: 12), SomeMessage.Placed("billing")), Earlier)));

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    public void Hostile_text_in_a_reply_calls_nobody_and_breaks_no_limit(int incidents)
    {
        var hostile = SomeMessage.HostileOne().Incidents[0] with { IsNews = true, Summary = string.Concat(Enumerable.Repeat(SomeMessage.Hostile, 50)) };
        var ended = hostile with { ResolvedAt = SomeMessage.Noon, Resolution = SomeMessage.Hostile };
        using var body = JsonDocument.Parse(SlackPayload.WriteReply(SomeMessage.Of([.. Enumerable.Repeat(hostile, incidents), ended]), Earlier));
        var text = body.RootElement.GetProperty("blocks")[0].GetProperty("text").GetProperty("text").GetString()!;
        Assert.DoesNotContain('<', text);
        Assert.InRange(text.Length, 1, SlackText.SectionMax);
    }

    [Fact]
    public async Task The_channels_message_shows_what_is_known_now_and_its_thread_what_is_new()
    {
        var slack = await BotAsync();
        var first = await slack.SendAsync(SomeMessage.Of(SomeMessage.Incident() with { IsNews = true }), Cancel);
        _slack.Now += TimeSpan.FromMinutes(5);
        var second = await slack.EditAsync(SomeMessage.Of(SomeMessage.Resolved()), first.Reference, Cancel);

        Assert.Equal((DeliveryOutcome.Sent, first.Reference), (second.Outcome, second.Reference));
        var (text, replies) = Assert.Single(_slack.Messages).Value;
        Assert.StartsWith(":large_green_circle: *[RESOLVED]", text, StringComparison.Ordinal);
        Assert.Equal(":large_green_circle: *[RESOLVED] OutOfMemory in prod/api* after 4 min: The service reached a steady state.", Assert.Single(replies));
    }

    [Theory]
    [InlineData("message_not_found")]
    [InlineData("cant_update_message")]
    [InlineData("edit_window_closed")]
    public async Task What_cannot_be_changed_any_more_is_posted_anew_and_that_is_changed_next(string why)
    {
        var slack = await BotAsync();
        var first = await slack.SendAsync(SomeMessage.Of(SomeMessage.Incident()), Cancel);
        _slack.Now += TimeSpan.FromMinutes(5);
        _slack.NoUpdate = why;
        var anew = await slack.EditAsync(SomeMessage.Of(SomeMessage.Incident(count: 2)), first.Reference, Cancel);
        Assert.Equal((2, DeliveryOutcome.Sent), (_slack.Messages.Count, anew.Outcome));
        Assert.NotEqual(first.Reference, anew.Reference);

        _slack.Now += TimeSpan.FromMinutes(5);
        _slack.NoUpdate = null;
        await slack.EditAsync(SomeMessage.Of(SomeMessage.Resolved()), anew.Reference, Cancel);
        Assert.Equal([0, 1], _slack.Messages.Values.Select(message => message.Replies.Count));
    }

    [Fact]
    public async Task A_thread_that_takes_no_reply_is_no_reason_to_tell_nothing()
    {
        var slack = await BotAsync();
        var first = await slack.SendAsync(SomeMessage.Of(SomeMessage.Incident()), Cancel);
        _slack.Now += TimeSpan.FromMinutes(5);
        _slack.NoReply = "restricted_action_thread_locked";
        Assert.Equal(DeliveryOutcome.Sent, (await slack.EditAsync(SomeMessage.Of(SomeMessage.Resolved()), first.Reference, Cancel)).Outcome);
        Assert.Equal(2, _slack.Messages.Count);
    }

    // Goal: Slack's limits cost time and nothing else. Method: a server that keeps them, and a sender that waits as it is asked.
    [Fact]
    public async Task A_message_too_many_waits_as_long_as_Slack_asks_and_nothing_is_posted_twice()
    {
        var slack = await BotAsync();
        var first = await slack.SendAsync(SomeMessage.Of(SomeMessage.Incident()), Cancel);

        // The edit is taken, its reply comes too soon after the message; with the next attempt both arrive.
        var early = await slack.EditAsync(SomeMessage.Of(SomeMessage.Resolved()), first.Reference, Cancel);
        Assert.Equal((DeliveryOutcome.NotNow, TimeSpan.FromSeconds(1)), (early.Outcome, early.RetryAfter));
        _slack.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(DeliveryOutcome.Sent, (await slack.EditAsync(SomeMessage.Of(SomeMessage.Resolved()), first.Reference, Cancel)).Outcome);
        Assert.Single(Assert.Single(_slack.Messages).Value.Replies);

        // Within a minute at most fifty edits, of whichever messages.
        var taken = 2;
        for (; taken < 60; taken++)
        {
            _slack.Now += TimeSpan.FromSeconds(1);
            if ((await slack.EditAsync(SomeMessage.Of(SomeMessage.Resolved()), first.Reference, Cancel)).Outcome == DeliveryOutcome.NotNow) break;
        }

        Assert.Equal(50, taken);
    }

    [Theory]
    [InlineData("C024BE91L 1772452800.000100 #another")]
    [InlineData("C024BE91L 1772452800.000100")]
    [InlineData("https://elsewhere.example.com/ 1 #ops")]
    [InlineData("nonsense")]
    public async Task What_was_posted_to_another_channel_stays_as_it_is(string reference)
    {
        var slack = await BotAsync();
        Assert.Equal(DeliveryOutcome.Sent, (await slack.EditAsync(SomeMessage.Of(SomeMessage.Incident()), reference, Cancel)).Outcome);
        Assert.Empty(Assert.Single(_slack.Messages).Value.Replies);
    }

    [Theory]
    [InlineData("""{"ok":true,"channel":"C1","ts":"1.2","message":{"blocks":[{"te""", true, "C1 1.2 #ops")]
    [InlineData("""{"ok":true,"message":{"ts":"9.9","channel":"C9"},"channel":"C1","ts":"1.2"}""", true, "C1 1.2 #ops")]
    [InlineData("""{"ok":true,"channel":"C 1","ts":"1.2"}""", true, null)]
    [InlineData("""{"ok":false,"error":"message_not_found"}""", false, null)]
    [InlineData("""{"error":"no"}""", null, null)]
    [InlineData("""["ok"]""", null, null)]
    [InlineData("<html>", null, null)]
    [InlineData("", null, null)]
    public void An_answer_is_read_as_far_as_it_goes(string body, bool? isOk, string? reference)
    {
        var said = SlackAnswer.Read(body);
        Assert.Equal((isOk, reference), (said.IsOk, said.Reference?.For("#ops")));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var made in _made) made.Dispose();
        if (_slack is not null) await _slack.DisposeAsync();
    }

    private async Task<SlackNotifier> BotAsync()
    {
        _slack = await SlackServer.StartAsync();
        var bot = new SlackNotifier(new SlackOptions { BotToken = "xoxb-1", Channel = "#ops", ApiUrl = _slack.ApiUrl }, TimeProvider.System);
        _made.Add(bot);
        return bot;
    }

    private static string Indented(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        using var buffer = new MemoryStream();
        using (var indented = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n" })) document.WriteTo(indented);
        return Encoding.UTF8.GetString(buffer.ToArray()) + "\n";
    }
}
