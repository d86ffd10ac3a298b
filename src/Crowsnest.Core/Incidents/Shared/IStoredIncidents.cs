using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Incidents.Shared;

/// <summary>What a shared store has of incidents, as one pass reads it. Nothing here knows what the pass has decided since; removed incidents and groups are not there.</summary>
public interface IStoredIncidents
{
    /// <summary>Firings that wait for an incident, or became better since they got theirs, in the order in which they came.</summary>
    Task<IReadOnlyList<(Firing Firing, string? Incident)>> PendingAsync(int limit, CancellationToken cancellationToken);

    /// <summary>The firings of an incident.</summary>
    Task<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken);

    /// <summary>Firings by their ids; what is not known is missing.</summary>
    Task<IReadOnlyList<Firing>> FiringsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>Incidents by their ids; what is not known is missing.</summary>
    Task<IReadOnlyList<Incident>> IncidentsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken);

    /// <summary>Groups by their keys; what is not known is missing.</summary>
    Task<IReadOnlyList<NotificationGroup>> GroupsAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken);

    /// <summary>Incidents of this group with something that happened between these moments, latest first.</summary>
    Task<IReadOnlyList<Incident>> IncidentsOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken);

    /// <summary>Incidents that fire, and expire by a moment if nothing more happens.</summary>
    Task<IReadOnlyList<Incident>> OpenAsync(DateTimeOffset expiringBy, int limit, CancellationToken cancellationToken);

    /// <summary>All silences.</summary>
    Task<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken);

    /// <summary>Groups that are due, the longest waiting first; with <paramref name="unsent"/> also those that wait for their first message.</summary>
    Task<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset now, bool unsent, int limit, CancellationToken cancellationToken);
}
