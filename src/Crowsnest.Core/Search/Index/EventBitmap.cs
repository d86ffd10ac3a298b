using System.Numerics;

namespace Crowsnest.Core.Search.Index;

/// <summary>A set of a segment's events, one bit an ordinal.</summary>
public sealed class EventBitmap
{
    private readonly ulong[] _words;

    /// <summary>The empty set over ordinals 0 to <paramref name="count"/> - 1.</summary>
    public EventBitmap(int count)
    {
        Count = count;
        _words = new ulong[(count + 63) / 64];
    }

    /// <summary>How many ordinals there are (not how many are set).</summary>
    public int Count { get; }

    /// <summary>Whether nothing is set.</summary>
    public bool IsEmpty => !_words.AsSpan().ContainsAnyExcept(0UL);

    internal Span<ulong> Words => _words;

    /// <summary>Whether the ordinal is set.</summary>
    public bool this[int ordinal] => (_words[ordinal >> 6] >> (ordinal & 63) & 1) != 0;

    /// <summary>Sets one.</summary>
    public void Set(int ordinal) => _words[ordinal >> 6] |= 1UL << (ordinal & 63);

    /// <summary>Sets first to last - 1.</summary>
    public void SetRange(int first, int last)
    {
        for (var i = first; i < last;)
        {
            if ((i & 63) == 0 && last - i >= 64)
            {
                _words[i >> 6] = ulong.MaxValue;
                i += 64;
            }
            else
            {
                Set(i++);
            }
        }
    }

    /// <summary>Keeps what the other has too.</summary>
    public void And(EventBitmap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _words.Length; i++) _words[i] &= other._words[i];
    }

    /// <summary>Adds what the other has.</summary>
    public void Or(EventBitmap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < _words.Length; i++) _words[i] |= other._words[i];
    }

    /// <summary>Turns the set round.</summary>
    public void Not()
    {
        for (var i = 0; i < _words.Length; i++) _words[i] = ~_words[i];
        if ((Count & 63) != 0) _words[^1] &= (1UL << (Count & 63)) - 1;
    }

    /// <summary>How many are set.</summary>
    public int Cardinality()
    {
        var sum = 0;
        foreach (var word in _words) sum += BitOperations.PopCount(word);
        return sum;
    }

    /// <summary>The greatest set ordinal below <paramref name="before"/>, or -1.</summary>
    public int Previous(int before)
    {
        if (before <= 0) return -1;
        var i = before - 1;
        var word = _words[i >> 6] & (ulong.MaxValue >> (63 - (i & 63)));
        for (var at = i >> 6; ;)
        {
            if (word != 0) return (at << 6) + 63 - BitOperations.LeadingZeroCount(word);
            if (--at < 0) return -1;
            word = _words[at];
        }
    }

    /// <summary>The least set ordinal from <paramref name="from"/> on, or -1.</summary>
    public int Next(int from)
    {
        if (from >= Count) return -1;
        var at = from >> 6;
        var word = _words[at] & (ulong.MaxValue << (from & 63));
        while (true)
        {
            if (word != 0) return (at << 6) + BitOperations.TrailingZeroCount(word);
            if (++at >= _words.Length) return -1;
            word = _words[at];
        }
    }
}
