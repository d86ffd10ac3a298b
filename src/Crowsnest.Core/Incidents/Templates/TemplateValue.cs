using System.Collections.Immutable;

namespace Crowsnest.Core.Incidents.Templates;

/// <summary>What a placeholder stands for, as far as it decides which filters go with it.</summary>
internal enum ValueKind
{
    /// <summary>A text, perhaps empty.</summary>
    Text,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A moment, or none.</summary>
    Time,

    /// <summary>Texts in order.</summary>
    List,

    /// <summary>Texts by name.</summary>
    Map,
}

/// <summary>What a template is filled with.</summary>
/// <param name="Notification">The message.</param>
/// <param name="Incident">The incident of it that is shown.</param>
/// <param name="Links">Where it leads.</param>
internal sealed record TemplateInput(Notification Notification, NotifiedIncident Incident, MessageLinks Links);

/// <summary>A placeholder: its name, what it stands for, and how that is found.</summary>
internal sealed record Placeholder(string Name, ValueKind Kind, Func<TemplateInput, object?> Read)
{
    private const string LabelPrefix = "labels.";

    /// <summary>All that have a fixed name, in the order in which they are documented.</summary>
    public static ImmutableArray<Placeholder> All { get; } =
    [
        new("id", ValueKind.Text, input => input.Incident.Id),
        new("status", ValueKind.Text, input => input.Incident.IsResolved ? "resolved" : "firing"),
        new("mark", ValueKind.Text, input => MessageText.Mark(input.Incident)),
        new("severity", ValueKind.Text, Label("severity")),
        new("kind", ValueKind.Text, Label("kind")),
        new("rule", ValueKind.Text, Label("alertname")),
        new("place", ValueKind.Text, input => MessageText.Where(input.Incident)),
        new("summary", ValueKind.Text, input => input.Incident.Summary),
        new("nextStep", ValueKind.Text, input => input.Incident.NextStep),
        new("resolution", ValueKind.Text, input => input.Incident.Resolution),
        new("evidence", ValueKind.List, input => input.Incident.Evidence),
        new("log", ValueKind.List, input => input.Incident.LogLines),
        new("resources", ValueKind.List, input => input.Incident.Resources),
        new("labels", ValueKind.Map, input => input.Incident.Labels),
        new("count", ValueKind.Number, input => input.Incident.Count),
        new("firstAt", ValueKind.Time, input => input.Incident.FirstAt),
        new("lastAt", ValueKind.Time, input => input.Incident.LastAt),
        new("resolvedAt", ValueKind.Time, input => input.Incident.ResolvedAt),
        new("sentAt", ValueKind.Time, input => input.Notification.At),
        new("receiver", ValueKind.Text, input => input.Notification.Receiver),
        new("link", ValueKind.Text, input => input.Links.Page(input.Incident) ?? ""),
    ];

    /// <summary>The placeholder of this name, <c>labels.NAME</c> too; <see langword="null"/> when there is none.</summary>
    public static Placeholder? Of(string name) =>
        name.StartsWith(LabelPrefix, StringComparison.Ordinal) && name.Length > LabelPrefix.Length ? new(name, ValueKind.Text, Label(name[LabelPrefix.Length..])) : All.FirstOrDefault(one => one.Name == name);

    private static Func<TemplateInput, object?> Label(string name) => input => input.Incident.Labels.GetValueOrDefault(name, "");
}
