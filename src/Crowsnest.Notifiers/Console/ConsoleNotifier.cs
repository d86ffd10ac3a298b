using System.Globalization;
using System.Text;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Console;

/// <summary>Writes messages for a person at a terminal or over a log: a line for each incident, and under it what is known and what to do.</summary>
/// <remarks>
/// A message is one write, so that messages of two receivers do not mix. Event text cannot move the cursor, colour the terminal or begin a line of its own.
/// A console that takes no text (a paused terminal, a pipe that nobody reads) is left after ten seconds, so that it holds up no other receiver and no shutdown.
/// </remarks>
public sealed class ConsoleNotifier(TextWriter output, TimeProvider time) : INotifier, IDisposable
{
    private const int TextMax = 500;
    private const int EvidenceMax = 4;
    private const int ResourcesMax = 5;

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

            writing = WriteAsync(Text(notification));
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

    private static string Text(Notification notification)
    {
        var text = new StringBuilder();
        foreach (var incident in notification.Incidents)
        {
            text.Append(CultureInfo.InvariantCulture, $"[{Label(incident, "severity").ToUpperInvariant()}] {Label(incident, "kind")} in {Where(incident)}: {Shown(incident.Summary)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    when      {When(incident)}\n");
            foreach (var fact in incident.Evidence.Take(EvidenceMax)) text.Append(CultureInfo.InvariantCulture, $"    evidence  {Shown(fact)}\n");
            if (incident.NextStep.Length > 0) text.Append(CultureInfo.InvariantCulture, $"    next      {Shown(incident.NextStep)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    about     {About(incident)}\n");
            text.Append(CultureInfo.InvariantCulture, $"    incident  {VisibleText.Of(incident.Id, 100)}, message {VisibleText.Of(notification.NotificationId, 40)} to {VisibleText.Of(notification.Receiver, 100)}\n");
        }

        if (notification.Truncated > 0) text.Append(CultureInfo.InvariantCulture, $"    and {notification.Truncated} incidents more\n");
        return text.ToString();
    }

    private static string Where(NotifiedIncident incident)
    {
        var cluster = Label(incident, "cluster");
        var inside = Label(incident, "service") is { Length: > 0 } service ? service
            : Label(incident, "instance") is { Length: > 0 } instance ? "instance " + instance
            : Label(incident, "family");
        var place = string.Join('/', new[] { cluster, inside }.Where(part => part.Length > 0)) is { Length: > 0 } named ? named : "an unnamed place";

        // Every account has a cluster "default" in every region.
        var around = string.Join(' ', new[] { Label(incident, "account"), Label(incident, "region") }.Where(part => part.Length > 0));
        return around.Length > 0 ? $"{place} ({around})" : place;
    }

    private static string When(NotifiedIncident incident)
    {
        var (first, last) = (incident.FirstAt.UtcDateTime, incident.LastAt.UtcDateTime);
        var since = first.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return first == last ? $"{since} UTC" : $"{since} to {last.ToString(first.Date == last.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC";
    }

    private static string About(NotifiedIncident incident)
    {
        var named = incident.Resources.Take(ResourcesMax).Select(r => VisibleText.Of(r, 100)).ToList();
        var more = incident.Count - named.Count;
        return string.Join(", ", named) + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "");
    }

    private static string Label(NotifiedIncident incident, string name) => VisibleText.Of(incident.Labels.GetValueOrDefault(name, ""), 100);

    private static string Shown(string text) => VisibleText.Of(text, TextMax);

    private sealed record Abandoned(string NotificationId, Task Writing);
}
