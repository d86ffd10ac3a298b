using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Aws.Sns;

/// <summary>What SNS puts around a message that it delivers over HTTP, as read and not yet believed.</summary>
/// <remarks>https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html and its neighbours for the two confirmations.</remarks>
public sealed record SnsEnvelope
{
    /// <summary>An event, or whatever was published.</summary>
    public const string Notification = "Notification";

    /// <summary>Asks whether this address wants what the topic gets.</summary>
    public const string SubscriptionConfirmation = "SubscriptionConfirmation";

    /// <summary>Says that it gets no more.</summary>
    public const string UnsubscribeConfirmation = "UnsubscribeConfirmation";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFF'Z'";

    /// <summary>One of the three above.</summary>
    public required string Type { get; init; }

    /// <summary>The message's id, the same at every attempt.</summary>
    public required string MessageId { get; init; }

    /// <summary>The topic.</summary>
    public required string TopicArn { get; init; }

    /// <summary>What was published.</summary>
    public required string Message { get; init; }

    /// <summary>What it was published under, or <see langword="null"/>.</summary>
    public string? Subject { get; init; }

    /// <summary>When, as it stands there.</summary>
    public required string Timestamp { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What a confirmation answers with; empty in a notification.</summary>
    public string Token { get; init; } = "";

    /// <summary>Where a confirmation is answered; empty in a notification.</summary>
    public string SubscribeAddress { get; init; } = "";

    /// <summary>1 or 2.</summary>
    public required string SignatureVersion { get; init; }

    /// <summary>The signature.</summary>
    public required ReadOnlyMemory<byte> Signature { get; init; }

    /// <summary>Where the certificate is whose key signed.</summary>
    public required string CertificateAddress { get; init; }

    /// <summary>What is signed: the names and values of these members, a line each, in the order of the names.</summary>
    public string ToSign
    {
        get
        {
            (string, string?)[] members = Type == Notification
                ? [("Message", Message), ("MessageId", MessageId), ("Subject", Subject), ("Timestamp", Timestamp), ("TopicArn", TopicArn), ("Type", Type)]
                : [("Message", Message), ("MessageId", MessageId), ("SubscribeURL", SubscribeAddress), ("Timestamp", Timestamp), ("Token", Token), ("TopicArn", TopicArn), ("Type", Type)];
            var text = new StringBuilder();
            foreach (var (name, value) in members)
            {
                if (value is not null) text.Append(name).Append('\n').Append(value).Append('\n');
            }

            return text.ToString();
        }
    }

    /// <summary>Reads one; without it, why not.</summary>
    /// <remarks>
    /// It is strict, because the signature is over values and not over bytes: no member may be there twice, and none but the message may have a line break or another
    /// control character in it. So no two envelopes of one type and topic have the same text to sign.
    /// </remarks>
    public static (SnsEnvelope? Envelope, string Why) Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 4 });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return (null, "the body is no JSON object");
            var reader = new Reader(document.RootElement);
            var type = reader.Word("Type");
            if (type is not (Notification or SubscriptionConfirmation or UnsubscribeConfirmation)) return (null, "its Type is none of SNS's");
            var isControl = type != Notification;
            var timestamp = reader.Word("Timestamp");
            var signature = new byte[Base64.GetMaxDecodedFromUtf8Length(reader.Word("Signature").Length)];
            var envelope = new SnsEnvelope
            {
                Type = type,
                MessageId = reader.Word("MessageId"),
                TopicArn = reader.Word("TopicArn"),
                Message = reader.Text("Message") ?? "",
                Subject = isControl || !reader.Has("Subject") ? null : reader.Word("Subject"),
                Timestamp = timestamp,
                At = DateTimeOffset.TryParseExact(timestamp, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : default,
                Token = isControl ? reader.Word("Token") : "",
                SubscribeAddress = isControl ? reader.Word("SubscribeURL") : "",
                SignatureVersion = reader.Word("SignatureVersion"),
                Signature = Convert.TryFromBase64String(reader.Word("Signature"), signature, out var length) ? signature.AsMemory(0, length) : default,
                CertificateAddress = reader.Word("SigningCertURL"),
            };
            if (reader.Missing is { } missing) return (null, $"\"{missing}\" is missing, or is no text of one line");
            if (envelope.At == default) return (null, "its Timestamp is no time");
            if (envelope.Signature.IsEmpty) return (null, "its Signature is not base64");
            return envelope.SignatureVersion is "1" or "2" ? (envelope, "") : (null, "its SignatureVersion is neither 1 nor 2");
        }
        catch (JsonException)
        {
            return (null, "the body is not JSON, or a member is there twice");
        }
        catch (InvalidOperationException)
        {
            // What JsonElement says of text that is no Unicode.
            return (null, "a member is no text");
        }
    }

    /// <summary>The envelope again, of nothing but what was signed: a member that somebody put in beside it must not be read as an event.</summary>
    public byte[] ToIngest()
    {
        var bytes = new ArrayBufferWriter<byte>(Message.Length + 512);
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
#pragma warning disable CA1507 // AWS's names, which ours only happen to be.
            json.WriteString("Type", Type);
            json.WriteString("MessageId", MessageId);
            json.WriteString("TopicArn", TopicArn);
            json.WriteString("Message", Message);
#pragma warning restore CA1507
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private sealed class Reader(JsonElement json)
    {
        // Of a single line; AWS's own are far shorter.
        private const int WordMax = 4_096;

        /// <summary>The first member that was asked for and is not as it must be.</summary>
        public string? Missing { get; private set; }

        public bool Has(string name) => json.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

        public string? Text(string name)
        {
            if (json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String) return value.GetString();
            Missing ??= name;
            return null;
        }

        public string Word(string name)
        {
            if (Text(name) is { Length: > 0 and <= WordMax } word && !word.Any(char.IsControl)) return word;
            Missing ??= name;
            return "";
        }
    }
}
