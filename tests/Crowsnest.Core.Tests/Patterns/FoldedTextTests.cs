using System.Text;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests.Patterns;

public sealed class FoldedTextTests
{
    // What lets a comparison do without a way back.
    [Fact]
    public void The_two_cases_of_a_unit_never_begin_or_end_alike()
    {
        for (var unit = 0; unit <= char.MaxValue; unit++)
        {
            var (lower, upper) = (JavaText.Utf8(LetterCases.Lower((char)unit)), JavaText.Utf8(LetterCases.Upper((char)unit)));
            var (shorter, longer) = lower.Length < upper.Length ? (lower, upper) : (upper, lower);
            Assert.True(lower.AsSpan().SequenceEqual(upper) || !(longer.AsSpan().StartsWith(shorter) || longer.AsSpan().EndsWith(shorter)), $"U+{unit:X4}");
        }
    }

    [Theory]
    [InlineData('ß', "ß", "SS")]
    [InlineData('ŉ', "ŉ", "ʼN")]
    [InlineData('İ', "i\u0307", "İ")]
    [InlineData('ı', "ı", "I")]
    [InlineData('ǅ', "ǆ", "Ǆ")]
    [InlineData('\u1F87', "\u1F87", "\u1F0F\u0399")]
    [InlineData('\u1FA8', "\u1FA0", "\u1F68\u0399")]
    [InlineData('ﬃ', "ﬃ", "FFI")]
    [InlineData('ς', "ς", "Σ")]
    [InlineData('a', "a", "A")]
    [InlineData('語', "語", "語")]
    public void Units_have_the_cases_that_Java_gives_them(char unit, string lower, string upper) => Assert.Equal((lower, upper), (LetterCases.Lower(unit), LetterCases.Upper(unit)));

    // Simple texts are looked up in a table of folded values, and must mean the same there.
    [Fact]
    public void Only_texts_whose_letters_are_ASCII_are_simple()
    {
        Assert.Equal("s"u8, new FoldedText("S").Simple ?? []);
        Assert.Equal("web-語"u8, new FoldedText("WEB-語").Simple ?? []);
        Assert.Null(new FoldedText("é").Simple);
        Assert.Null(new FoldedText("\u212A").Simple);
        Assert.True(new FoldedText("WEB-語").Matches(Encoding.UTF8.GetBytes("wEb-語"), TextPart.Whole));
        Assert.False(new FoldedText("k").Matches("\u212A"u8, TextPart.Whole));
    }
}
