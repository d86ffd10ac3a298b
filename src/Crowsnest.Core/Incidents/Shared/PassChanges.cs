namespace Crowsnest.Core.Incidents.Shared;

/// <summary>What one pass decided: the last word for each thing.</summary>
public sealed class PassChanges
{
    /// <summary>Incidents by their ids, and whether they are removed.</summary>
    public Dictionary<string, (Incident Incident, bool IsRemoved)> Incidents { get; } = new(StringComparer.Ordinal);

    /// <summary>Groups by their keys, and whether they are removed.</summary>
    public Dictionary<string, (NotificationGroup Group, bool IsRemoved)> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>Silences by their ids, and whether they are removed.</summary>
    public Dictionary<string, (Silence Silence, bool IsRemoved)> Silences { get; } = new(StringComparer.Ordinal);

    /// <summary>Messages for the outbox by their ids; one that is stored stays as it is.</summary>
    public Dictionary<string, OutboxEntry> Messages { get; } = new(StringComparer.Ordinal);

    /// <summary>By firing: its incident, and the rank of the firing that the pass saw; one that is stored with a greater rank goes on waiting.</summary>
    public Dictionary<string, (string Incident, int Rank)> Assigned { get; } = new(StringComparer.Ordinal);

    /// <summary>Firings that were too old to be told.</summary>
    public int TooOld { get; set; }

    /// <summary>There is nothing to write.</summary>
    public bool IsEmpty => Incidents.Count + Groups.Count + Silences.Count + Messages.Count + Assigned.Count + TooOld == 0;

    /// <summary>The incident with this id is not removed by this pass.</summary>
    internal IEnumerable<Incident> Saved => Incidents.Values.Where(one => !one.IsRemoved).Select(one => one.Incident);
}
