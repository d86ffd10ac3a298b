#pragma warning disable CA2007 // Closing these two waits for nothing: the stream itself stays the caller's.
using System.Buffers;
using System.Runtime.CompilerServices;

namespace Crowsnest.Core.Events;

/// <summary>Reads events out of a stream of any form that they come in, in bounded batches; wrappers are peeled here and nowhere else.</summary>
/// <remarks>
/// Forms, also within each other: lines, one or several JSON objects (pretty-printed or without separator), arrays, gzip, and the wrappers of
/// <see cref="Unwrapper"/>. Every byte that is not white space or a wrapper's own ends as an event or a fault. One stream at a time.
/// </remarks>
public sealed class EventStreamReader(TimeProvider time, EventStreamOptions options)
{
    // A read of a live stream that gives more may have left something: a pipe has up to 64 KiB at hand, an event about 3.
    private const int AtHandMax = 16 << 10;

    private readonly EventDecoder _decoder = new(options.Masking);

    /// <summary>Reads to the end. Each batch must be disposed by whoever takes it; the stream stays the caller's.</summary>
    public async IAsyncEnumerable<DecodedBatch> ReadAsync(Stream stream, string source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        await using var layers = await GzipLayers.PeelAsync(stream, options, cancellationToken).ConfigureAwait(false);
        var reading = new Reading(this, layers, source);
        while (await reading.NextAsync(cancellationToken).ConfigureAwait(false) is { } batch) yield return batch;
        if (layers.Wrong is not { } wrong) yield break;

        // The item that stood unfinished, and what could not be decompressed. Of a stream that merely ends early the first is all there is.
        List<Decoded> faults = [];
        if (!reading.Unfinished.IsEmpty) faults.Add(EventDecoder.Fail(QuarantineReason.BadCompression, wrong + " This stood unfinished at the end of it.", reading.Unfinished));
        await layers.AddRestsAsync(faults, cancellationToken).ConfigureAwait(false);
        yield return new DecodedBatch(source, time.GetUtcNow(), faults, reading.BytesRead, null);
    }

    // One stream's reading: the buffer, and what is left over in it.
    private sealed class Reading(EventStreamReader owner, GzipLayers stream, string source)
    {
        private readonly EventStreamOptions _options = owner.Options;
        private readonly List<Decoded> _items = [];
        private byte[] _buffer = ArrayPool<byte>.Shared.Rent(owner.Options.BatchBytesMax);
        private ItemSplitter? _splitter;
        private OversizeItem? _oversize;
        private readonly Unwrapper _unwrapper = new(owner._decoder, owner.Options);
        private int _start;
        private int _end;
        private int _tryAt;
        private bool _isFirst = true;
        private bool _atEnd;

        public long BytesRead { get; private set; }

        public ReadOnlyMemory<byte> Unfinished { get; private set; }

        private bool IsFull => _items.Count >= _options.BatchItemsMax || (_items.Count > 0 && _unwrapper.Held >= _options.BatchBytesMax);

        public async ValueTask<DecodedBatch?> NextAsync(CancellationToken cancellationToken)
        {
            var receivedAt = owner.Time.GetUtcNow();
            _splitter ??= new ItemSplitter(owner._decoder, _unwrapper, receivedAt);
            while (true)
            {
                Consume();
                if (IsFull || (_atEnd && _start == _end)) return Take(receivedAt);

                // A full buffer goes out with what it holds; what it holds nothing of is larger than a buffer.
                if (_end == _buffer.Length)
                {
                    if (_items.Count > 0) return Take(receivedAt);
                    Grow();
                }

                var read = await stream.Content.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
                Received(read);
                if (!_options.Live || read > AtHandMax) continue;

                // The stream gave all that it had at the moment; what comes next may be a second or a day away.
                Consume();
                if (_items.Count > 0) return Take(receivedAt);
            }
        }

        private void Received(int read)
        {
            _end += read;
            BytesRead += read;
            _atEnd = read == 0;
            if (!_isFirst || _end - _start < 3) return;
            _isFirst = false;
            if (_buffer.AsSpan(_start, 3).SequenceEqual("\uFEFF"u8)) _start += 3;
        }

        private void Consume()
        {
            if (_items.Count == 0) _unwrapper.Held = 0;
            if (_oversize is not null && !Skip()) return;
            if (_atEnd && stream.Wrong is not null)
            {
                _start += _splitter!.Consume(_buffer.AsMemory(_start, _end - _start), isFinal: false, _items, _options.BatchItemsMax, _options.BatchBytesMax);
                if (IsFull) return;
                Unfinished = EventDecoder.Trim(_buffer.AsMemory(_start, _end - _start)).ToArray();
                _start = _end;
                return;
            }

            // An unfinished item is read anew only when it has grown by a good part, so that a slow stream costs no more than a few passes.
            if (!_atEnd && _end < _tryAt && _end < _buffer.Length) return;
            _start += _splitter!.Consume(_buffer.AsMemory(_start, _end - _start), _atEnd, _items, _options.BatchItemsMax, _options.BatchBytesMax);
            _tryAt = _options.Live ? 0 : _end + ((_end - _start) / 4);
            var unfinished = _buffer.AsSpan(_start, _end - _start);
            if (IsFull || unfinished.Length <= EventDecoder.EventBytesMax) return;
            if (_splitter.TryOpen(unfinished) is var opened and > 0)
            {
                _start += opened;
                _tryAt = 0;
                Consume();
                return;
            }

            if (OversizeItem.MayBeWrapper(unfinished)) return;
            _oversize = new OversizeItem();
            Skip();
        }

        // True when the large item has ended.
        private bool Skip()
        {
            var done = _oversize!.Take(_buffer.AsSpan(_start, _end - _start), _atEnd, out var isOver);
            _start += done;
            if (!isOver) return false;
            _items.Add(_oversize.ToFault());
            _oversize = null;
            _tryAt = 0;
            if (_start < _end) Consume();
            return true;
        }

        private void Grow()
        {
            if (_start > 0 || _buffer.Length >= _options.WrapperBytesMax)
            {
                if (_start == 0) _oversize = new OversizeItem();
                if (_oversize is not null) Skip();
                Move(_buffer.Length);
                return;
            }

            Move(Math.Min(_buffer.Length * 2, _options.WrapperBytesMax));
        }

        private void Move(int size)
        {
            var old = _buffer;
            Renew(size);
            ArrayPool<byte>.Shared.Return(old);
        }

        private void Renew(int size)
        {
            var next = ArrayPool<byte>.Shared.Rent(Math.Max(size, _end - _start + 1));
            _buffer.AsSpan(_start, _end - _start).CopyTo(next);
            _tryAt = Math.Max(0, _tryAt - _start);
            _end -= _start;
            _start = 0;
            _buffer = next;
        }

        private DecodedBatch? Take(DateTimeOffset receivedAt)
        {
            _splitter!.ReceivedAt = owner.Time.GetUtcNow();
            if (_items.Count == 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
                return null;
            }

            var full = _buffer;
            var items = _items.ToArray();
            _items.Clear();
            _unwrapper.Held = 0;
            Renew(_options.BatchBytesMax);
            return new DecodedBatch(source, receivedAt, items, BytesRead - (_end - _start), full);
        }
    }

    private EventStreamOptions Options => options;

    private TimeProvider Time => time;
}
