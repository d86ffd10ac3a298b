namespace Crowsnest.Notifiers.Slack;

/// <summary>A message that a bot posted: the channel's id, since a name is none to <c>chat.update</c>, and the message's time, which is its id there.</summary>
/// <param name="Channel">The channel's id.</param>
/// <param name="Timestamp">The message's <c>ts</c>.</param>
internal readonly record struct SlackReference(string Channel, string Timestamp)
{
    // Both are some ten characters; what is longer is something else.
    private const int PartMax = 64;

    /// <summary>As it is kept, with the channel as the configuration names it: a bot that is told another one edits nothing in the old.</summary>
    public string For(string configured) => $"{Channel} {Timestamp} {configured}";

    /// <summary>Reads what <see cref="For"/> wrote; <see langword="null"/> when it is of another channel, or none of ours.</summary>
    public static SlackReference? Parse(string text, string configured)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Split(' ', 3) is [var channel, var timestamp, var to] && to == configured ? Of(channel, timestamp) : null;
    }

    /// <summary>What Slack said; <see langword="null"/> when it is not what it says of a message.</summary>
    public static SlackReference? Of(string? channel, string? timestamp) => IsPlain(channel) && IsPlain(timestamp) ? new SlackReference(channel!, timestamp!) : null;

    private static bool IsPlain(string? part) => part is { Length: > 0 and <= PartMax } && part.All(c => char.IsAsciiLetterOrDigit(c) || c == '.');
}
