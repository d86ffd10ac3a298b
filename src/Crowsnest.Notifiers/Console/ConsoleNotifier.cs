using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Console;

/// <summary>Writes messages for a person at a terminal or over a log: a line for each incident, and under it what is known and what to do.</summary>
/// <remarks>
/// A message is one write, so that messages of two receivers do not mix. Event text cannot move the cursor, colour the terminal or begin a line of its own.
/// A console that takes no text (a paused terminal, a pipe that nobody reads) is left after ten seconds, so that it holds up no other receiver and no shutdown.
/// </remarks>
public sealed class ConsoleNotifier(TextWriter output, TimeProvider time, MessageLinks? links = null) : INotifier, IDisposable
{
    private const int TextMax = 500;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _gate = new(1, 1);

    // The write that an attempt left under way: it cannot be taken back, and may still come out.
    private volatile Abandoned? _abandoned;

    /// <inheritdoc/>
    public string Kind => "console";

    /// <inheritdoc/>
    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        cancellationToken.ThrowIfCancellationRequested();
        if (_abandoned is { Writing.IsCompleted: false }) return TakesNoText();

        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        Task? writing = null;
        try
        {
            await _gate.WaitAsync(both.Token).ConfigureAwait(false);
            if (_abandoned is { Writing.IsCompletedSuccessfully: true } late && late.NotificationId == notification.NotificationId)
            {
                _abandoned = null;
                _gate.Release();
                return Delivery.Sent;
            }

            writing = WriteAsync(MessageText.Of(notification, links));
            await writing.WaitAsync(both.Token).ConfigureAwait(false);
            return Delivery.Sent;
        }
        catch (OperationCanceledException)
        {
            if (writing is not null) _abandoned = new Abandoned(notification.NotificationId, writing);
            cancellationToken.ThrowIfCancellationRequested();
            return TakesNoText();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return Delivery.NotNow($"The console cannot be written to: {VisibleText.Of(e.Message, TextMax)}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

    private static Delivery TakesNoText() => Delivery.NotNow("The console takes no text: its terminal is paused, or nobody reads its pipe.");

    // The gate is held by the write and not by the attempt. Off this thread, because writing to a console blocks, whatever its method is called.
    private Task WriteAsync(string text) => Task.Run(
        () =>
        {
            try
            {
                output.Write(text);
                output.Flush();
            }
            finally
            {
                _gate.Release();
            }
        },
        CancellationToken.None);

    private sealed record Abandoned(string NotificationId, Task Writing);
}
