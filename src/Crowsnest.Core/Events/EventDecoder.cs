using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;

namespace Crowsnest.Core.Events;

/// <summary>Reads one event's bytes into an <see cref="EcsEvent"/>, or says why it cannot.</summary>
/// <remarks>
/// One pass over the bytes. Not thread-safe, since it remembers strings that repeat from event to event: make one per reader. Never throws for what
/// the bytes hold.
/// </remarks>
public sealed class EventDecoder
{
    /// <summary>The largest event that is read: EventBridge's and SQS's own limit.</summary>
    public const int EventBytesMax = 1 << 20;

    /// <summary>Of what is larger, so much is kept.</summary>
    public const int HeadBytes = 64 << 10;

    private readonly EventFieldReader _reader = new();
    private readonly EventBuilder _builder = new();
    private readonly Masker _masker;
    private readonly SyntheticSource? _synthetic;
    private readonly OwnMark _own;

    /// <summary>A decoder that masks what is masked by default.</summary>
    public EventDecoder()
        : this(new MaskingOptions())
    {
    }

    /// <summary>A decoder that masks as told.</summary>
    public EventDecoder(MaskingOptions masking)
    {
        ArgumentNullException.ThrowIfNull(masking);
        _masker = new Masker(masking);
        _synthetic = masking.Synthetic;
        _own = masking.Own;
    }

    /// <summary>Reads one event. White space and a byte order mark around it are not part of it.</summary>
    public Decoded Decode(ReadOnlyMemory<byte> utf8, DateTimeOffset receivedAt)
    {
        var bytes = Trim(utf8);
        if (bytes.Length > EventBytesMax) return Fail(QuarantineReason.TooLarge, TooLargeMessage(bytes.Length), bytes);

        var status = TryDecodeAt(bytes, 0, receivedAt, out var decoded, out var end);
        if (status != ScanStatus.Ok) return Explain(bytes, status);
        if (end != bytes.Length) return Explain(bytes, ScanStatus.Invalid);
        return decoded ?? NoDetailType(bytes);
    }

    /// <summary>Reads an event that a store kept: with what was masked in it, and synthetic if it was so when it came.</summary>
    public Decoded Decode(ReadOnlyMemory<byte> utf8, DateTimeOffset receivedAt, IReadOnlyList<string> masked)
    {
        ArgumentNullException.ThrowIfNull(masked);
        var decoded = Decode(utf8, receivedAt);
        return masked.Count > 0 && decoded is Decoded.Ok { Event: var kept }
            ? new Decoded.Ok(kept.AsKept(masked, SyntheticSource.Held(utf8.Span, masked), kept.Source == OwnEvents.Source && OwnEvents.Held(utf8.Span, masked)))
            : decoded;
    }

    /// <summary>Reads the object that starts at <paramref name="start"/> and says where it ends; null when it is no event, though JSON.</summary>
    internal ScanStatus TryDecodeAt(ReadOnlyMemory<byte> memory, int start, DateTimeOffset receivedAt, out Decoded? decoded, out int end) =>
        TryDecodeAt(memory, start, receivedAt, out decoded, out end, out _);

    /// <summary>The same; <paramref name="isOneLine"/>: no newline stands between its tokens.</summary>
    internal ScanStatus TryDecodeAt(ReadOnlyMemory<byte> memory, int start, DateTimeOffset receivedAt, out Decoded? decoded, out int end, out bool isOneLine)
    {
        isOneLine = true;
        decoded = null;
        end = start;
        var window = memory.Span[start..];
        if (window.IsEmpty) return ScanStatus.Incomplete;
        if (window[0] != (byte)'{') return ScanStatus.Invalid;

        var json = new JsonScanner(window);
        EventFields fields = default;
        if (!_reader.Read(ref json, ref fields))
        {
            end = start + json.Position;
            return json.Status;
        }

        end = start + json.Position;
        isOneLine = !json.HasNewlines;
        var raw = memory[start..end];
        if (!Utf8.IsValid(raw.Span)) decoded = Explain(raw, ScanStatus.Ok);
        else if (!fields.DetailType.IsPresent || fields.DetailType.Length == 0) decoded = null;
        else if (raw.Length > EventBytesMax) decoded = Fail(QuarantineReason.TooLarge, TooLargeMessage(raw.Length), raw);
        else decoded = new Decoded.Ok(Build(raw, ref fields, receivedAt));
        return ScanStatus.Ok;
    }

    internal static Decoded.Failed NoDetailType(ReadOnlyMemory<byte> bytes) => bytes.Length > EventBytesMax
        ? Fail(QuarantineReason.TooLarge, TooLargeMessage(bytes.Length), bytes)
        : Fail(QuarantineReason.NoDetailType, "This is a JSON object without a \"detail-type\", and no wrapper that we know.", bytes);

    /// <summary>A fault over these bytes.</summary>
    internal static Decoded.Failed Fail(QuarantineReason reason, string message, ReadOnlyMemory<byte> bytes) => new(new Fault(
        reason, message, bytes.Length > EventBytesMax ? bytes[..HeadBytes] : bytes, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes.Span))));

    internal static string TooLargeMessage(long length) => string.Create(
        CultureInfo.InvariantCulture, $"This is {length} bytes long, and an event is at most {EventBytesMax}; its first {HeadBytes} bytes are kept.");

    /// <summary>Without white space around, and without a byte order mark.</summary>
    internal static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> utf8)
    {
        var span = utf8.Span;
        var start = span.StartsWith("\uFEFF"u8) ? 3 : 0;
        var end = span.Length;
        while (start < end && IsSpace(span[start])) start++;
        while (end > start && IsSpace(span[end - 1])) end--;
        return utf8[start..end];
    }

    internal static bool IsSpace(byte c) => c is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';

    /// <summary>Says what is wrong with bytes that are no event.</summary>
    internal static Decoded.Failed Explain(ReadOnlyMemory<byte> bytes, ScanStatus status)
    {
        var span = bytes.Span;
        if (bytes.Length > EventBytesMax) return Fail(QuarantineReason.TooLarge, TooLargeMessage(bytes.Length), bytes);
        if (!Utf8.IsValid(span))
        {
            // How far it is valid is found by what a decoder would do with it: the first byte that it cannot go past.
            Utf8.ToUtf16(span, new char[span.Length], out var valid, out _, replaceInvalidSequences: false, isFinalBlock: true);
            return Fail(QuarantineReason.InvalidUtf8, $"Not UTF-8: byte 0x{span[valid]:x2} at {Place(span, valid)} cannot stand there.", bytes);
        }

        if (status == ScanStatus.TooDeep) return Fail(QuarantineReason.TooDeep, $"Nested deeper than {JsonScanner.DepthMax}.", bytes);
        if (span.IsEmpty) return Fail(QuarantineReason.NotJson, "Empty: there are no bytes but white space.", bytes);

        var reader = new Utf8JsonReader(span, new JsonReaderOptions { MaxDepth = JsonScanner.DepthMax });
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                var what = reader.TokenType == JsonTokenType.StartArray ? "array" : reader.TokenType.ToString().ToLowerInvariant();
                while (reader.Read())
                {
                    // To the end: it must be JSON to be called "not an object".
                }

                return Fail(QuarantineReason.NotAnObject, $"JSON, but not an object: {what}.", bytes);
            }

            while (reader.Read())
            {
                // To the place where it is wrong.
            }

            return Fail(QuarantineReason.NotJson, "Not JSON: something stands after the object's end.", bytes);
        }
        catch (JsonException wrong)
        {
            var line = (wrong.LineNumber ?? 0) + 1;
            var column = (wrong.BytePositionInLine ?? 0) + 1;
            var words = wrong.Message.Split(" LineNumber:", 2)[0];
            return Fail(QuarantineReason.NotJson, string.Create(
                CultureInfo.InvariantCulture, $"Not JSON at byte {Offset(span, line, column)} (line {line}, column {column}): {words}"), bytes);
        }
    }

    private static long Offset(ReadOnlySpan<byte> span, long line, long column)
    {
        long offset = 0;
        for (; line > 1; line--)
        {
            var newline = span.IndexOf((byte)'\n');
            if (newline < 0) break;
            offset += newline + 1;
            span = span[(newline + 1)..];
        }

        return offset + column - 1;
    }

    private static string Place(ReadOnlySpan<byte> span, int offset) => string.Create(
        CultureInfo.InvariantCulture, $"byte {offset} (line {span[..offset].Count((byte)'\n') + 1}, column {offset - span[..offset].LastIndexOf((byte)'\n')})");

    private EcsEvent Build(ReadOnlyMemory<byte> raw, ref EventFields fields, DateTimeOffset receivedAt)
    {
        IReadOnlyList<string> masked = [];

        // Before anything is masked: the nonce may be among what is.
        var hasNonce = _synthetic is not null && _synthetic.Is(raw.Span, fields.Source);
        var isVerified = hasNonce && _synthetic!.Holds(raw.Span, SyntheticSource.Find(raw.Span));
        if (_masker.HasExtraPaths || (fields.MayNeedMasking && _masker.MasksEnvironment))
        {
            Mask(ref raw, ref fields, ref masked, _masker.Find(raw.Span), Masker.Mask);
        }

        if (hasNonce) Mask(ref raw, ref fields, ref masked, SyntheticSource.Find(raw.Span), isVerified ? SyntheticSource.Verified : Masker.Mask);
        var isOwn = false;
        if (_own != OwnMark.Left && OwnEvents.Is(raw.Span, fields.Source))
        {
            isOwn = _own == OwnMark.Given;
            Mask(ref raw, ref fields, ref masked, OwnEvents.Find(raw.Span), isOwn ? OwnEvents.Verified : Masker.Mask);
        }

        var made = _builder.Build(raw, masked, isVerified, in fields, _reader, receivedAt);
        return isOwn ? made.AsOwn() : made;
    }

    private void Mask(ref ReadOnlyMemory<byte> raw, ref EventFields fields, ref IReadOnlyList<string> masked, FoundValues found, ReadOnlySpan<byte> by)
    {
        if (found.Places.Count == 0) return;
        raw = Masker.Replace(raw.Span, found, by);
        masked = masked.Count == 0 ? found.Pointers() : [.. found.Pointers().Union(masked)];

        // All places have moved, and a masked value may be one that we read.
        var json = new JsonScanner(raw.Span);
        fields = default;
        _reader.Read(ref json, ref fields);
    }
}
