using System.Text.Json;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Incidents.Shared;
using Crowsnest.Core.Rules;
using Crowsnest.OpenSearch.Http;

namespace Crowsnest.OpenSearch.Incidents;

/// <summary>Incidents, groups and firings as searches find them, once their indices are refreshed.</summary>
internal sealed class OpenSearchStoredIncidents(Documents documents, OpenSearchFirings firings, IndexNames names) : IStoredIncidents
{
    public async Task<IReadOnlyList<(Firing Firing, string? Incident)>> PendingAsync(int limit, CancellationToken cancellationToken) =>
        await firings.PendingAsync(limit, cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<Firing>> FiringsOfAsync(string incident, int limit, CancellationToken cancellationToken) =>
        await firings.OfAsync(incident, limit, cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<Firing>> FiringsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        await firings.GetAsync(ids, cancellationToken).ConfigureAwait(false);

    public async Task<IReadOnlyList<Incident>> IncidentsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken) =>
        [.. (await GetAsync(names.Incidents, ids, cancellationToken).ConfigureAwait(false)).Select(found => IncidentDocument.ReadIncident(found.Inner))];

    public async Task<IReadOnlyList<NotificationGroup>> GroupsAsync(IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        [.. (await GetAsync(names.Groups, keys, cancellationToken).ConfigureAwait(false)).Select(found => IncidentDocument.ReadGroup(found.Inner))];

    public Task<IReadOnlyList<Incident>> IncidentsOfGroupAsync(string groupKey, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken) =>
        IncidentsAsync(limit, json =>
        {
            Filter(json, Term("groupKey", Documents.IdOf(groupKey)), Range("lastAt", "gte", from), Range("firstAt", "lte", to));
            json.Objects("sort", s => s.WriteString("lastAt", "desc"), s => s.WriteString("id", "asc"));
        }, cancellationToken);

    public Task<IReadOnlyList<Incident>> OpenAsync(DateTimeOffset expiringBy, int limit, CancellationToken cancellationToken) =>
        IncidentsAsync(limit, json => Filter(json, Open, Range("expiresAt", "lte", expiringBy)), cancellationToken);

    public async Task<IReadOnlyList<Silence>> SilencesAsync(CancellationToken cancellationToken) =>
    [
        .. (await documents.SearchAsync(names.Silences, SilenceRules.OpenMax + (2 * SilenceRules.ExpiredMax), json => json.Object("query", q => q.Object("bool", b => b.Objects("must_not", Removed))), cancellationToken)
            .ConfigureAwait(false)).Select(d => IncidentDocument.ReadSilence(d.Inner)),
    ];

    public async Task<IReadOnlyList<NotificationGroup>> DueGroupsAsync(DateTimeOffset now, bool unsent, int limit, CancellationToken cancellationToken)
    {
        var found = await documents.SearchAsync(names.Groups, limit, json =>
        {
            json.Object("query", q => q.Object("bool", b =>
            {
                b.Objects("should", [Range("dueAt", "lte", now), .. unsent ? new[] { Number("messages", 0) } : []]);
                b.WriteNumber("minimum_should_match", 1);
                b.Objects("must_not", Removed);
            }));
            json.Objects("sort", s => s.WriteString("dueAt", "asc"), s => s.WriteString("key", "asc"));
        }, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(d => IncidentDocument.ReadGroup(d.Inner))];
    }

    /// <summary>What waits for its end, or for more.</summary>
    internal static void Open(Utf8JsonWriter json) => json.Object("terms", t =>
    {
        t.WriteStartArray("state");
        t.WriteStringValue(nameof(IncidentState.Firing));
        t.WriteStringValue(nameof(IncidentState.Pending));
        t.WriteEndArray();
    });

    internal static void Removed(Utf8JsonWriter json) => json.Object("term", t => t.WriteBoolean("removed", true));

    private async Task<IEnumerable<Document>> GetAsync(string index, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        (await documents.GetAsync(index, [.. keys.Select(Documents.IdOf)], cancellationToken).ConfigureAwait(false)).Where(found => !found.Is("removed"));

    private async Task<IReadOnlyList<Incident>> IncidentsAsync(int limit, Action<Utf8JsonWriter> body, CancellationToken cancellationToken) =>
        [.. (await documents.SearchAsync(names.Incidents, limit, body, cancellationToken).ConfigureAwait(false)).Select(d => IncidentDocument.ReadIncident(d.Inner))];

    private static void Filter(Utf8JsonWriter json, params IEnumerable<Action<Utf8JsonWriter>> filters) => json.Object("query", q => q.Object("bool", b =>
    {
        b.Objects("filter", filters);
        b.Objects("must_not", Removed);
    }));

    private static Action<Utf8JsonWriter> Term(string name, string value) => json => json.Object("term", t => t.WriteString(name, value));

    private static Action<Utf8JsonWriter> Number(string name, long value) => json => json.Object("term", t => t.WriteNumber(name, value));

    private static Action<Utf8JsonWriter> Range(string name, string end, DateTimeOffset at) =>
        json => json.Object("range", r => r.Object(name, n => n.WriteNumber(end, at.ToUnixTimeMilliseconds())));
}
