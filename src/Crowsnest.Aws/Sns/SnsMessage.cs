using System.Globalization;
using System.IO.Hashing;
using System.Text;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Aws.Sns;

/// <summary>A message as a topic takes it: the form of <c>Publish</c> (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html), within its limits.</summary>
internal static class SnsMessage
{
    /// <summary>A subject is shorter than a hundred characters, on one line.</summary>
    public const int SubjectMax = 99;

    /// <summary>Text and attributes together have at most 256 KiB; this much is the text's.</summary>
    public const int TextBytesMax = 250_000;

    // What a filter policy may ask for.
    private static readonly string[] Attributes = ["severity", "kind", "alertname", "account", "region", "cluster", "service"];

    /// <summary>The members of the form, by name.</summary>
    /// <param name="notification">What is said.</param>
    /// <param name="topicArn">To whom; the name of one that keeps order ends in <c>.fifo</c>.</param>
    /// <param name="externalUrl">Where people reach the server, for a link; <see langword="null"/> for none.</param>
    public static IEnumerable<KeyValuePair<string, string>> Form(Notification notification, string topicArn, Uri? externalUrl)
    {
        yield return new("Action", "Publish");
        yield return new("Version", "2010-03-31");
        yield return new("TopicArn", topicArn);
        yield return new("Subject", VisibleText.Cut(MessageText.Headline(notification), SubjectMax));
        yield return new("Message", Text(notification, externalUrl));
        if (topicArn.EndsWith(".fifo", StringComparison.Ordinal))
        {
            // A repeat with the same id is dropped by the topic for five minutes.
            yield return new("MessageGroupId", Name(notification.GroupKey));
            yield return new("MessageDeduplicationId", Name(notification.NotificationId));
        }

        var number = 1;
        foreach (var (name, value) in Attributes.Select(name => (name, Common(notification, name))).Append(("status", notification.IsResolved ? "resolved" : "firing")).Append(("notificationId", Shown(notification.NotificationId))))
        {
            if (value.Length == 0) continue;
            var entry = string.Create(CultureInfo.InvariantCulture, $"MessageAttributes.entry.{number++}");
            yield return new($"{entry}.Name", name);
            yield return new($"{entry}.Value.DataType", "String");
            yield return new($"{entry}.Value.StringValue", value);
        }
    }

    private static string Text(Notification notification, Uri? externalUrl)
    {
        var link = externalUrl is null ? "" : $"\n{externalUrl.GetLeftPart(UriPartial.Path).TrimEnd('/')}/\n";
        var text = MessageText.Of(notification, new MessageLinks(externalUrl)) + link;
        if (Encoding.UTF8.GetByteCount(text) <= TextBytesMax) return text;

        // At a line's end, which no character is cut by.
        var kept = text.AsSpan(0, Math.Min(text.Length, TextBytesMax / 3));
        return string.Concat(kept[..(kept.LastIndexOf('\n') + 1)], $"cut here: a message of Amazon SNS has at most 256 KiB\n{link}");
    }

    // What all incidents say; a filter must not let a message through for one of them and lose the others.
    private static string Common(Notification notification, string label)
    {
        var value = MessageText.Label(notification.Incidents[0], label);
        return notification.Truncated == 0 && notification.Incidents.All(i => MessageText.Label(i, label) == value) ? value : "";
    }

    private static string Shown(string text) => VisibleText.Of(text, 100);

    // Up to 128 letters, digits and punctuation.
    private static string Name(string text) =>
        text.Length is > 0 and <= 128 && !text.AsSpan().ContainsAnyExceptInRange('!', '~') ? text : Convert.ToHexStringLower(XxHash128.Hash(Encoding.UTF8.GetBytes(text)));
}
