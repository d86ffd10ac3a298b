using System.Text;
using System.Text.Json;

namespace Crowsnest.Notifiers.Slack;

/// <summary>What the Web API says: 200 to nearly everything, and what it means in the body (https://docs.slack.dev/reference/methods/chat.postMessage).</summary>
/// <param name="IsOk">It did what it was asked; <see langword="null"/>: it is not how Slack answers.</param>
/// <param name="Error">Its word for why not, or empty.</param>
/// <param name="Reference">The message that it made or changed, where it names one.</param>
internal readonly record struct SlackAnswer(bool? IsOk, string Error, SlackReference? Reference)
{
    /// <summary>Reads an answer, also one of which only the beginning was read: it repeats the message after what matters.</summary>
    public static SlackAnswer Read(string body)
    {
        var json = new Utf8JsonReader(Encoding.UTF8.GetBytes(body), isFinalBlock: false, default);
        bool? isOk = null;
        string? error = null, channel = null, timestamp = null;
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return default;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString();
                if (!json.Read()) break;
                switch (name, json.TokenType)
                {
                    case ("ok", JsonTokenType.True or JsonTokenType.False):
                        isOk = json.TokenType == JsonTokenType.True;
                        break;
                    case ("error", JsonTokenType.String):
                        error = json.GetString();
                        break;
                    case ("channel", JsonTokenType.String):
                        channel = json.GetString();
                        break;
                    case ("ts", JsonTokenType.String):
                        timestamp = json.GetString();
                        break;
                    default:
                        if (!json.TrySkip()) return Read();
                        break;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What came before it counts; an invalid string is an operation that is not valid.
        }

        return Read();

        SlackAnswer Read() => new(isOk, error ?? "", SlackReference.Of(channel, timestamp));
    }
}
