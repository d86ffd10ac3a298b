using Crowsnest.Commands;

namespace Crowsnest.Host.Tests.Commands;

public class ProgressBarTests
{
    [Theory]
    [InlineData(0, 10L, "[........................] 0 %  words")]
    [InlineData(5, 10L, "[############............] 50 %  words")]
    [InlineData(11, 10L, "[########################] 100 %  words")]
    [InlineData(5, 0L, "words")]
    [InlineData(5, null, "words")]
    public void A_line_has_a_bar_where_the_whole_is_known(long done, long? inAll, string line) => Assert.Equal(line, ProgressBar.Line(done, inAll, "words"));

    [Theory]
    [InlineData(true, "\r1\u001b[K\r\u001b[K")]
    [InlineData(false, "")]
    public void It_is_shown_to_a_person_only_not_too_often_and_taken_away_at_the_end(bool isTerminal, string expected)
    {
        using var error = new StringWriter();
        var host = new CommandHost
        {
            Out = TextWriter.Null, Error = error, ErrorIsTerminal = isTerminal, OpenInput = () => Stream.Null, OpenOutput = () => Stream.Null, Environment = _ => null, Time = new StoppedClock(),
        };
        using (var bar = new ProgressBar(host))
        {
            bar.Show(() => "1");
            bar.Show(() => "2");
        }

        Assert.Equal(expected, error.ToString());
    }

    private sealed class StoppedClock : TimeProvider
    {
        public override long GetTimestamp() => 1;
    }
}
