using Crowsnest.Core.Incidents;
using Crowsnest.Notifiers.Console;

namespace Crowsnest.Notifiers.Tests;

public class ConsoleNotifierTests
{
    [Fact]
    public async Task A_message_says_what_where_since_when_and_what_to_do()
    {
        var text = await TextAsync(SomeMessage.Of(SomeMessage.Incident(), SomeMessage.Incident("billing", count: 12)));
        Golden.Equal("console.txt", text);
    }

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
        using var notifier = new ConsoleNotifier(gone);
        var delivery = await notifier.SendAsync(SomeMessage.Of(SomeMessage.Incident()), TestContext.Current.CancellationToken);
        Assert.Equal(DeliveryOutcome.NotNow, delivery.Outcome);
    }

    private static async Task<string> TextAsync(Notification notification)
    {
        await using var output = new StringWriter();
        using var notifier = new ConsoleNotifier(output);
        Assert.Equal(Delivery.Sent, await notifier.SendAsync(notification, TestContext.Current.CancellationToken));
        return output.ToString();
    }
}
