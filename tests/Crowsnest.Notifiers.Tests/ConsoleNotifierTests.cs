using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Console;

namespace Crowsnest.Notifiers.Tests;

public sealed class ConsoleNotifierTests : NotifierContract
{
    private readonly BlockingWriter _blocking = new();
    private readonly List<IDisposable> _made = [];

    [Fact]
    public async Task A_message_says_what_where_since_when_and_what_to_do()
    {
        var text = await TextAsync(SomeMessage.Of(SomeMessage.Incident(), SomeMessage.Incident("billing", count: 12)));
        Golden.Equal("console.txt", text);
    }

    [Fact]
    public async Task What_is_over_says_so_and_by_what() =>
        Golden.Equal("console-resolved.txt", await TextAsync(SomeMessage.Of(SomeMessage.Resolved(), SomeMessage.Incident("billing"))));

    [Fact]
    public async Task Event_text_begins_no_line_and_reaches_no_terminal()
    {
        var text = await TextAsync(SomeMessage.Of(SomeMessage.Incident(SomeMessage.Hostile, SomeMessage.Hostile)));

        Assert.DoesNotContain('\u001b', text);
        Assert.DoesNotContain('\r', text);
        Assert.DoesNotContain('\u202e', text);
        Assert.All(text.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.True(line.StartsWith('[') || line.StartsWith("    ", StringComparison.Ordinal), line));
    }

    [Fact]
    public async Task A_console_that_is_gone_is_tried_again()
    {
        var gone = new StringWriter();
        await gone.DisposeAsync();
        using var notifier = new ConsoleNotifier(gone, TimeProvider.System);
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
    }

    [Fact]
    public async Task A_time_of_another_day_has_its_date_and_a_place_its_account()
    {
        var incident = SomeMessage.Incident() with { LastAt = SomeMessage.Noon.AddHours(13) };
        var text = await TextAsync(SomeMessage.Of(incident with { Labels = incident.Labels.Add("account", "123456789012").Add("region", "eu-west-1") }));
        Assert.Contains("2026-03-02 12:00:00 to 2026-03-03 01:00:00 UTC", text, StringComparison.Ordinal);
        Assert.Contains("in prod/api (123456789012 eu-west-1):", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_is_one_write()
    {
        await using var output = new CountingWriter();
        using var notifier = new ConsoleNotifier(output, TimeProvider.System);
        await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident(), SomeMessage.Incident("billing")), TestContext.Current.CancellationToken);
        Assert.Equal(1, output.Writes);
    }

    [Fact]
    public async Task What_came_out_after_its_attempt_was_left_is_not_written_again()
    {
        var time = new FiringTime();
        var (notifier, reached) = await StuckAsync(time);
        var message = SomeMessage.Of(SomeMessage.Incident());
        var sending = notifier.SendAsync(message, TestContext.Current.CancellationToken);
        await reached;
        time.FireAll();
        Assert.Equal(DeliveryOutcome.NotNow, (await sending).Outcome);

        // Still stuck: other messages do not wait for it.
        Assert.Equal(DeliveryOutcome.NotNow, (await notifier.SendAsync(message with { NotificationId = "another" }, TestContext.Current.CancellationToken)).Outcome);

        _blocking.Resume();
        await _blocking.Written.WaitAsync(TestContext.Current.CancellationToken);
        Delivery again;
        do again = await notifier.SendAsync(message, TestContext.Current.CancellationToken);
        while (again.Outcome == DeliveryOutcome.NotNow); // The write has come out and is about to let go.
        Assert.Equal(Delivery.Sent, again);
        Assert.Equal(1, _blocking.Writes);
    }

    protected override Task<INotifier> WorkingAsync() => Task.FromResult<INotifier>(Make(new StringWriter(), TimeProvider.System));

    protected override Task<(INotifier Notifier, Task Reached)> StuckAsync(TimeProvider time) =>
        Task.FromResult<(INotifier, Task)>((Make(_blocking, time), _blocking.Reached));

    protected override ValueTask CleanUpAsync()
    {
        _blocking.Resume();
        foreach (var made in _made) made.Dispose();
        return ValueTask.CompletedTask;
    }

    private ConsoleNotifier Make(TextWriter output, TimeProvider time)
    {
        var notifier = new ConsoleNotifier(output, time);
        _made.Add(notifier);
        return notifier;
    }

    private static async Task<string> TextAsync(Notification notification)
    {
        await using var output = new StringWriter();
        using var notifier = new ConsoleNotifier(output, TimeProvider.System);
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(notification, TestContext.Current.CancellationToken));
        return output.ToString();
    }

    private sealed class CountingWriter : StringWriter
    {
        public int Writes { get; private set; }

        public override void Write(string? value) => Writes++;
    }

    /// <summary>A terminal that is paused, until it is not.</summary>
    private sealed class BlockingWriter : StringWriter
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _written = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _go = new();

        public Task Reached => _reached.Task;

        public Task Written => _written.Task;

        public int Writes { get; private set; }

        public void Resume() => _go.TrySetResult();

        public override void Write(string? value)
        {
            _reached.TrySetResult();
            _go.Task.GetAwaiter().GetResult();
            Writes++;
            _written.TrySetResult();
        }
    }
}
