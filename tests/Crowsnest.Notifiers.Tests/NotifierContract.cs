using System.Collections.Immutable;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Tests;

/// <summary>What every medium keeps of <see cref="INotifier"/>.</summary>
public abstract class NotifierContract : IAsyncDisposable
{
    /// <summary>A notifier whose target takes everything.</summary>
    protected abstract Task<INotifier> WorkingAsync();

    /// <summary>A notifier whose target takes the message and never comes back, and what completes when it has it.</summary>
    protected abstract Task<(INotifier Notifier, Task Reached)> StuckAsync(TimeProvider time);

    [Fact]
    public async Task A_message_is_sent_and_may_be_sent_again()
    {
        var notifier = await WorkingAsync();
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken));
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Hostile_text_in_every_field_is_no_reason_to_fail()
    {
        const string Text = SomeMessage.Hostile;
        var labels = ImmutableSortedDictionary<string, string>.Empty.Add(Text, Text).Add("severity", Text).Add("cluster", Text);
        var message = SomeMessage.Of(SomeMessage.Incident() with
        {
            Id = Text, Labels = labels, Summary = Text, NextStep = Text, Evidence = [Text, Text], Resources = [Text],
        }) with { NotificationId = Text, Receiver = Text, GroupKey = Text, GroupLabels = labels };
        Assert.Equal(Delivery.Sent, await (await WorkingAsync()).SendAsync(message, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Many_messages_at_once_all_arrive()
    {
        var notifier = await WorkingAsync();
        var sends = Enumerable.Range(0, 50).Select(i => notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()) with { NotificationId = "n" + i }, TestContext.Current.CancellationToken).AsTask());
        Assert.All(await Task.WhenAll(sends), delivery => Assert.Equal(Delivery.Sent, delivery));
    }

    [Fact]
    public async Task A_target_that_does_not_come_back_is_left_after_its_time()
    {
        var time = new FiringTime();
        var (notifier, reached) = await StuckAsync(time);
        var sending = notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        await reached.WaitAsync(TestContext.Current.CancellationToken);
        Assert.False(sending.IsCompleted);

        time.FireAll();
        Assert.Equal(DeliveryOutcome.NotNow, (await sending).Outcome);
    }

    [Fact]
    public async Task A_caller_that_gives_up_gets_its_own_cancellation()
    {
        var (notifier, reached) = await StuckAsync(TimeProvider.System);
        using var givingUp = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var sending = notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), givingUp.Token).AsTask();
        await reached.WaitAsync(TestContext.Current.CancellationToken);
        await givingUp.CancelAsync();
        Assert.Equal(givingUp.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending)).CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await CleanUpAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what is stuck, and stops what was started.</summary>
    protected abstract ValueTask CleanUpAsync();
}
