using Crowsnest.Aws.Sqs;

namespace Crowsnest.Aws.Tests.Sqs;

/// <summary>What is known of a queue's backlog decides up to when things are judged.</summary>
public sealed class QueueWatermarkTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private readonly QueueWatermark _watermark = new();

    [Fact]
    public void Nothing_is_judged_before_the_queue_was_asked() => Assert.Equal(DateTimeOffset.UnixEpoch, _watermark.Read(Now));

    [Fact]
    public void A_drained_queue_is_known_up_to_when_it_was_asked()
    {
        _watermark.Asked(Now.AddSeconds(-3), isDrained: true);
        Assert.Equal(Now.AddSeconds(-3), _watermark.Read(Now));
    }

    [Fact]
    public void A_backlog_is_known_up_to_its_oldest_message_of_the_last_minute()
    {
        _watermark.Asked(Now.AddHours(-2), isDrained: true);
        _watermark.Received(Now.AddSeconds(-50), Now.AddMinutes(-60));
        _watermark.Received(Now.AddSeconds(-49.9), Now.AddMinutes(-70));
        _watermark.Received(Now, Now.AddMinutes(-40));
        _watermark.Asked(Now, isDrained: false);
        Assert.Equal(Now.AddMinutes(-70), _watermark.Read(Now));

        // The first two came more than a minute before.
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now.AddSeconds(30)));
    }

    [Fact]
    public void It_stays_where_it_was_while_nothing_comes_and_nothing_is_known()
    {
        _watermark.Received(Now, Now.AddMinutes(-40));
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now));
        _watermark.Asked(Now.AddMinutes(5), isDrained: false);
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now.AddMinutes(6)));
    }

    [Fact]
    public void A_backlog_that_is_over_holds_nothing_back()
    {
        _watermark.Received(Now, Now.AddMinutes(-40));
        _watermark.Asked(Now.AddSeconds(5), isDrained: true);
        _watermark.Received(Now.AddSeconds(6), Now.AddSeconds(5.5));
        Assert.Equal(Now.AddSeconds(5.5), _watermark.Read(Now.AddSeconds(7)));
    }

    // An answer does not count what was sent and received after the question.
    [Fact]
    public void What_came_while_the_queue_answered_counts()
    {
        _watermark.Received(Now.AddSeconds(1), Now.AddMinutes(-40));
        _watermark.Asked(Now, isDrained: true);
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now.AddSeconds(2)));
    }

    [Fact]
    public void A_clock_that_is_ahead_moves_it_to_now_at_most()
    {
        _watermark.Received(Now, Now.AddHours(1));
        Assert.Equal(Now, _watermark.Read(Now));
    }

    [Fact]
    public void A_minute_of_receives_at_any_pace_is_kept_whole()
    {
        for (var i = 0; i < 60_000; i++) _watermark.Received(Now.AddMilliseconds(i), Now.AddMinutes(-40).AddMilliseconds(i));
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now.AddMilliseconds(60_000)));
        Assert.True(_watermark.Read(Now.AddMilliseconds(90_000)) >= Now.AddMinutes(-40).AddSeconds(29));
    }
}
