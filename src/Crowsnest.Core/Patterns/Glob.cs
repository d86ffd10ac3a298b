using System.Text;

namespace Crowsnest.Core.Patterns;

/// <summary>A <c>wildcard</c>: <c>*</c> stands for any characters, <c>\*</c> and <c>\\</c> for themselves.</summary>
/// <remarks>
/// Matching takes the segments between stars from left to right, each where it first occurs: with <c>*</c> alone that finds a match if there is one, and never goes back. A value is
/// read at most once a segment of up to 64 bytes, by a vectorised search whose worst case is 64 times its length, and once for all longer segments together.
/// </remarks>
internal sealed class Glob
{
    // Up to here a search that may compare at each byte is cheap enough in the worst case; beyond it an automaton reads each byte of the value a bounded number of times.
    private const int PlainSearchMax = 64;

    private readonly byte[][] _segments;
    private readonly int[]?[] _borders;
    private readonly int _lengthMin;

    private Glob(string text, byte[][] segments)
    {
        Text = text;
        _segments = segments;
        _borders = [.. segments.Select((s, i) => s.Length > PlainSearchMax && i > 0 && i < segments.Length - 1 ? Borders(s) : null)];
        _lengthMin = segments.Sum(s => s.Length);
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>What stands between the stars.</summary>
    public IReadOnlyList<byte[]> Segments => _segments;

    /// <summary>What every match begins with; empty when it may begin with anything.</summary>
    public byte[] Beginning => _segments[0];

    /// <summary>What every match ends with; empty when it may end with anything.</summary>
    public byte[] End => _segments[^1];

    /// <summary>Reads a wildcard; <see langword="null"/> and what is wrong, in words, when it is none.</summary>
    public static Glob? Parse(string text, out string mistake)
    {
        var (segments, current) = (new List<byte[]>(), new StringBuilder());
        mistake = "";
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '*' when i + 1 < text.Length && text[i + 1] == '*':
                    mistake = $"a wildcard has no two '*' in a row (character {i + 1} of it)";
                    return null;
                case '*':
                    segments.Add(JavaText.Utf8(current.ToString()));
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

        segments.Add(JavaText.Utf8(current.ToString()));
        return new Glob(text, [.. segments]);
    }

    /// <summary>Whether the whole of a value matches.</summary>
    public bool Matches(ReadOnlySpan<byte> value)
    {
        if (_segments.Length == 1) return value.SequenceEqual(_segments[0]);
        if (value.Length < _lengthMin || !value.StartsWith(_segments[0]) || !value.EndsWith(_segments[^1])) return false;
        value = value[_segments[0].Length..^_segments[^1].Length];
        for (var i = 1; i < _segments.Length - 1; i++)
        {
            var segment = _segments[i];
            var found = _borders[i] is { } borders ? IndexOf(value, segment, borders) : value.IndexOf(segment);
            if (found < 0) return false;
            value = value[(found + segment.Length)..];
        }

        return true;
    }

    // Knuth, Morris and Pratt: after a mismatch go on with the longest beginning of the segment that the value read so far ends with.
    private static int IndexOf(ReadOnlySpan<byte> value, byte[] segment, int[] borders)
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
    private static int[] Borders(byte[] segment)
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
