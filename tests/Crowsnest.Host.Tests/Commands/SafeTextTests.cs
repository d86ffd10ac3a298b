using Crowsnest.Commands;

namespace Crowsnest.Host.Tests.Commands;

public sealed class SafeTextTests
{
    [Theory]
    [InlineData("plain é 漢 😀", "plain é 漢 😀")]
    [InlineData("a\u001b]0;title\u0007b", @"a\u001b]0;title\u0007b")]
    [InlineData("a\nb\tc", "a b c")]
    [InlineData("\u009b31m", @"\u009b31m")]
    [InlineData("abc\u202egpj", @"abc\u202egpj")]
    public void Nothing_that_a_terminal_obeys_passes(string text, string safe) => Assert.Equal(safe, SafeText.Of(text));

    // Not as inline data: half a surrogate pair does not survive in an attribute.
    [Fact]
    public void Half_a_surrogate_pair_is_shown_as_such() => Assert.Equal(@"\ud800x", SafeText.Of("\ud800x"));

    [Theory]
    [InlineData("=cmd|' /C calc'!A0", "\"'=cmd|' /C calc'!A0\"")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("+1 800", "\"'+1 800\"")]
    [InlineData("-5", "-5")]
    [InlineData("say \"hi\"", "\"say \"\"hi\"\"\"")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("plain", "plain")]
    public void No_value_of_a_csv_line_is_a_formula(string text, string safe) => Assert.Equal(safe, SafeText.Csv(text));
}
