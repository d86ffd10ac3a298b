using System.Text;

namespace Crowsnest.Core.Patterns;

/// <summary>A <c>wildcard</c>: <c>*</c> stands for any characters, <c>\*</c> and <c>\\</c> for themselves.</summary>
/// <remarks>
/// Matching takes the segments between stars from left to right, each where it first occurs: with <c>*</c> alone that finds a match if there is one, and never goes back. A byte of the value is
/// looked at by one segment, up to 64 times in the worst case by a short one, and twice by a long one.
/// </remarks>
internal sealed class Glob
{
    // Up to here a search that may compare at each byte is cheap enough in the worst case; beyond it an automaton reads each byte of the value a bounded number of times.
    private const int PlainSearchMax = 64;

    // All segments one after another, and where each ends.
    private readonly byte[] _bytes;
    private readonly int[] _ends;

    // By segment; empty where all are short.
    private readonly int[]?[] _borders;

    private Glob(byte[] bytes, int[] ends)
    {
        (_bytes, _ends) = (bytes, ends);
        var all = Enumerable.Range(0, ends.Length).Select(i => Segment(i).Length > PlainSearchMax && i > 0 && i < ends.Length - 1 ? Borders(Segment(i)) : null).ToArray();
        _borders = all.Any(b => b is not null) ? all : [];
    }

    /// <summary>How many segments there are: one more than stars.</summary>
    public int Count => _ends.Length;

    /// <summary>What every match begins with; empty when it may begin with anything.</summary>
    public ReadOnlySpan<byte> Beginning => Segment(0);

    /// <summary>What every match ends with; empty when it may end with anything.</summary>
    public ReadOnlySpan<byte> End => Segment(_ends.Length - 1);

    /// <summary>Reads a wildcard; <see langword="null"/> and what is wrong, in words, when it is none.</summary>
    public static Glob? Parse(string text, out string mistake)
    {
        var (bytes, ends, current) = (new List<byte>(text.Length), new List<int>(), new StringBuilder());
        mistake = "";
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*' when i + 1 < text.Length && text[i + 1] == '*':
                    mistake = $"a wildcard has no two '*' in a row (character {i + 1} of it)";
                    return null;
                case '*':
                    bytes.AddRange(JavaText.Utf8(current.ToString()));
                    ends.Add(bytes.Count);
                    current.Clear();
                    break;
                case '\\' when i + 1 < text.Length && text[i + 1] is '*' or '\\':
                    current.Append(text[++i]);
                    break;
                case '\\':
                    mistake = $"a backslash in a wildcard stands before '*' or another backslash only (character {i + 1} of it)";
                    return null;
                default:
                    current.Append(text[i]);
                    break;
            }
        }

        bytes.AddRange(JavaText.Utf8(current.ToString()));
        ends.Add(bytes.Count);
        return new Glob([.. bytes], [.. ends]);
    }

    /// <summary>What stands between two stars.</summary>
    public ReadOnlySpan<byte> Segment(int number)
    {
        var start = number == 0 ? 0 : _ends[number - 1];
        return _bytes.AsSpan(start, _ends[number] - start);
    }

    /// <summary>Whether the whole of a value matches.</summary>
    public bool Matches(ReadOnlySpan<byte> value)
    {
        if (_ends.Length == 1) return value.SequenceEqual(_bytes);
        if (value.Length < _bytes.Length || !value.StartsWith(Beginning) || !value.EndsWith(End)) return false;
        value = value[Beginning.Length..^End.Length];
        for (var i = 1; i < _ends.Length - 1; i++)
        {
            var segment = Segment(i);
            var found = _borders.Length > 0 && _borders[i] is { } borders ? IndexOf(value, segment, borders) : value.IndexOf(segment);
            if (found < 0) return false;
            value = value[(found + segment.Length)..];
        }

        return true;
    }

    // Knuth, Morris and Pratt: after a mismatch go on with the longest beginning of the segment that the value read so far ends with.
    private static int IndexOf(ReadOnlySpan<byte> value, ReadOnlySpan<byte> segment, int[] borders)
    {
        var matched = 0;
        for (var i = 0; i < value.Length; i++)
        {
            while (matched > 0 && segment[matched] != value[i]) matched = borders[matched - 1];
            if (segment[matched] == value[i]) matched++;
            if (matched == segment.Length) return i + 1 - matched;
        }

        return -1;
    }

    // For each beginning of the segment, the length of its longest proper beginning that is also its end.
    private static int[] Borders(ReadOnlySpan<byte> segment)
    {
        var borders = new int[segment.Length];
        for (int i = 1, k = 0; i < segment.Length; i++)
        {
            while (k > 0 && segment[k] != segment[i]) k = borders[k - 1];
            if (segment[k] == segment[i]) k++;
            borders[i] = k;
        }

        return borders;
    }
}
