using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Crowsnest.Core.Events;

/// <summary>Where a scan stands.</summary>
internal enum ScanStatus
{
    /// <summary>Nothing wrong so far.</summary>
    Ok,

    /// <summary>The bytes end inside the value.</summary>
    Incomplete,

    /// <summary>Not JSON.</summary>
    Invalid,

    /// <summary>Nested deeper than allowed.</summary>
    TooDeep,
}

/// <summary>A part of the scanned bytes; the sign of the length tells whether a string has escapes.</summary>
internal readonly record struct JsonRange
{
    private readonly int _length;

    public JsonRange(int start, int length, bool escaped = false)
    {
        Start = start;
        _length = escaped ? ~length : length;
        IsPresent = true;
    }

    public int Start { get; }

    public bool IsPresent { get; }

    public int Length => _length < 0 ? ~_length : _length;

    public bool IsEscaped => _length < 0;

    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> bytes) => bytes.Slice(Start, Length);
}

/// <summary>
/// A strict, forward-only JSON reader over bytes at hand that stops where the value ends: it validates what it skips, and needs no newline to find the end.
/// </summary>
/// <remarks>
/// Accepts what <see cref="System.Text.Json.Utf8JsonReader"/> accepts (a test compares the two), apart from UTF-8 validity, which is checked once
/// over the whole event. It exists because one pass must answer three questions at once: where the value ends, whether it is JSON, and what it says.
/// </remarks>
internal ref struct JsonScanner
{
    public const int DepthMax = 128;

    private readonly ReadOnlySpan<byte> _data;
    private readonly int _depthMax;
    private int _depth;

    public JsonScanner(ReadOnlySpan<byte> data, int position = 0, int depthMax = DepthMax)
    {
        _data = data;
        _depthMax = depthMax;
        Position = position;
    }

    public int Position { get; set; }

    public ScanStatus Status { get; private set; }

    public readonly ReadOnlySpan<byte> Data => _data;

    /// <summary>A newline stood between tokens; within strings there can be none.</summary>
    public bool HasNewlines { get; private set; }

    /// <summary>The next byte that is not white space; 0 at the end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte Peek()
    {
        var i = Position;
        if ((uint)i < (uint)_data.Length && _data[i] > (byte)' ') return _data[i];
        return PeekSlow();
    }

    /// <summary>Steps into the object or array that starts here.</summary>
    public bool Enter()
    {
        if (++_depth > _depthMax) return Fail(ScanStatus.TooDeep);
        Position++;
        return true;
    }

    /// <summary>The next member's name, leaving the position at its value; false at the end of the object or on a fault.</summary>
    public bool NextName(ref bool first, out JsonRange name)
    {
        name = default;
        var c = Peek();
        if (c == (byte)'}')
        {
            Position++;
            _depth--;
            return false;
        }

        if (!first)
        {
            if (c != (byte)',') return FailHere(c);
            Position++;
            c = Peek();
        }

        first = false;
        if (c != (byte)'"') return FailHere(c);
        if (!ReadString(out name)) return false;
        c = Peek();
        if (c != (byte)':') return FailHere(c);
        Position++;
        Peek();
        return true;
    }

    /// <summary>Stands at the next element; false at the end of the array or on a fault.</summary>
    public bool NextElement(ref bool first)
    {
        var c = Peek();
        if (c == (byte)']')
        {
            Position++;
            _depth--;
            return false;
        }

        if (!first)
        {
            if (c != (byte)',') return FailHere(c);
            Position++;
            Peek();
        }

        first = false;
        return true;
    }

    /// <summary>Reads the string that starts here; the range is what stands between the quotes.</summary>
    public bool ReadString(out JsonRange range)
    {
        var start = Position + 1;
        var end = EndOfString(start, out var escaped);
        if (end < 0)
        {
            range = default;
            return false;
        }

        range = new JsonRange(start, end - start, escaped);
        Position = end + 1;
        return true;
    }

    /// <summary>Goes past one value of any kind.</summary>
    public bool Skip()
    {
        var c = Peek();
        return c switch
        {
            (byte)'"' => SkipString(),
            (byte)'{' or (byte)'[' => SkipContainer(),
            _ => SkipScalar(c),
        };
    }

    private bool SkipContainer()
    {
        // One bit per open container: set for an object. 128 levels fit two words.
        ulong low = 0, high = 0;
        var open = 0;
        var c = _data[Position];
        while (true)
        {
            // Here c is the first byte of a value.
            if (c is (byte)'{' or (byte)'[')
            {
                if (++_depth > _depthMax) return Fail(ScanStatus.TooDeep);
                var bit = c == (byte)'{' ? 1UL : 0UL;
                high = (high << 1) | (low >> 63);
                low = (low << 1) | bit;
                open++;
                Position++;
                c = Peek();
                if (bit != 0 && c != (byte)'}')
                {
                    if (!SkipName(ref c)) return false;
                    continue;
                }

                if (bit == 0 && c != (byte)']') continue;
            }
            else
            {
                if (!(c == (byte)'"' ? SkipString() : SkipScalar(c))) return false;
                c = Peek();
            }

            // Here c follows a value, or closes an empty container.
            while (true)
            {
                var isObject = (low & 1) != 0;
                if (c == (byte)',')
                {
                    Position++;
                    c = Peek();
                    if (isObject && !SkipName(ref c)) return false;
                    break;
                }

                if (c != (isObject ? (byte)'}' : (byte)']')) return FailHere(c);
                Position++;
                _depth--;
                if (--open == 0) return true;
                low = (low >> 1) | (high << 63);
                high >>= 1;
                c = Peek();
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool SkipName(ref byte c)
    {
        if (c != (byte)'"') return FailHere(c);
        if (!SkipString()) return false;
        c = Peek();
        if (c != (byte)':') return FailHere(c);
        Position++;
        c = Peek();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool SkipString()
    {
        var end = EndOfString(Position + 1, out _);
        if (end < 0) return false;
        Position = end + 1;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int EndOfString(int i, out bool escaped)
    {
        escaped = false;
        ref var origin = ref MemoryMarshal.GetReference(_data);
        if (Vector256.IsHardwareAccelerated)
        {
            while (i + Vector256<byte>.Count <= _data.Length)
            {
                var block = Vector256.LoadUnsafe(ref origin, (nuint)i);
                var found = (Vector256.Equals(block, Vector256.Create((byte)'"')) | Vector256.Equals(block, Vector256.Create((byte)'\\'))
                    | Vector256.LessThan(block, Vector256.Create((byte)' '))).ExtractMostSignificantBits();
                if (found == 0)
                {
                    i += Vector256<byte>.Count;
                    continue;
                }

                i += BitOperations.TrailingZeroCount(found);
                if (Unsafe.Add(ref origin, i) == (byte)'"') return i;
                break;
            }
        }

        return EndOfStringSlow(i, out escaped);
    }

    // From here on byte by byte: the last bytes of the data, an escape, or a control character.
    private int EndOfStringSlow(int i, out bool escaped)
    {
        escaped = false;
        for (; i < _data.Length; i++)
        {
            var c = _data[i];
            if (c == (byte)'"') return i;
            if (c < (byte)' ') return FailAt(i);
            if (c != (byte)'\\') continue;

            escaped = true;
            if (++i >= _data.Length) break;
            if (_data[i] == (byte)'u')
            {
                for (var k = 1; k <= 4; k++)
                {
                    if (i + k >= _data.Length) return EndAt(_data.Length);
                    if (!char.IsAsciiHexDigit((char)_data[i + k])) return FailAt(i + k);
                }

                i += 4;
            }
            else if (!"\"\\/bfnrt"u8.Contains(_data[i]))
            {
                return FailAt(i);
            }
        }

        return EndAt(_data.Length);
    }

    private bool SkipScalar(byte c)
    {
        switch (c)
        {
            case (byte)'t': return SkipLiteral("true"u8);
            case (byte)'f': return SkipLiteral("false"u8);
            case (byte)'n': return SkipLiteral("null"u8);
            case (byte)'-':
            case >= (byte)'0' and <= (byte)'9': return SkipNumber();
            default: return FailHere(c);
        }
    }

    private bool SkipLiteral(ReadOnlySpan<byte> literal)
    {
        var rest = _data[Position..];
        if (rest.StartsWith(literal))
        {
            Position += literal.Length;
            return true;
        }

        return Fail(literal.StartsWith(rest) ? ScanStatus.Incomplete : ScanStatus.Invalid);
    }

    private bool SkipNumber()
    {
        var i = Position;
        if (_data[i] == (byte)'-') i++;
        if (i >= _data.Length) return Fail(ScanStatus.Incomplete);
        if (_data[i] == (byte)'0') i++;
        else if (!Digits(ref i)) return false;

        if (i < _data.Length && _data[i] == (byte)'.')
        {
            i++;
            if (!Digits(ref i)) return false;
        }

        if (i < _data.Length && (_data[i] | 0x20) == (byte)'e')
        {
            i++;
            if (i < _data.Length && _data[i] is (byte)'+' or (byte)'-') i++;
            if (!Digits(ref i)) return false;
        }

        // At the very end of the data the number may go on.
        if (i >= _data.Length && _depth > 0) return Fail(ScanStatus.Incomplete);
        Position = i;
        return true;
    }

    private bool Digits(ref int i)
    {
        var start = i;
        while (i < _data.Length && char.IsAsciiDigit((char)_data[i])) i++;
        if (i > start) return true;
        if (i >= _data.Length) return Fail(ScanStatus.Incomplete);
        Position = i;
        return Fail(ScanStatus.Invalid);
    }

    private byte PeekSlow()
    {
        for (; Position < _data.Length; Position++)
        {
            var c = _data[Position];
            if (c is not ((byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')) return c;
            HasNewlines |= c == (byte)'\n';
        }

        return 0;
    }

    private int EndAt(int i)
    {
        Position = i;
        Fail(ScanStatus.Incomplete);
        return -1;
    }

    private int FailAt(int i)
    {
        Position = i;
        Fail(ScanStatus.Invalid);
        return -1;
    }

    private bool FailHere(byte c) => Fail(c == 0 && Position >= _data.Length ? ScanStatus.Incomplete : ScanStatus.Invalid);

    private bool Fail(ScanStatus status)
    {
        Status = status;
        return false;
    }
}
