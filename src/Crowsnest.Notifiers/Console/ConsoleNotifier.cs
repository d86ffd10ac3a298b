using System.Globalization;
using System.Text;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Notifiers.Console;

/// <summary>Writes messages for a person at a terminal or over a log: a line for each incident, and under it what is known and what to do.</summary>
/// <remarks>A message is one write, so that messages of two receivers do not mix. Event text cannot move the cursor, colour the terminal or begin a line of its own.</remarks>
public sealed class ConsoleNotifier(TextWriter output) : INotifier, IDisposable
{
    private const int TextMax = 500;
    private const int EvidenceMax = 4;
    private const int ResourcesMax = 5;

    private readonly SemaphoreSlim _gate = new(1, 1);

    /// <inheritdoc/>
    public string Kind => "console";

    /// <inheritdoc/>
    public async ValueTask<Delivery> SendAsync(Notification notification, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(notification);
        var text = Text(notification);
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await output.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
            await output.FlushAsync(cancellationToken).ConfigureAwait(false);
            return Delivery.Sent;
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return Delivery.NotNow($"The console cannot be written to: {VisibleText.Of(e.Message, TextMax)}");
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gate.Dispose();

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
        return string.Join('/', new[] { cluster, inside }.Where(part => part.Length > 0)) is { Length: > 0 } place ? place : "an unnamed place";
    }

    private static string When(NotifiedIncident incident)
    {
        var first = incident.FirstAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        return incident.FirstAt == incident.LastAt ? $"{first} UTC" : $"{first} to {incident.LastAt.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC";
    }

    private static string About(NotifiedIncident incident)
    {
        var named = incident.Resources.Take(ResourcesMax).Select(r => VisibleText.Of(r, 100)).ToList();
        var more = incident.Count - named.Count;
        return string.Join(", ", named) + (more > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {more} more") : "");
    }

    private static string Label(NotifiedIncident incident, string name) => VisibleText.Of(incident.Labels.GetValueOrDefault(name, ""), 100);

    private static string Shown(string text) => VisibleText.Of(text, TextMax);
}
