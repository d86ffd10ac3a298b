using System.Buffers;
using System.Buffers.Text;

namespace Crowsnest.Core.Events;

/// <summary>Takes events out of what services put around them: SQS, SNS, Lambda, Kinesis, Firehose, CloudWatch Logs, CloudTrail; or bare details.</summary>
/// <remarks>
/// What a wrapper says itself (receipt handles, shard ids) is not kept. A control message of CloudWatch Logs is no event and counts nothing. Wrappers may
/// stand in each other; how deep, and how much may be decompressed on the way, is bounded.
/// </remarks>
internal sealed class Unwrapper(EventDecoder decoder, EventStreamOptions options)
{
    /// <summary>Wrappers within wrappers.</summary>
    public const int NestingMax = 8;

    // Of the outermost item at hand: however often something compressed stands in something compressed, all of it together is bounded.
    private long _inflated;

    /// <summary>Bytes that were copied out of wrappers since it was last set: what the batch at hand holds beside its buffer.</summary>
    public long Held { get; set; }

    /// <summary>The lists whose elements are messages.</summary>
    public static bool IsList(Member member) =>
        member is Member.RecordsUpper or Member.Records or Member.Messages or Member.Events or Member.LogEvents or Member.Results;

    /// <summary>Whether this valid object is one that a service puts around a message.</summary>
    public static bool MayHold(ReadOnlySpan<byte> json)
    {
        var has = KnownMembers.Of(json);
        foreach (var member in (ReadOnlySpan<Member>)[Member.Body, Member.BodyUpper, Member.MessageUpper, Member.Message, Member.AtMessage, Member.Sns, Member.Kinesis, Member.Data, Member.EventSource])
        {
            if (has.Has(member)) return true;
        }

        return false;
    }

    /// <summary>Another outermost item begins.</summary>
    public void Begin() => _inflated = 0;

    /// <summary>Adds what is inside this valid JSON object; false when it is no wrapper that we know.</summary>
    public bool Unwrap(ReadOnlyMemory<byte> json, int nesting, DateTimeOffset receivedAt, List<Decoded> into) => One(json, nesting, receivedAt, into);

    /// <summary>Adds what is in one element of a list of messages; what cannot be read is a fault.</summary>
    public void Element(Member list, ReadOnlyMemory<byte> json, int nesting, DateTimeOffset receivedAt, List<Decoded> into)
    {
        var done = json.Span[0] switch
        {
            (byte)'{' => One(json, nesting + 1, receivedAt, into),
            (byte)'[' => InsightsRow(json, nesting, receivedAt, into),
            _ => false,
        };
        if (!done)
        {
            into.Add(EventDecoder.Fail(
                QuarantineReason.BadWrapper, $"An element of \"{KnownMembers.NameOf(list)}\" holds no event: no detail-type, and no message or data that we know.", json));
        }
    }

    /// <summary>What a wrapper held as text: anything that a file may hold.</summary>
    public void Text(ReadOnlyMemory<byte> text, int nesting, DateTimeOffset receivedAt, List<Decoded> into, bool isWhole = true)
    {
        var before = into.Count;
        var bytes = EventDecoder.Trim(text);
        var splitter = new ItemSplitter(decoder, this, receivedAt, nesting + 1);
        for (var at = 0; at < bytes.Length;)
        {
            var done = splitter.Consume(bytes[at..], isWhole, into, int.MaxValue);
            if (done == 0) break;
            at += done;
        }

        if (isWhole && into.Count == before && bytes.IsEmpty) into.Add(EventDecoder.Fail(QuarantineReason.BadWrapper, "The message in this wrapper is empty.", text));
    }

    private bool One(ReadOnlyMemory<byte> json, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        var has = KnownMembers.Of(json.Span);
        if (has.Has(Member.DetailType))
        {
            into.Add(decoder.Decode(json, at));
            return true;
        }

        if (nesting > NestingMax)
        {
            into.Add(EventDecoder.Fail(QuarantineReason.BadWrapper, $"No detail-type, and inside more than {NestingMax} wrappers: not looked into.", json));
            return true;
        }

        if (Each(has, Member.RecordsUpper, json, nesting, at, into) || Each(has, Member.Records, json, nesting, at, into)
            || Each(has, Member.Messages, json, nesting, at, into) || Each(has, Member.Events, json, nesting, at, into)) return true;
        if (has.Is(Member.MessageType, "CONTROL_MESSAGE"u8)) return true;
        if (Each(has, Member.LogEvents, json, nesting, at, into) || Each(has, Member.Results, json, nesting, at, into)) return true;
        if (Data(has, Member.AwsLogs, json, nesting, at, into)) return true;
        if (has.Starts(Member.Sns) == (byte)'{') return One(Value(has, Member.Sns, json), nesting + 1, at, into);
        if (Data(has, Member.Kinesis, json, nesting, at, into)) return true;
        if (has.Starts(Member.IsBase64Encoded) == (byte)'t' && Encoded(has, Member.Body, json, json, nesting, at, into)) return true;
        if (Inside(has, Member.BodyUpper, json, nesting, at, into) || Inside(has, Member.Body, json, nesting, at, into)) return true;
        if (Control(has, json, into)) return true;
        if (Inside(has, Member.MessageUpper, json, nesting, at, into)) return true;
        if ((nesting > 0 || has.Has(Member.Timestamp)) && Inside(has, Member.Message, json, nesting, at, into)) return true;

        // A row that the console of Logs Insights downloads: {"@timestamp":…,"@message":"…"}.
        if (Inside(has, Member.AtMessage, json, nesting, at, into)) return true;
        if (Encoded(has, Member.Data, json, json, nesting, at, into) || Encoded(has, Member.DataUpper, json, json, nesting, at, into)) return true;
        if (!BareDetail.TryWrap(has, json.Span, out var wrapped)) return false;
        into.Add(decoder.Decode(wrapped, at));
        return true;
    }

    private bool Each(in KnownMembers has, Member list, ReadOnlyMemory<byte> json, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        if (has.Starts(list) != (byte)'[') return false;
        var value = Value(has, list, json);
        var scanner = new JsonScanner(value.Span);
        var first = true;
        scanner.Enter();
        while (scanner.NextElement(ref first))
        {
            var start = scanner.Position;
            if (!scanner.Skip()) break;
            Element(list, value[start..scanner.Position], nesting, at, into);
        }

        return true;
    }

    private bool InsightsRow(ReadOnlyMemory<byte> row, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        var scanner = new JsonScanner(row.Span);
        var first = true;
        scanner.Enter();
        while (scanner.NextElement(ref first))
        {
            var start = scanner.Position;
            if (!scanner.Skip()) return false;
            var cell = row[start..scanner.Position];
            var has = KnownMembers.Of(cell.Span);
            if (has.Is(Member.Field, "@message"u8)) return Inside(has, Member.Value, cell, nesting, at, into);
        }

        return false;
    }

    private bool Inside(in KnownMembers has, Member member, ReadOnlyMemory<byte> json, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        switch (has.Starts(member))
        {
            case (byte)'{':
                return One(Value(has, member, json), nesting + 1, at, into);
            case (byte)'"':
                Text(Unescaped(has.Raw(member)), nesting, at, into);
                return true;
            default:
                return false;
        }
    }

    // {"awslogs":{"data":"…"}}, {"kinesis":{"data":"…"}}
    private bool Data(in KnownMembers has, Member around, ReadOnlyMemory<byte> json, int nesting, DateTimeOffset at, List<Decoded> into) =>
        has.Starts(around) == (byte)'{' && Value(has, around, json) is var inner && Encoded(KnownMembers.Of(inner.Span), Member.Data, inner, json, nesting, at, into);

    private bool Encoded(
        in KnownMembers has, Member member, ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> whole, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        if (has.Starts(member) != (byte)'"') return false;
        var bytes = Unescaped(Value(has, member, json).Span);
        if (Base64.DecodeFromUtf8InPlace(bytes, out var length) != OperationStatus.Done)
        {
            into.Add(EventDecoder.Fail(QuarantineReason.BadWrapper, $"\"{KnownMembers.NameOf(member)}\" is not base64.", whole));
            return true;
        }

        var plain = bytes.AsMemory(0, length);
        if (GzipContent.IsGzip(plain.Span)) Inflate(plain, nesting, at, into);
        else Text(plain, nesting, at, into);
        return true;
    }

    private void Inflate(ReadOnlyMemory<byte> compressed, int nesting, DateTimeOffset at, List<Decoded> into)
    {
        var left = options.InnerBytesMax - _inflated;
        using var source = new MemoryStream(compressed.ToArray(), writable: false);
        using var gzip = new GzipContent(source, options with { DecompressedBytesMax = left });
        using var plain = new MemoryStream();
        gzip.CopyTo(plain);
        _inflated += plain.Length;
        Held += plain.Length;

        // Of what is damaged the whole items are taken; what stood unfinished is in the compressed bytes, which are kept whole.
        if (plain.Length > 0) Text(plain.GetBuffer().AsMemory(0, (int)plain.Length), nesting, at, into, isWhole: gzip.Wrong is null);
        if (gzip.Wrong is { } wrong) into.Add(EventDecoder.Fail(QuarantineReason.BadCompression, wrong, compressed));
    }

    private static bool Control(in KnownMembers has, ReadOnlyMemory<byte> json, List<Decoded> into)
    {
        if (!has.Is(Member.Type, "SubscriptionConfirmation"u8) && !has.Is(Member.Type, "UnsubscribeConfirmation"u8)) return false;
        into.Add(EventDecoder.Fail(
            QuarantineReason.BadWrapper, "An SNS subscription message, and no event: confirm the subscription in SNS (its SubscribeURL is not fetched from here).", json));
        return true;
    }

    private static ReadOnlyMemory<byte> Value(in KnownMembers has, Member member, ReadOnlyMemory<byte> json) => json.Slice(has[member].Start, has[member].Length);

    private byte[] Unescaped(ReadOnlySpan<byte> quoted)
    {
        Held += quoted.Length;
        var raw = quoted[1..^1];
        var plain = new byte[raw.Length];
        var length = JsonText.Unescape(raw, plain);
        return length == plain.Length ? plain : plain[..length];
    }
}
