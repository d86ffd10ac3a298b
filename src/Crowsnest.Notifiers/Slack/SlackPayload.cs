using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Http;

namespace Crowsnest.Notifiers.Slack;

/// <summary>A message as an incoming webhook and <c>chat.postMessage</c> take it: a section for each incident, within Slack's limits.</summary>
internal static class SlackPayload
{
    /// <summary>At most 50 blocks: https://docs.slack.dev/reference/block-kit/blocks.</summary>
    public const int BlocksMax = 50;

    /// <summary>All texts of blocks together. No page of Slack's says how many it takes; from about 13,200 characters on it answers <c>msg_blocks_too_long</c> (https://github.com/slackapi/bolt-js/issues/2509).</summary>
    public const int TextsMax = 12_000;

    /// <summary>The line that a notification on a phone shows; Slack advises under 4,000 and cuts at 40,000: https://docs.slack.dev/reference/methods/chat.postMessage.</summary>
    public const int TextMax = 1_000;

    private const int RestMax = 50 + SlackText.LinkMax;

    /// <summary>The body.</summary>
    /// <param name="notification">The message.</param>
    /// <param name="links">Where it leads.</param>
    /// <param name="channel">The channel that a bot posts to; empty for a webhook, which has its own.</param>
    public static ReadOnlyMemory<byte> Write(Notification notification, MessageLinks links, string channel) => JsonBody.Write(json =>
    {
        json.WriteStartObject();
        if (channel.Length > 0) json.WriteString("channel", channel);
        WriteContent(json, notification, links);
        json.WriteBoolean("unfurl_links", false);
        json.WriteBoolean("unfurl_media", false);
        json.WriteEndObject();
    });

    /// <summary>What <c>chat.update</c> takes: the message as it is to be from now on.</summary>
    /// <param name="notification">The message.</param>
    /// <param name="links">Where it leads.</param>
    /// <param name="earlier">What is changed.</param>
    public static ReadOnlyMemory<byte> WriteUpdate(Notification notification, MessageLinks links, SlackReference earlier) => JsonBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("channel", earlier.Channel);
        json.WriteString("ts", earlier.Timestamp);
        WriteContent(json, notification, links);
        json.WriteEndObject();
    });

    /// <summary>A reply in a message's thread: what is new since the message was changed last.</summary>
    /// <param name="notification">The message.</param>
    /// <param name="earlier">To what.</param>
    public static ReadOnlyMemory<byte> WriteReply(Notification notification, SlackReference earlier) => JsonBody.Write(json =>
    {
        json.WriteStartObject();
        json.WriteString("channel", earlier.Channel);
        json.WriteString("thread_ts", earlier.Timestamp);
        json.WriteString("text", SlackText.Escape(MessageText.Headline(notification), TextMax));
        json.WriteStartArray("blocks");
        WriteSection(json, SlackText.News(notification));
        json.WriteEndArray();
        json.WriteBoolean("unfurl_links", false);
        json.WriteBoolean("unfurl_media", false);
        json.WriteEndObject();
    });

    private static void WriteContent(Utf8JsonWriter json, Notification notification, MessageLinks links)
    {
        json.WriteString("text", SlackText.Escape(MessageText.Headline(notification), TextMax));
        json.WriteStartArray("blocks");
        var (blocks, texts) = (0, 0);
        if (SlackText.Remarks(notification) is { Length: > 0 } remarks)
        {
            WriteSection(json, remarks);
            (blocks, texts) = (1, remarks.Length);
        }

        var shown = 0;
        foreach (var incident in notification.Incidents)
        {
            var text = SlackText.Of(incident, links);
            if (blocks == BlocksMax - 1 || texts + text.Length > TextsMax - RestMax) break;
            WriteSection(json, text);
            (blocks, texts, shown) = (blocks + 1, texts + text.Length, shown + 1);
        }

        var rest = notification.Incidents.Length - shown + notification.Truncated;
        if (rest > 0) WriteSection(json, SlackText.Rest(rest, links));
        json.WriteEndArray();
    }

    // Verbatim: names of channels and people in it call nobody, and addresses in it are no links.
    private static void WriteSection(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject();
        json.WriteString("type", "section");
        json.WriteStartObject("text");
        json.WriteString("type", "mrkdwn");
        json.WriteString("text", text);
        json.WriteBoolean("verbatim", true);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
