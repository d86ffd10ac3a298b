using Crowsnest.Core.Incidents;

namespace Crowsnest.Server.Silences;

/// <summary>Reads the incidents that fire, which stand among those that are over.</summary>
internal static class OpenIncidents
{
    private const int Page = 1_000;

    // Incidents that are looked through; those of weeks, where thousands a day are opened.
    private const int SearchedMax = 10_000;

    /// <summary>Incidents, latest first, until all that fire are among them and they are older than a moment.</summary>
    /// <param name="store">Where they are.</param>
    /// <param name="since">Also those that are over, as far back as this; <see langword="null"/>: only those that fire are of interest.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<(List<Incident> Incidents, bool IsCut)> ReadAsync(IIncidentStore store, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var open = (await store.CountsAsync(cancellationToken)).Firing;
        var (found, firing) = (new List<Incident>(), 0L);
        IncidentPlace? after = null;
        for (var searched = 0; searched < SearchedMax; searched += Page)
        {
            if (firing >= open && (since is null || (found.Count > 0 && found[^1].LastAt < since))) return (found, false);
            var read = await store.IncidentsAsync(Page, cancellationToken, after);
            found.AddRange(read);
            firing += read.Count(incident => incident.State == IncidentState.Firing);
            if (read.Count < Page) return (found, false);
            after = IncidentPlace.Of(read[^1]);
        }

        return (found, true);
    }

    /// <summary>Those that fire.</summary>
    public static async Task<IReadOnlyList<Incident>> FiringAsync(IIncidentStore store, CancellationToken cancellationToken) =>
        [.. (await ReadAsync(store, null, cancellationToken)).Incidents.Where(incident => incident.State == IncidentState.Firing)];
}
