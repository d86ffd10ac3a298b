namespace Crowsnest.Core.Patterns;

/// <summary>Which part of a value a text is compared with.</summary>
internal enum TextPart
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>Its beginning.</summary>
    Beginning,

    /// <summary>Its end.</summary>
    End,
}

/// <summary>
/// A text for <c>equals-ignore-case</c>: each of its UTF-16 units stands for its lower or its upper case, and the value is not folded.
/// </summary>
/// <remarks>
/// So <c>ß</c> in a pattern takes "ß" and "SS", and <c>ss</c> in a pattern does not take "ß". A unit is looked at alone, as event-ruler does: each half of a
/// surrogate pair becomes <c>?</c>. The two cases of a unit never begin or end alike, which is why comparing needs no way back.
/// </remarks>
internal sealed class FoldedText
{
    private readonly byte[][] _lower;
    private readonly byte[][] _upper;

    public FoldedText(string text)
    {
        Text = text;
        _lower = [.. text.Select(c => JavaText.Utf8(LetterCases.Lower(c)))];
        _upper = [.. text.Select(c => JavaText.Utf8(LetterCases.Upper(c)))];
        if (text.All(c => char.IsAscii(c) || LetterCases.Lower(c) == LetterCases.Upper(c))) Simple = [.. _lower.SelectMany(b => b)];
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>Its lower case, when only ASCII letters in it have a case: then a value matches just when its own ASCII lower case equals this. Otherwise <see langword="null"/>.</summary>
    public byte[]? Simple { get; }

    /// <summary>Whether a value, or its beginning or end, is this text in some case.</summary>
    public bool Matches(ReadOnlySpan<byte> value, TextPart part)
    {
        for (var i = 0; i < _lower.Length; i++)
        {
            var unit = part == TextPart.End ? _lower.Length - 1 - i : i;
            var length = part == TextPart.End ? EndLength(value, _lower[unit], _upper[unit]) : BeginningLength(value, _lower[unit], _upper[unit]);
            if (length == 0) return false;
            value = part == TextPart.End ? value[..^length] : value[length..];
        }

        return part != TextPart.Whole || value.IsEmpty;
    }

    private static int BeginningLength(ReadOnlySpan<byte> value, byte[] lower, byte[] upper) => value.StartsWith(lower) ? lower.Length : value.StartsWith(upper) ? upper.Length : 0;

    private static int EndLength(ReadOnlySpan<byte> value, byte[] lower, byte[] upper) => value.EndsWith(lower) ? lower.Length : value.EndsWith(upper) ? upper.Length : 0;
}
