namespace Crowsnest.Core.Events;

/// <summary>
/// Finds the items in bytes that hold JSON one after another: lines, objects without separator, pretty-printed ones, arrays (element by element),
/// <c>TIMESTAMP {json}</c> lines; and finds its feet again after what is broken.
/// </summary>
/// <remarks>
/// An object ends where its braces end, newline or not. Newlines matter only when something is broken: a broken line is one entry, a broken
/// pretty-printed object is one entry up to the next line that starts with <c>{</c>, <c>[</c> or a timestamp. Commas between items are punctuation.
/// A wrapper that holds a list and is too large to wait for its end is read element by element.
/// </remarks>
internal sealed class ItemSplitter(EventDecoder decoder, Unwrapper unwrapper, DateTimeOffset now, int nesting = 0)
{
    private static ReadOnlySpan<byte> ByteOrderMark => "\uFEFF"u8;

    private int _arrays;
    private OpenList? _open;
    private bool _afterComma;

    /// <summary>What the events of the next items are stamped with.</summary>
    public DateTimeOffset ReceivedAt { get; set; } = now;

    /// <summary>Takes items off the front; returns how many bytes are done with. What remains needs more bytes, or a new batch.</summary>
    public int Consume(ReadOnlyMemory<byte> window, bool isFinal, List<Decoded> into, int itemsMax, long heldMax = long.MaxValue)
    {
        var position = 0;
        while (into.Count < itemsMax && unwrapper.Held < heldMax)
        {
            var span = window.Span;
            for (; position < span.Length && (EventDecoder.IsSpace(span[position]) || span[position] == (byte)','); position++) _afterComma |= span[position] == (byte)',';
            if (position == span.Length) return position;

            // Files put together each bring the mark that they began with.
            if (span[position..].StartsWith(ByteOrderMark))
            {
                position += ByteOrderMark.Length;
                continue;
            }

            if (nesting == 0) unwrapper.Begin();

            if (_open?.GoesOn(span[position], _afterComma) == false) _open = null;
            var next = _open is null ? Item(window, position, isFinal, into) : Listed(window, position, isFinal, into);
            if (next < 0) return position;
            position = next;
            _afterComma = false;
        }

        return position;
    }

    /// <summary>Steps into the list of a wrapper whose end is not at hand; returns how many bytes are done with, 0 when this is no such wrapper.</summary>
    public int TryOpen(ReadOnlySpan<byte> start)
    {
        if (_open is not null || !OpenList.TryFind(start, out var list, out var done)) return 0;
        _open = new OpenList { Name = list };
        return done;
    }

    // An element of the list that is open, or what stands between its wrapper's members.
    private int Listed(ReadOnlyMemory<byte> window, int at, bool isFinal, List<Decoded> into)
    {
        var status = _open!.Next(window.Span, at, out var element, out var end);
        if (status == ScanStatus.Incomplete && !isFinal) return -1;
        if (status == ScanStatus.Ok)
        {
            if (element.IsPresent) unwrapper.Element(_open.Name, window.Slice(element.Start, element.Length), nesting, ReceivedAt, into);
            if (_open.IsClosed) _open = null;
            return end;
        }

        // In the list the next element can be found; between members nobody knows what a thing is.
        if (_open.IsInList) _open.FindAgain();
        else _open = null;
        return Broken(window, at, end, status, isFinal, into);
    }

    // Where the item ends; -1 when it needs more bytes.
    private int Item(ReadOnlyMemory<byte> window, int at, bool isFinal, List<Decoded> into)
    {
        var span = window.Span;
        switch (span[at])
        {
            case (byte)'{': return Object(window, at, isFinal, into);
            case (byte)'[': return Array(window, at, isFinal, into);
            case (byte)']' when _arrays > 0:
                _arrays--;
                return at + 1;
            case (byte)'"': return Text(window, at, isFinal, into);
        }

        var stamp = LineRules.Timestamp(span[at..], out var mayGoOn);
        if (stamp > 0) return at + stamp;
        if (mayGoOn && !isFinal) return -1;
        return Element(window, at, isFinal, into) is var end and not 0 ? end : Line(window, at, isFinal, into);
    }

    // An array's element that is no object, array or event in a string: one entry, and what follows it is judged by itself. 0 when it is none.
    private int Element(ReadOnlyMemory<byte> window, int at, bool isFinal, List<Decoded> into)
    {
        if (_arrays == 0) return 0;
        var status = TryElement(window.Span, at, out var end);
        if (status == ScanStatus.Incomplete && !isFinal) return -1;
        if (status != ScanStatus.Ok) return 0;
        into.Add(EventDecoder.Explain(window[at..end], ScanStatus.Ok));
        return end;
    }

    // A value with a comma or the array's end after it.
    private static ScanStatus TryElement(ReadOnlySpan<byte> span, int at, out int end)
    {
        var json = new JsonScanner(span, at);
        end = at;
        if (!json.Skip()) return json.Status;
        end = json.Position;
        var next = span[end..].IndexOfAnyExcept(" \n\r\t"u8);
        if (next < 0) return ScanStatus.Incomplete;
        return span[end + next] is (byte)',' or (byte)']' ? ScanStatus.Ok : ScanStatus.Invalid;
    }

    private int Object(ReadOnlyMemory<byte> window, int at, bool isFinal, List<Decoded> into)
    {
        var status = decoder.TryDecodeAt(window, at, ReceivedAt, out var decoded, out var end, out var isOneLine);
        if (status == ScanStatus.Incomplete && !isFinal) return -1;
        if (status != ScanStatus.Ok)
        {
            // Of a wrapper's list the elements before the broken one are whole, and perhaps those after it.
            var opened = TryOpen(window.Span[at..]);
            return opened > 0 ? at + opened : Broken(window, at, end, status, isFinal, into);
        }

        var raw = window[at..end];
        if (!isOneLine && Swallowed(window, at, end) is var inner and > 0)
        {
            into.Add(EventDecoder.Explain(EventDecoder.Trim(window[at..inner]), ScanStatus.Invalid));
            return inner;
        }

        if (decoded is null && !unwrapper.Unwrap(raw, nesting, ReceivedAt, into)) decoded = EventDecoder.NoDetailType(raw);
        if (decoded is not null) into.Add(decoded);
        return end;
    }

    // A line cut off after a colon or comma takes the next line for its value, and a third that begins with a brace can close it. A whole event that
    // stands on a line of its own is never a member of another.
    private int Swallowed(ReadOnlyMemory<byte> window, int at, int end)
    {
        var span = window.Span[at..end];
        var newline = span.IndexOf("\n{"u8);
        if (newline < 0) return -1;
        var lineEnd = span[..newline].IndexOf((byte)'\n') is var first and >= 0 ? first : newline;
        if (LineRules.IsOpening(span[..lineEnd])) return -1;

        var status = decoder.TryDecodeAt(window, at + newline + 1, ReceivedAt, out var decoded, out var innerEnd);
        if (status != ScanStatus.Ok || decoded is not Decoded.Ok) return -1;
        var after = window.Span[innerEnd..];
        return after.IsEmpty || after[0] is (byte)'\n' or (byte)'\r' ? at + newline + 1 : -1;
    }

    private int Array(ReadOnlyMemory<byte> window, int at, bool isFinal, List<Decoded> into)
    {
        var rest = window.Span[(at + 1)..];
        var next = rest.IndexOfAnyExcept(" \n\r\t"u8);
        if (next < 0 && !isFinal) return -1;
        if (next >= 0 && _arrays < JsonScanner.DepthMax)
        {
            var mayHold = rest[next] is (byte)'{' or (byte)'[' or (byte)']' or (byte)'"';
            if (!mayHold)
            {
                var status = TryElement(rest, next, out _);
                var other = rest[next..].IndexOfAny("{[\"]"u8);
                if (!isFinal && (status == ScanStatus.Incomplete || (status == ScanStatus.Ok && other < 0))) return -1;
                mayHold = status == ScanStatus.Ok && other >= 0 && rest[next + other] != (byte)']';
            }

            if (mayHold)
            {
                _arrays++;
                return at + 1;
            }
        }

        // Numbers and the like and nothing else: no events in there, so the array is one thing.
        return Value(window, at, isFinal, into);
    }

    private int Value(ReadOnlyMemory<byte> window, int at, bool isFinal, List<Decoded> into)
    {
        var json = new JsonScanner(window.Span, at);
        if (!json.Skip())
        {
            if (json.Status == ScanStatus.Incomplete && !isFinal) return -1;
            return Broken(window, at, json.Position, json.Status, isFinal, into);
        }

        into.Add(EventDecoder.Explain(window[at..json.Position], ScanStatus.Ok));
        return json.Position;
    }

    // A string may hold an event: what jq prints of a message's body.
    private int Text(ReadOnlyMemory<byte> window, int at, bool isFinal, List<Decoded> into)
    {
        var json = new JsonScanner(window.Span, at);
        if (!json.ReadString(out var range))
        {
            if (json.Status == ScanStatus.Incomplete && !isFinal) return -1;
            return Broken(window, at, json.Position, json.Status, isFinal, into);
        }

        var inside = window.Slice(range.Start, range.Length).ToArray();
        var length = JsonText.Unescape(range.Of(window.Span), inside);
        var after = window.Span[json.Position..];
        var next = after.IndexOfAnyExcept(" \r\t"u8);
        if (next < 0 && !isFinal) return -1;
        if (length > 0 && inside[0] is (byte)'{' or (byte)'[' && nesting < Unwrapper.NestingMax && (next < 0 || after[next] is (byte)'\n' or (byte)',' or (byte)']'))
        {
            var items = new List<Decoded>();
            unwrapper.Text(inside.AsMemory(0, length), nesting, ReceivedAt, items);
            if (items.Exists(item => item is Decoded.Ok))
            {
                into.AddRange(items);
                return json.Position;
            }
        }

        // No event in it, or its line goes on (one that lost its head): the line is one entry, as it stands.
        return Element(window, at, isFinal, into) is var end and not 0 ? end : Line(window, at, isFinal, into);
    }

    private static int Line(ReadOnlyMemory<byte> window, int at, bool isFinal, List<Decoded> into)
    {
        var newline = window.Span[at..].IndexOf((byte)'\n');
        if (newline < 0 && !isFinal) return -1;
        var end = newline < 0 ? window.Length : at + newline;
        into.Add(EventDecoder.Explain(EventDecoder.Trim(window[at..end]), ScanStatus.Invalid));
        return end;
    }

    private bool InArray => _arrays > 0 || _open is not null;

    private int Broken(ReadOnlyMemory<byte> window, int at, int wrongAt, ScanStatus status, bool isFinal, List<Decoded> into)
    {
        var end = LineRules.EndOfBroken(window.Span, at, wrongAt, isFinal, InArray);
        var stop = end < 0 ? window.Length : end;
        var salvaged = NextWhole(window, at, stop);
        if (salvaged > 0) end = salvaged;
        if (end < 0) return -1;

        var region = window[at..end];
        var length = region.Length;
        while (length > 0 && (EventDecoder.IsSpace(region.Span[length - 1]) || (InArray && region.Span[length - 1] == (byte)','))) length--;
        into.Add(EventDecoder.Explain(region[..length], status == ScanStatus.Incomplete ? ScanStatus.Invalid : status));
        return end;
    }

    // The next whole event on the way: after }{ (objects without separator), in an array also after },{.
    private int NextWhole(ReadOnlyMemory<byte> window, int at, int stop)
    {
        // So that many tries that each run far cannot make the work quadratic.
        var budget = (8L * (stop - at)) + 4096;
        for (var i = at + 1; i < stop && budget > 0; i++)
        {
            var brace = window.Span[i..stop].IndexOf((byte)'{');
            if (brace < 0) return -1;
            i += brace;
            if (!LineRules.FollowsValue(window.Span[at..i], InArray)) continue;

            var status = decoder.TryDecodeAt(window, i, ReceivedAt, out var decoded, out var end);
            budget -= end - i;
            if (status != ScanStatus.Ok) continue;
            if (decoded is Decoded.Ok || (_open is not null && decoded is null && Unwrapper.MayHold(window.Span[i..end]))) return i;
        }

        return -1;
    }
}
