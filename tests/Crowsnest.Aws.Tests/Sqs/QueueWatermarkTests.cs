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
        Take(Now.AddSeconds(-80), Now.AddMinutes(-90));
        Take(Now.AddSeconds(-50), Now.AddMinutes(-60));
        Take(Now.AddSeconds(-49.9), Now.AddMinutes(-70));
        Take(Now, Now.AddMinutes(-40));
        _watermark.Asked(Now, isDrained: false);
        Assert.Equal(Now.AddMinutes(-70), _watermark.Read(Now));

        // The two before the last came more than a minute before.
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now.AddSeconds(30)));
    }

    // A queue of the usual kind gives what it holds in no strict order, and a poller asks only some of its servers.
    [Fact]
    public void The_first_message_of_a_backlog_need_not_be_its_oldest()
    {
        _watermark.Asked(Now.AddHours(-3), isDrained: true);
        Take(Now, Now.AddMinutes(-10));
        Assert.Equal(Now.AddHours(-3), _watermark.Read(Now.AddSeconds(1)));
        Take(Now.AddSeconds(30), Now.AddHours(-2));
        Assert.Equal(Now.AddHours(-3), _watermark.Read(Now.AddSeconds(59)));
        Take(Now.AddSeconds(61), Now.AddHours(-1));
        Assert.Equal(Now.AddHours(-2), _watermark.Read(Now.AddSeconds(61)));
    }

    [Fact]
    public void A_new_process_ends_nothing_by_the_first_message_that_it_gets()
    {
        Take(Now, Now.AddMinutes(-10));
        Take(Now.AddSeconds(30), Now.AddMinutes(-12));
        Assert.Equal(DateTimeOffset.UnixEpoch, _watermark.Read(Now.AddSeconds(59)));
        Assert.Equal(Now.AddMinutes(-12), _watermark.Read(Now.AddSeconds(61)));
    }

    // Goal: whatever is slow, an event that is not on disk is not judged past. Method: one receive is not settled for ten minutes, while newer ones come and go.
    [Fact]
    public void What_was_received_long_ago_and_is_not_on_disk_holds_it()
    {
        _watermark.Asked(Now.AddHours(-2), isDrained: true);
        var slow = _watermark.Received(Now, Now.AddMinutes(-60));
        for (var i = 1; i <= 600; i++) Take(Now.AddSeconds(i), Now.AddMinutes(-30).AddSeconds(i));
        Assert.Equal(Now.AddMinutes(-60), _watermark.Read(Now.AddMinutes(10)));

        // What the queue counts is only about right.
        _watermark.Asked(Now.AddMinutes(10), isDrained: true);
        Assert.Equal(Now.AddMinutes(-60), _watermark.Read(Now.AddMinutes(20)));
        _watermark.Settled(slow);
        _watermark.Asked(Now.AddMinutes(20), isDrained: true);
        Assert.Equal(Now.AddMinutes(20), _watermark.Read(Now.AddMinutes(20)));
    }

    [Fact]
    public void What_is_older_than_all_that_was_in_moves_it_back_though_nobody_looks()
    {
        _watermark.Asked(Now, isDrained: true);
        Take(Now.AddSeconds(1), Now.AddMinutes(-40));
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now.AddMinutes(30)));
    }

    [Fact]
    public void What_does_not_say_when_it_was_sent_moves_nothing()
    {
        _watermark.Asked(Now.AddHours(-2), isDrained: true);
        for (var i = 0; i < 120; i++) Take(Now.AddSeconds(i), null);
        Assert.Equal(Now.AddHours(-2), _watermark.Read(Now.AddMinutes(2)));
    }

    [Fact]
    public void It_stays_where_it_was_while_nothing_comes_and_nothing_is_known()
    {
        Take(Now.AddMinutes(-1), Now.AddMinutes(-41));
        Take(Now, Now.AddMinutes(-40));
        Assert.Equal(Now.AddMinutes(-41), _watermark.Read(Now));
        _watermark.Asked(Now.AddMinutes(5), isDrained: false);
        Assert.Equal(Now.AddMinutes(-41), _watermark.Read(Now.AddMinutes(6)));
    }

    [Fact]
    public void A_backlog_that_is_over_holds_nothing_back()
    {
        Take(Now, Now.AddMinutes(-40));
        _watermark.Asked(Now.AddSeconds(5), isDrained: true);
        Take(Now.AddSeconds(6), Now.AddSeconds(5.5));
        Assert.Equal(Now.AddSeconds(5), _watermark.Read(Now.AddSeconds(7)));
    }

    // An answer does not count what was sent and received after the question.
    [Fact]
    public void What_came_while_the_queue_answered_counts()
    {
        _watermark.Asked(Now.AddSeconds(-5), isDrained: true);
        Take(Now.AddSeconds(1), Now.AddMinutes(-40));
        _watermark.Asked(Now, isDrained: true);
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now.AddSeconds(2)));
    }

    [Fact]
    public void A_clock_that_is_ahead_moves_it_to_now_at_most()
    {
        for (var i = 0; i <= 60; i++) Take(Now.AddSeconds(i - 60), Now.AddHours(1));
        Assert.Equal(Now, _watermark.Read(Now));
    }

    [Fact]
    public void A_minute_of_receives_at_any_pace_is_kept_whole()
    {
        for (var i = 0; i < 60_000; i++) Take(Now.AddMilliseconds(i), Now.AddMinutes(-40).AddMilliseconds(i));
        Assert.Equal(Now.AddMinutes(-40), _watermark.Read(Now.AddMilliseconds(60_000)));
        Assert.True(_watermark.Read(Now.AddMilliseconds(90_000)) >= Now.AddMinutes(-40).AddSeconds(29));
    }

    // Received, and on disk at once.
    private void Take(DateTimeOffset now, DateTimeOffset? sent) => _watermark.Settled(_watermark.Received(now, sent));
}
