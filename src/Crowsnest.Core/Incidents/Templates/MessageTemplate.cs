namespace Crowsnest.Core.Incidents.Templates;

/// <summary>How an incident is told: its title, and what is said under it. What a template does not say is said as always.</summary>
/// <param name="Title">The line that names it; <see langword="null"/>: as always.</param>
/// <param name="Text">The lines under that; <see langword="null"/>: as always.</param>
public sealed record MessageTemplate(Template? Title, Template? Text)
{
    private const int TitleMax = 300;

    /// <summary>A message whose incidents say what the template makes of them; where it makes nothing, what they say always.</summary>
    public Notification Apply(Notification notification, MessageLinks links)
    {
        ArgumentNullException.ThrowIfNull(notification);
        return notification with
        {
            Incidents =
            [
                .. notification.Incidents.Select(incident =>
                {
                    var input = new TemplateInput(notification, incident, links);
                    var title = Title?.Lines(input) is { } lines ? VisibleText.Cut(string.Join(' ', lines), TitleMax) : null;
                    return incident with { Words = new IncidentWords(title, Text?.Lines(input)) };
                }),
            ],
        };
    }
}

/// <summary>An incident in the words of a template, fit to be shown.</summary>
/// <param name="Title">The line that names it; <see langword="null"/>: as always.</param>
/// <param name="Lines">What is said under it, never empty; <see langword="null"/>: as always.</param>
public sealed record IncidentWords(string? Title, IReadOnlyList<string>? Lines);
