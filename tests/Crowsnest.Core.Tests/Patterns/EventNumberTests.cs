using System.Globalization;
using System.Text;
using Crowsnest.Core.Patterns;

namespace Crowsnest.Core.Tests.Patterns;

public sealed class EventNumberTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("300", 300)]
    [InlineData("3e2", 300)]
    [InlineData("300.00", 300)]
    [InlineData("-0.0", 0)]
    [InlineData("0e99999999999", 0)]
    [InlineData("4.9E-324", double.Epsilon)]
    [InlineData("1.7976931348623157e308", double.MaxValue)]
    [InlineData("9007199254740992", 9007199254740992)]
    [InlineData("-122.42916360922355", -122.42916360922355)]
    public void A_double_is_held_in_any_spelling(string text, double number)
    {
        Assert.True(EventNumber.TryRead(Encoding.UTF8.GetBytes(text), out var read));
        Assert.Equal(number, read);
        Assert.False(double.IsNegative(read) && read == 0);
    }

    [Theory]
    [InlineData("9007199254740993")]
    [InlineData("0.12345678901234567890")]
    [InlineData("18446744073709551616")]
    [InlineData("1e309")]
    [InlineData("1e-400")]
    [InlineData("4e-324")]
    [InlineData("37.807807921694092")]
    [InlineData("2.0e422")]
    public void What_no_double_is_written_as_is_none(string text) => Assert.False(EventNumber.TryRead(Encoding.UTF8.GetBytes(text), out _));

    // Goal: the fast way says what parsing and writing says.
    // Method: doubles as they are written, the same with the last digit changed, and digits by chance.
    [Fact]
    public void The_fast_way_agrees_with_the_slow_one()
    {
        var random = Seeds.Random(output, out _);
        var (held, all) = (0, 0);
        for (var i = 0; i < 300_000; i++)
        {
            var number = (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(-6, 18));
            var text = number.ToString("R", CultureInfo.InvariantCulture);
            if (i % 3 == 1 && char.IsAsciiDigit(text[^1])) text = text[..^1] + (char)('0' + random.Next(10));
            if (i % 3 == 2) text = string.Create(CultureInfo.InvariantCulture, $"{random.Next(-200, 200)}.{random.NextInt64(1L << 50):D15}");
            var bytes = Encoding.UTF8.GetBytes(text);
            var fast = EventNumber.TryRead(bytes, out var one);
            var slow = EventNumber.TryReadSlowly(bytes, out var other);
            Assert.True(fast == slow && (!fast || one == other), text);
            held += fast ? 1 : 0;
            all++;
        }

        Assert.InRange(held, all / 3, all - (all / 10));
    }
}
