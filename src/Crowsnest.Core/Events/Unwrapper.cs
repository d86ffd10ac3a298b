using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Crowsnest.Core.Events;

/// <summary>Takes events out of what services put around them: SQS, SNS, Lambda, Kinesis, Firehose, CloudWatch Logs, CloudTrail; or bare details.</summary>
/// <remarks>What a wrapper says itself (receipt handles, shard ids) is not kept. A control message of CloudWatch Logs is no event and counts nothing.</remarks>
internal sealed class Unwrapper(EventDecoder decoder, EventStreamOptions options)
{
    /// <summary>Wrappers within wrappers.</summary>
    public const int NestingMax = 8;

    /// <summary>Adds what is inside; false when this is no wrapper that we know.</summary>
    public bool Unwrap(ReadOnlyMemory<byte> json, int nesting, DateTimeOffset receivedAt, List<Decoded> into)
    {
        if (nesting >= NestingMax) return false;
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = JsonScanner.DepthMax });
        return One(document.RootElement, json, nesting, receivedAt, into);
    }

    /// <summary>What a wrapper held as text: anything that a file may hold.</summary>
    public void Text(ReadOnlyMemory<byte> text, int nesting, DateTimeOffset receivedAt, List<Decoded> into)
    {
        var before = into.Count;
        var bytes = EventDecoder.Trim(text);
        var splitter = new ItemSplitter(decoder, this, receivedAt, nesting + 1);
        for (var at = 0; at < bytes.Length;)
        {
            var done = splitter.Consume(bytes[at..], isFinal: true, into, int.MaxValue);
            if (done == 0) break;
            at += done;
        }

        if (into.Count == before && bytes.IsEmpty) into.Add(EventDecoder.Fail(QuarantineReason.BadWrapper, "The message in this wrapper is empty.", text));
    }

    private bool One(JsonElement root, ReadOnlyMemory<byte> json, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        if (root.TryGetProperty("detail-type", out _))
        {
            into.Add(decoder.Decode(json, at));
            return true;
        }

        if (Each(root, "Records", json, nesting, at, into) || Each(root, "records", json, nesting, at, into) || Each(root, "Messages", json, nesting, at, into)
            || Each(root, "events", json, nesting, at, into)) return true;
        if (root.TryGetProperty("messageType", out var type) && type.ValueEquals("CONTROL_MESSAGE")) return true;
        if (Each(root, "logEvents", json, nesting, at, into) || Each(root, "results", json, nesting, at, into)) return true;
        if (root.TryGetProperty("awslogs", out var logs) && Data(logs, "data", json, nesting, at, into)) return true;
        if (root.TryGetProperty("Sns", out var sns) && sns.ValueKind == JsonValueKind.Object) return One(sns, json, nesting, at, into);
        if (root.TryGetProperty("kinesis", out var kinesis) && Data(kinesis, "data", json, nesting, at, into)) return true;
        if (root.TryGetProperty("isBase64Encoded", out var encoded) && encoded.ValueKind == JsonValueKind.True && Data(root, "body", json, nesting, at, into)) return true;
        if (Inside(root, "Body", nesting, at, into) || Inside(root, "body", nesting, at, into)) return true;
        if (root.TryGetProperty("Type", out var kind) && IsText(kind) && Control(kind, json, into)) return true;
        if (Inside(root, "Message", nesting, at, into)) return true;
        if ((nesting > 0 || root.TryGetProperty("timestamp", out _)) && Inside(root, "message", nesting, at, into)) return true;
        if (Data(root, "data", json, nesting, at, into) || Data(root, "Data", json, nesting, at, into)) return true;
        if (BareDetail.TryWrap(root, JsonMarshal.GetRawUtf8Value(root), out var wrapped))
        {
            into.Add(decoder.Decode(wrapped, at));
            return true;
        }

        return false;
    }

    private bool Each(JsonElement root, string name, ReadOnlyMemory<byte> json, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var list) || list.ValueKind != JsonValueKind.Array) return false;
        foreach (var element in list.EnumerateArray())
        {
            var bytes = JsonMarshal.GetRawUtf8Value(element).ToArray();
            var done = element.ValueKind switch
            {
                JsonValueKind.Object => nesting < NestingMax && One(element, bytes, nesting + 1, at, into),
                JsonValueKind.Array => InsightsRow(element, nesting, at, into),
                _ => false,
            };
            if (!done)
                into.Add(EventDecoder.Fail(QuarantineReason.BadWrapper, $"An element of \"{name}\" holds no event: no detail-type, and no message or data that we know.", bytes));
        }

        return true;
    }

    private bool InsightsRow(JsonElement row, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        foreach (var cell in row.EnumerateArray())
        {
            if (cell.ValueKind == JsonValueKind.Object && cell.TryGetProperty("field", out var field) && IsText(field) && field.ValueEquals("@message"))
                return Inside(cell, "value", nesting, at, into);
        }

        return false;
    }

    private bool Inside(JsonElement root, string name, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        if (!root.TryGetProperty(name, out var value)) return false;
        if (value.ValueKind == JsonValueKind.Object) return One(value, JsonMarshal.GetRawUtf8Value(value).ToArray(), nesting + 1, at, into);
        if (value.ValueKind != JsonValueKind.String) return false;
        Text(Unescaped(value), nesting, at, into);
        return true;
    }

    private bool Data(JsonElement root, string name, ReadOnlyMemory<byte> json, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return false;
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(Encoding.UTF8.GetString(Unescaped(value).Span));
        }
        catch (FormatException)
        {
            into.Add(EventDecoder.Fail(QuarantineReason.BadWrapper, $"\"{name}\" is not base64.", json));
            return true;
        }

        if (!GzipContent.IsGzip(bytes))
        {
            Text(bytes, nesting, at, into);
            return true;
        }

        using var gzip = new GzipContent(new MemoryStream(bytes), options with { DecompressedBytesMax = options.WrapperBytesMax });
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        if (plain.Length > 0) Text(plain.ToArray(), nesting, at, into);
        if (gzip.Wrong is { } wrong) into.Add(EventDecoder.Fail(QuarantineReason.BadCompression, wrong, bytes));
        return true;
    }

    private static bool Control(JsonElement type, ReadOnlyMemory<byte> json, List<Decoded> into)
    {
        if (!type.ValueEquals("SubscriptionConfirmation") && !type.ValueEquals("UnsubscribeConfirmation")) return false;
        into.Add(EventDecoder.Fail(
            QuarantineReason.BadWrapper, "An SNS subscription message, and no event: confirm the subscription in SNS (its SubscribeURL is not fetched from here).", json));
        return true;
    }

    private static bool IsText(JsonElement element) => element.ValueKind == JsonValueKind.String;

    private static ReadOnlyMemory<byte> Unescaped(JsonElement text)
    {
        var raw = JsonMarshal.GetRawUtf8Value(text)[1..^1];
        var plain = new byte[raw.Length];
        return plain.AsMemory(0, JsonText.Unescape(raw, plain));
    }
}
